"""The photos' routes."""
