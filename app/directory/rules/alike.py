"""How much of a duty another duty takes over."""

from __future__ import annotations

from app.directory.rules.text import segments
from app.directory.rules.tokens import pairs


def likeness(before: str, after: str) -> float:
    """Which part (0 to 1) of a duty's pairs of characters stands in another duty."""
    own, other = _pairs(before), _pairs(after)
    return len(own & other) / len(own) if own else 0.0


def _pairs(duty: str) -> set[str]:
    return {pair for segment in segments(duty) for pair in pairs(segment.text)}
