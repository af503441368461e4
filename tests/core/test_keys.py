"""Secrets: made once, by whoever comes first, readable by the owner only."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization

from app.core import keys
from tests.conftest import MakeApp
from tests.scene import Scene


def load(folder: str) -> tuple[bytes, ...]:
    """What one process finds, or makes."""
    found = keys.load_secrets(Path(folder))
    key = keys.p256_key(Path(folder) / "keys" / "one.pem", found.passphrase)
    public = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
    )
    return (found.cookies, found.rows, keys.setup_code(Path(folder)).encode(), public)


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for round_ in range(3):
        with context.Pool(4) as pool:
            found = pool.map(load, [str(tmp_path / f"instance {round_}")] * 8, chunksize=1)
        assert len(set(found)) == 1


def test_only_the_owner_can_read_them(make_app: MakeApp) -> None:
    scene = Scene(make_app())
    scene.stamp()
    files = [one for one in scene.folder.rglob("*") if one.is_file()]
    secret = [one for one in files if {"secrets", "keys"} & set(one.parts)]
    assert len(secret) == len(keys.Secrets.__dataclass_fields__) + 2  # the audit and receipt keys
    for one in secret:
        assert stat.S_IMODE(one.stat().st_mode) == 0o600, one
        assert stat.S_IMODE(one.parent.stat().st_mode) == 0o700, one.parent
    assert not [one for one in files if one.name.startswith(".")]


def test_private_keys_lie_encrypted(make_app: MakeApp) -> None:
    scene = Scene(make_app())
    scene.stamp()
    found = list((scene.folder / "keys").glob("*.pem"))
    assert len(found) >= 2
    for one in found:
        assert b"ENCRYPTED PRIVATE KEY" in one.read_bytes()


def test_every_secret_differs_and_none_is_empty(tmp_path: Path) -> None:
    found = keys.load_secrets(tmp_path)
    values = [getattr(found, name) for name in found.__dataclass_fields__]
    assert len({*values}) == len(values)
    assert all(len(value) == 32 for value in values)
    again = keys.load_secrets(tmp_path)
    assert again == found
    assert keys.load_secrets(tmp_path / "other") != found


def test_what_is_sealed_opens_in_its_own_row_only() -> None:
    master = bytes(range(32))
    wrapped, sealed = keys.seal_row(master, "row 1", b"exact")
    assert keys.open_row(master, "row 1", wrapped, sealed) == b"exact"
    again = keys.seal_row(master, "row 1", b"exact")
    assert again != (wrapped, sealed)
    for row, one, two in (
        ("row 2", wrapped, sealed),
        ("row 1", again[0], sealed),
        ("row 1", wrapped, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("row 1", wrapped, sealed[:-1]),
    ):
        with pytest.raises(InvalidTag):
            keys.open_row(master, row, one, two)
    with pytest.raises(InvalidTag):
        keys.open_row(bytes(32), "row 1", wrapped, sealed)
