"""What comes into the canteen, checked once at the door."""
