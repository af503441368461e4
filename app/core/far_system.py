"""The file systems of other machines, through fsspec, and what their libraries say of an outage.

The library of a protocol is loaded when a store of it is connected to, not before.
"""

from __future__ import annotations

import shutil
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import fsspec

from app.core.errors import StorageUnreachable
from app.core.files import hash_of

CONNECT_S, ANSWER_S = 5, 60


@dataclass(frozen=True)
class Login:
    """Who we are to the store: S3's access key and its secret, or WebDAV's account and password."""

    account: str = ""
    secret: str = ""
    endpoint: str = ""  # of an S3-compatible store; Amazon's own when empty


def connect(url: str, login: Login) -> tuple[Any, str]:
    """The file system of a URL (its library is loaded only now), and the path within it."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        system = fsspec.filesystem(
            "s3", key=login.account or None, secret=login.secret or None,
            endpoint_url=login.endpoint or None, skip_instance_cache=True,
            use_listings_cache=False, default_cache_type="none",
            config_kwargs={
                "connect_timeout": CONNECT_S, "read_timeout": ANSWER_S,
                "retries": {"max_attempts": 1},
            },
        )  # fmt: skip
        return system, f"{parts.netloc}{parts.path}".rstrip("/")
    scheme = {"webdav": "http", "webdavs": "https"}[parts.scheme]
    system = fsspec.filesystem(
        "webdav", base_url=f"{scheme}://{parts.netloc}", skip_instance_cache=True,
        auth=(login.account, login.secret) if login.account else None,
        timeout=(CONNECT_S, ANSWER_S, ANSWER_S, CONNECT_S), retry=False,
        verify=ssl.create_default_context(),  # the machine's list, as for connectors
    )  # fmt: skip
    return system, parts.path.strip("/")


def hash_there(system: Any, path: str) -> bytes:
    """The SHA-256 of a file as it comes over the line; nothing of it is written here, so a full
    disk keeps nobody from proving that a file is there.

    Raises:
        FileNotFoundError: it is not. StorageUnreachable: the store does not answer.
    """
    with told(), system.open(path, "rb") as file:
        return hash_of(file)


def fetch(system: Any, path: str, folder: Path) -> BinaryIO:
    """Fetch a file as a whole into a file without a name, so that a broken line shows before
    anything is made of it. Raises as `hash_there` does."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        taken: Any = stack.enter_context(tempfile.TemporaryFile(dir=folder))
        with told(), system.open(path, "rb") as given:
            shutil.copyfileobj(given, taken, 1 << 18)
        taken.seek(0)
        stack.pop_all()
    found: BinaryIO = taken
    return found


def disconnect(system: Any) -> None:
    """Close what WebDAV's library keeps open; that of S3 does so by itself."""
    if "webdav" in system.protocol:
        system.client.http.close()


@contextmanager
def told() -> Iterator[None]:
    """Turn whatever a library says of an outage into one refusal.

    Raises:
        FileNotFoundError: passes. StorageUnreachable: for everything else.
    """
    try:
        yield
    except (FileNotFoundError, StorageUnreachable):
        raise
    except Exception as error:
        if type(error).__name__ == "ResourceNotFound":  # webdav4 says so while it reads
            raise FileNotFoundError from error
        raise StorageUnreachable(type(error).__name__) from error


@contextmanager
def none_is_no_error() -> Iterator[None]:
    """Let what is not there pass."""
    with suppress(FileNotFoundError):
        yield
