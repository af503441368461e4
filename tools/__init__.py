"""The tools round the product: start, set-up, checks, benchmarks and pictures.

`tools.run` and `tools.setup` use the standard library only: they run with the system's Python
before any package is installed. Everything else runs inside the virtual environment.
Start them from the project's root, best by `make help`.
"""
