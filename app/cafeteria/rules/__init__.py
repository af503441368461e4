"""Pure decisions of the canteen: what a queue is believed to be, and what is said of it."""
