"""The photos' rules."""
