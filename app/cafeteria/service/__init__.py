"""The verbs of the canteen."""
