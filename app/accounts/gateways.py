"""What accounts read from outside the database: the consent text, and password hashing."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

DATA = Path(__file__).parent / "data"
# Texts that people agreed to before, for good: a consent keeps no more than the hash.
SUPERSEDED = DATA / "superseded"
# RFC 9106 / OWASP: argon2id, 19 MiB, 2 passes, 1 lane; 18-24 ms of CPU a call.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Bounded, so that nine o'clock's crowd (or an attacker) cannot take all memory and threads.
AT_ONCE = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class ConsentText:
    """The text a person agrees to; `version` is the SHA-256 of the Korean file's bytes."""

    version: bytes
    title: str
    paragraphs: tuple[tuple[str, str], ...]


@cache
def consent_text(language: str) -> ConsentText:
    """The consent text in `ko` or `en`; the Korean one is what is agreed to."""
    return _read_text(DATA / "location_consent", language)


@cache
def find_consent_text(version: bytes, language: str) -> ConsentText | None:
    """The text of that version, whether it holds now or did before; None when there was none."""
    current = consent_text(language)
    if version == current.version:
        return current
    stem = SUPERSEDED / f"location_consent.{version[:4].hex()}"
    if not Path(f"{stem}.ko.json").is_file():
        return None
    found = _read_text(stem, language)
    return found if found.version == version else None


def _read_text(stem: Path, language: str) -> ConsentText:
    korean = Path(f"{stem}.ko.json").read_bytes()
    shown = json.loads(Path(f"{stem}.{language}.json").read_bytes())
    return ConsentText(
        version=hashlib.sha256(korean).digest(),
        title=shown["title"],
        paragraphs=tuple((part["heading"], part["body"]) for part in shown["paragraphs"]),
    )


def hash_password(password: str) -> str:
    """The argon2id hash, in its own text form with parameters and salt."""
    with AT_ONCE:
        return HASHER.hash(password)


@cache
def _nobody() -> str:
    return HASHER.hash("nobody's password")


def password_fits(hashed: str | None, password: str) -> bool:
    """Whether the password fits; takes as long when there is no such person (hashed is None)."""
    with AT_ONCE:
        try:
            HASHER.verify(hashed or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return hashed is not None
