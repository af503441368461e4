"""What comes in and goes out, checked once at the door."""
