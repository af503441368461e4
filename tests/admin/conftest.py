"""The scenes that tests of this folder act in."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.conftest import close, make_app_in
from tests.scene import scene, shared

__all__ = ["import_tree", "loaded", "scene", "shared"]


@pytest.fixture(scope="session")
def loaded(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with the demonstration in it; made once, for reading only."""
    folder = tmp_path_factory.mktemp("demo") / "instance"
    import_tree(installation, folder)
    app = make_app_in(folder, {})
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    close(app)
    assert result.output == "demo: loaded\n"
    return folder


def import_tree(source: Path, target: Path) -> None:
    """Copy an instance folder."""
    for one in source.rglob("*"):
        there = target / one.relative_to(source)
        there.parent.mkdir(parents=True, exist_ok=True)
        if one.is_file():
            there.write_bytes(one.read_bytes())
            there.chmod(stat.S_IMODE(one.stat().st_mode))
