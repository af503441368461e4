"""Secrets and keys: made at first run in the instance folder, readable by the owner only.

Nothing here has a default. Several processes start at once, so a secret is written to a file of
its own and linked into place: whoever comes second reads what the first one made.

Rows that hold an exact place are sealed with a key of their own, which is wrapped by the row
master key. Deleting the wrapped key deletes what it sealed, wherever copies of it lie.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True)
class Secrets:
    """The secrets of one installation, 32 random bytes each."""

    cookies: bytes
    rows: bytes
    places: bytes
    passphrase: bytes
    addresses: bytes


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """The bytes of `path`; puts what `make` gives there, mode 600, when there is no such file."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def load_secrets(instance: Path) -> Secrets:
    """Read the secrets, making those that do not exist yet.

    Args:
        instance: the instance folder (made with mode 700 when missing).
    """
    instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(PermissionError):  # somebody else's folder: its owner decides
        instance.chmod(0o700)
    folder = instance / "secrets"
    names = Secrets.__dataclass_fields__
    return Secrets(**{name: _kept(folder / name, _random) for name in names})


def setup_code(instance: Path) -> str:
    """The code that the first-run page asks for; only who can read the server's files knows it."""
    return _kept(instance / "secrets" / "setup-code", _setup_code).decode()


def _random() -> bytes:
    return secrets.token_bytes(32)


def _setup_code() -> bytes:
    return secrets.token_hex(4).encode()


def p256_key(path: Path, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 private key kept at `path`, encrypted under the passphrase; made when missing."""
    password = passphrase.hex().encode()

    def make() -> bytes:
        return ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password),
        )

    key = serialization.load_pem_private_key(_kept(path, make), password)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path.name} holds another kind of key")
    return key


def seal_row(master: bytes, row_id: str, plain: bytes) -> tuple[bytes, bytes]:
    """Seal one row's exact content (AES-256-GCM) under a new key of its own.

    Args:
        master: the row master key, 32 bytes.
        row_id: bound in as associated data, so a sealed value cannot be moved to another row.
        plain: what to seal.

    Returns:
        `(wrapped_key, sealed)`: nonce and ciphertext each; delete the first to lose the second.
    """
    key, context = secrets.token_bytes(32), row_id.encode()
    wrap_nonce, nonce = secrets.token_bytes(12), secrets.token_bytes(12)
    wrapped = wrap_nonce + AESGCM(master).encrypt(wrap_nonce, key, context)
    return wrapped, nonce + AESGCM(key).encrypt(nonce, plain, context)


def open_row(master: bytes, row_id: str, wrapped: bytes, sealed: bytes) -> bytes:
    """Open what `seal_row` sealed; cryptography's InvalidTag when anything was changed."""
    context = row_id.encode()
    key = AESGCM(master).decrypt(wrapped[:12], wrapped[12:], context)
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], context)


def keyed_tag(secret: bytes, content: bytes, size: int = 16) -> bytes:
    """HMAC-SHA-256 of the content, truncated to `size` bytes: equal inputs can be found again
    without keeping them, and without the secret nobody can guess them."""
    mac = hmac.HMAC(secret, hashes.SHA256())
    mac.update(content)
    return mac.finalize()[:size]
