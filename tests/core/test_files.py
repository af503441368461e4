"""The store: what it has taken is on the disk for good, with every folder that leads there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.core.files import Store


def synced(patch: pytest.MonkeyPatch) -> list[Path]:
    """Where every later fsync of a folder is written down."""
    seen: list[Path] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        """Write down what it is of."""
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_dir():
            seen.append(path)
        real(handle)

    patch.setattr(os, "fsync", fsync)
    return seen


def test_every_new_folder_is_flushed_into_the_one_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given"
    given.write_bytes(b"a photo")
    root = tmp_path / "files"
    store = Store(root.as_uri())
    seen = synced(monkeypatch)
    store.put("office/3a/photo/original", given)
    office = root / "office"
    assert seen == [tmp_path, root, office, office / "3a", office / "3a/photo"]
    seen.clear()
    store.put("office/3a/photo/320.jpg", given)
    assert seen == [office / "3a/photo"]
    seen.clear()
    store.put("office/3a/other/original", given)
    assert seen == [office / "3a", office / "3a/other"]
    assert (office / "3a/other/original").read_bytes() == b"a photo"
