"""The installed boundary data, seen from trips: place names and municipality outlines."""
