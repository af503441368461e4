"""The outside world of the canteen: files, the calendar of public holidays."""
