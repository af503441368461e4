"""The store: what it has taken is on the disk for good, with every folder that leads there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.core.files import Store
from app.core.ids import new_id


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


def test_drafts_of_ones_own_are_swept_and_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path.as_uri())
    folder = tmp_path / "office/3a"
    folder.mkdir(parents=True)
    old, young = (folder / f"original.{new_id()}.part" for _ in range(2))
    key = new_id()
    others = [f"{key}.json.part", f"{key}.part", f"test-{key}.part", "x.part", f"{key}.jpg"]
    for path in (old, young, *(folder / name for name in others)):
        path.touch()
        os.utime(path, (1, 1) if path != young else None)
    assert store.sweep(1_000) == 1
    assert {path.name for path in folder.iterdir()} == {young.name, *others}


def test_a_draft_that_goes_away_meanwhile_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread gives one its name and deletes a whole folder while drafts are looked at."""
    drafts = [tmp_path / place / f"original.{new_id()}.part" for place in "abc"]
    for draft in drafts:
        draft.parent.mkdir()
        draft.touch()
        os.utime(draft, (1, 1))
    real, named = Path.stat, list[Path]()

    def stat(path: Path, **how: Any) -> os.stat_result:
        """Just before the first draft is looked at."""
        if path in drafts and not named:
            named.append(path.with_name("original"))
            path.rename(named[0])
            other = next(one for one in drafts if one != path)
            shutil.rmtree(other.parent)
        return real(path, **how)

    monkeypatch.setattr(Path, "stat", stat)
    assert Store(tmp_path.as_uri()).sweep(1_000) == 1
    assert [path for path in tmp_path.rglob("*") if not path.is_dir()] == named
