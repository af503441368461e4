"""The photos' gateways."""
