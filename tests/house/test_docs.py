"""Documents say what is there: commands, files and links that they name exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"`make ([a-z-]+)")


def targets() -> set[str]:
    """The Makefile's targets."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))


def faults(path: Path, text: str) -> Iterator[str]:
    """Links that lead nowhere and commands that do not exist."""
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith("mailto:"):
            if not (path.parent / target).exists():
                yield f"link to {target}"
    for command in COMMAND.findall(text):
        if command not in targets():
            yield f"make {command}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_commands_exist(path: Path) -> None:
    found = list(faults(path, path.read_text(encoding="utf-8")))
    assert not found, f"{path.name}: {found}"


def test_the_readme_tells_how_to_start() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for needed in ("make run", "make test", "pip install -r requirements.txt", "docs/"):
        assert needed in text, needed


def test_a_dead_link_is_found() -> None:
    page = ROOT / "README.md"
    assert len(list(faults(page, "[a](gone.md) `make nothing`"))) == 2
