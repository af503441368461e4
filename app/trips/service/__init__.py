"""The verbs of trips, a module for each idea: keys, receive, void, verdict, desk, inquiry."""
