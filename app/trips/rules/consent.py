"""Whether a consent covered the moment of a stamp."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.trips.rules.refusals import ConsentMissing, ConsentWithdrawn

CLOCK_SLACK: Final = 120
Term = tuple[bytes, int, int | None]


def check_consent(named: bytes, captured_at: int, terms: Iterable[Term]) -> None:
    """Accept a stamp only when the text it names was agreed to and not withdrawn by then.

    Args:
        named: first 8 bytes of the text's SHA-256, as the stamp claims them.
        captured_at: Unix seconds.
        terms: the person's consents: (SHA-256 of the text, agreed at, withdrawn at or None).

    Raises:
        ConsentMissing: never agreed to that text, or later than the stamp.
        ConsentWithdrawn: agreed, and withdrawn before the stamp.
    """
    begun = [
        withdrawn
        for version, agreed, withdrawn in terms
        if version[:8] == named and agreed <= captured_at + CLOCK_SLACK
    ]
    if not begun:
        raise ConsentMissing
    if all(withdrawn is not None and withdrawn <= captured_at for withdrawn in begun):
        raise ConsentWithdrawn
