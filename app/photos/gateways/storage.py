"""The one store of the application's files, by the URL of the configuration."""

from __future__ import annotations

from functools import lru_cache

from app.core.files import Store


@lru_cache(maxsize=4)
def store(files_url: str) -> Store:
    """The store under a URL."""
    return Store(files_url)
