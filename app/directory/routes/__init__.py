"""Pages and interfaces of the directory."""
