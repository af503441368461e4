"""The one store of the application's files, by the URL of the configuration."""

from __future__ import annotations

from functools import lru_cache

from app.core.config import Config
from app.core.far_files import FarStore
from app.core.far_system import Login
from app.core.files import Store

AnyStore = Store | FarStore


@lru_cache(maxsize=4)
def store(config: Config) -> AnyStore:
    """The store of a configuration."""
    if config.files_url.startswith("file://"):
        return Store(config.files_url)
    login = Login(config.files_account, config.files_secret, config.files_endpoint)
    return FarStore(config.files_url, config.near_dir, login)
