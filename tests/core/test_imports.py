"""Keeping an optional library out while another is imported."""

from __future__ import annotations

import importlib
import sys

import pytest

from app.core.imports import load


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has loaded neither: `wave` imports `struct` of itself."""
    for name in ("wave", "struct"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_it_is_not_found_within_and_found_afterwards() -> None:
    with pytest.raises(ModuleNotFoundError, match="struct"):
        load("wave", without="struct")
    assert importlib.import_module("wave").__name__ == "wave"


def test_what_was_loaded_before_stays() -> None:
    importlib.import_module("struct")
    assert load("wave", without="struct").__name__ == "wave"


def test_the_module_is_the_one_that_everybody_gets() -> None:
    assert load("wave", without="no_such_package") is importlib.import_module("wave")
    assert "no_such_package" not in sys.modules
