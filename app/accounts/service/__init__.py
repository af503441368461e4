"""The verbs of accounts, a module for each idea: signing in, devices, consents, people, access."""
