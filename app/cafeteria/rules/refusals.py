"""Refusals of the canteen."""

from __future__ import annotations

from app.core.errors import BadInput


class BadRecording(BadInput):
    """A file of a recorded lunch has a line that cannot be read."""

    def __init__(self, name: str, line: int) -> None:
        """Of that file, at that line (1 is its head)."""
        super().__init__([], f"{name}, line {line}")
