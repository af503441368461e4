"""What is handed over to an office's work system, when it is tried again, and when given up.

States of a delivery: `waiting`, `sent` (handed over or about to be, the other side has not
acknowledged it), `done`, `dead` (given up, until an administrator sends it again).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

WAITING, SENT, DONE, DEAD = "waiting", "sent", "done", "dead"
STATES: Final = (WAITING, SENT, DONE, DEAD)
FORMAT: Final = "photo-delivery/1"
FIRST_S, LONGEST_S = 5, 3600
UNWELCOME_WAIT_S: Final = 600
MOST_TRIES, FEW_TRIES = 30, 5
MOST_BLOCKED: Final = 30
LONGEST_WAIT_S = 7 * 24 * 3600
LONGEST_REASON = 200


class Failure(Exception):
    """A try did not succeed; `tries` is how many of this kind are made before giving up, and
    `blocks` says that the connector's other photos would fare no better now: that is no fault of
    the photo, and never a reason to give it up. `perhaps_there` says that the other side may have
    kept the photo all the same."""

    tries: int = MOST_TRIES
    blocks: bool = False
    perhaps_there: bool = False

    def __init__(self, reason: str, wait: int = 0) -> None:
        """Keep the reason, a code that `rules/delivery_words.py` knows, and a wish to wait."""
        super().__init__(reason)
        self.reason = reason[:LONGEST_REASON]
        self.wait = wait

    def after_sending(self) -> Self:
        """The same failure, of a try that may have left the photo at the other side."""
        self.perhaps_there = True
        return self


class Unreachable(Failure):
    """The other side is down, slow, full, or broke off."""

    blocks = True


class Unwelcome(Failure):
    """The other side answered that it does not want this: worth few tries."""

    tries = FEW_TRIES


class Astray(Unwelcome):
    """Who answered is not the other side, or does not let this connector in: a redirect to a page
    for signing in, a balancer's page, a closed address. It would answer every photo alike."""

    blocks = True

    def __init__(self, reason: str, wait: int = UNWELCOME_WAIT_S) -> None:
        """Keep the reason; it is not asked again at once."""
        super().__init__(reason, wait)


class Unusable(Failure):
    """The connector's own address or secret cannot be used."""

    blocks = True


class Damaged(Failure):
    """What arrived there, or lies here, is not what it should be."""


class Rejected(Failure):
    """The other side has read it and refused for good."""

    tries = 1


@dataclass(frozen=True)
class Parcel:
    """One photo with its data, ready to be handed over; `key` makes it one, however often sent, and
    `again` says that an earlier try may have left it there."""

    key: str
    content: bytes
    sha256: str
    manifest: bytes
    again: bool = False

    @property
    def picture(self) -> str:
        """The picture's file name."""
        return f"{self.key}.jpg"

    @property
    def list(self) -> str:
        """The manifest's file name."""
        return f"{self.key}.json"

    @property
    def sums(self) -> str:
        """The file name of the list of hashes, as sha256sum reads it."""
        return f"{self.key}.sha256"


def manifest(
    key: str, content: Mapping[str, Any], photo: Mapping[str, Any], record: Mapping[str, Any]
) -> bytes:
    """The data that goes with a picture: UTF-8 JSON, the same bytes for the same content.

    Args:
        key: the delivery's key.
        content: name, size, sha256 and type of the delivered file, and of the original.
        photo: its id, place in the record, time, phase and source.
        record: who, when, where, trip and board.
    """
    found = {"format": FORMAT, "key": key, **content, "photo": photo, "record": record}
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def pause(tries: int, jitter: float) -> int:
    """Seconds until the next try: doubling up to an hour, less up to a third of it.

    Args:
        tries: how many were made.
        jitter: from 0 to 1; connectors that fell together shall not come back together.
    """
    full = min(LONGEST_S, FIRST_S << min(max(tries - 1, 0), 12))
    return max(1, round(full * (1 - jitter / 3)))


def look_again(age: int) -> int:
    """Seconds until the next look for an acknowledgement, for one that has been waited for so
    long already."""
    return min(300, max(FIRST_S, age // 10))


def gives_up(failure: Failure, tries: int) -> bool:
    """Whether a failure after so many tries is the last one; what blocks a connector never is."""
    return not failure.blocks and tries >= failure.tries


def may_be_its_own_fault(blocked: int) -> bool:
    """Whether a photo that met a connector that is down so often in a row, while others got
    through, is what the other side breaks at."""
    return blocked >= MOST_BLOCKED


def waits_too_long(age: int) -> bool:
    """Whether an acknowledgement is no longer to be hoped for."""
    return age > LONGEST_WAIT_S
