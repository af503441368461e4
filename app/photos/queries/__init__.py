"""The photos' queries."""
