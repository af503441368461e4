"""Whether a consent covered the moment of a stamp, although only the phone says when that was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from app.trips.rules.refusals import ConsentMissing, ConsentWithdrawn

CLOCK_SLACK: Final = 120
BEFORE_CONSENT: Final = "before-consent"
Term = tuple[bytes, int, int | None]


def check_consent(
    named: bytes, captured_at: int, received_at: int, terms: Iterable[Term]
) -> tuple[str, ...]:
    """Accept a stamp only under the text it names, agreed to and not withdrawn by then.

    A time before every agreement is a slow clock's as a rule: the stamp is marked then, so long as
    the consent is in force when it arrives.

    Args:
        named: first 8 bytes of the text's SHA-256, as the stamp claims them.
        captured_at: Unix seconds, by the phone's clock.
        received_at: Unix seconds, by the server's clock.
        terms: the person's consents: (SHA-256 of the text, agreed at, withdrawn at or None).

    Raises:
        ConsentMissing: never agreed to that text, or only after the stamp arrived.
        ConsentWithdrawn: agreed, and withdrawn before the stamp; or, when its time lies before
            every agreement, before it arrived.
    """
    given = [(agreed, withdrawn) for version, agreed, withdrawn in terms if version[:8] == named]
    begun = [withdrawn for agreed, withdrawn in given if agreed <= captured_at + CLOCK_SLACK]
    if begun:
        _check_in_force(begun, captured_at)
        return ()
    arrived = [withdrawn for agreed, withdrawn in given if agreed <= received_at]
    if not arrived:
        raise ConsentMissing
    _check_in_force(arrived, received_at)
    return (BEFORE_CONSENT,)


def _check_in_force(ends: list[int | None], at: int) -> None:
    if all(end is not None and end <= at for end in ends):
        raise ConsentWithdrawn
