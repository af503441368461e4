"""When a press still counts: the kitchen's buttons, and officers who joined a line.

A phone says how long ago it was pressed, never at which time by its own clock: that may be wrong.
"""

from __future__ import annotations

from typing import Final

from app.cafeteria.rules.press_refusals import (
    CheckInTooOld,
    ServedTooEarly,
    ServedTooLate,
    TapTooOld,
    TooLateToUndo,
    UndoneTooEarly,
)

HOUR_MS: Final = 3_600_000
TAP_LIVES_MS: Final = 2 * HOUR_MS
UNDO_MS: Final = 120_000
UNDO_SLACK_MS: Final = 15_000  # what a press at the last moment may take to get here
CHECK_IN_LIVES_MS: Final = 3 * HOUR_MS


def check_tap(ago_ms: int) -> None:
    """Raises:
    TapTooOld: what it says of a line is worth nothing any more.
    """
    if ago_ms > TAP_LIVES_MS:
        raise TapTooOld


def check_undo(at_ms: int, undone_ms: int, since_ms: int) -> None:
    """Whether a press may still be taken back.

    Args:
        at_ms: when it was pressed.
        undone_ms: when somebody wanted it back, as their phone says.
        since_ms: how long ago the press was received, by our clock.

    Raises:
        TooLateToUndo: more than two minutes lie between a press and its undoing, or the phone was
            silent for longer than a press counts. UndoneTooEarly: before it was pressed, by more
            than what a press takes to get here.
    """
    if undone_ms < at_ms - UNDO_SLACK_MS:
        raise UndoneTooEarly
    if undone_ms - at_ms > UNDO_MS + UNDO_SLACK_MS or since_ms > UNDO_MS + TAP_LIVES_MS:
        raise TooLateToUndo


def check_joined(ago_ms: int) -> None:
    """Raises:
    CheckInTooOld: nobody stands in a line for so long.
    """
    if ago_ms > CHECK_IN_LIVES_MS:
        raise CheckInTooOld


def check_served(joined_ms: int, served_ms: int) -> None:
    """Raises:
    ServedTooEarly: before they joined. ServedTooLate: nobody stands in a line for so long.
    """
    if served_ms < joined_ms:
        raise ServedTooEarly
    if served_ms - joined_ms > CHECK_IN_LIVES_MS:
        raise ServedTooLate
