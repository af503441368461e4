"""The verbs of running an installation: the demonstration, and what is printed of it."""
