"""Pages and calls of the canteen."""
