"""Fewer stories for tests that look at everything but how good an estimate is."""

from __future__ import annotations

import pytest

from app.cafeteria.rules import line_filter

FEW = 250


@pytest.fixture
def few_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that takes a quarter of the time and is a little less sure."""
    monkeypatch.setattr(line_filter, "STORIES", FEW)
