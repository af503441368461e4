"""The photos' service."""
