"""The world outside the directory: files of tables, staff pages."""
