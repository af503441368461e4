"""The URLs of trips: first page and shells, verdict, desk, and the API for phones."""
