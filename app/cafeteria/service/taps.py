"""The kitchen's presses: taken in once, undone for two minutes, kept for thirty days."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Tap
from app.cafeteria.queries import taps
from app.cafeteria.queries.places import LineRow
from app.cafeteria.queries.taps import TapRow
from app.cafeteria.rules import presses
from app.cafeteria.rules.press_refusals import TapTaken
from app.core import clock, db


def now_ms() -> int:
    """The present moment in Unix milliseconds."""
    return clock.precise() // 1000


def tap(
    line: LineRow, kind: str, people: int | None, ago_ms: int, tap_id: str, source: str
) -> tuple[TapRow, bool]:
    """Take a press in, in the open transaction; the same one again changes nothing.

    Args:
        line: which it speaks of.
        kind: mark, open, closed or sold_out.
        people: who stand up to the mark; None for the other kinds.
        ago_ms: how long ago it was.
        tap_id: made by the phone.
        source: kiosk or duty.

    Returns:
        The press as it is kept, and whether it was known before.

    Raises:
        TapTaken: its id is another press's. TapTooOld: it says nothing of the line as it is.
    """
    known = taps.find_tap(tap_id)
    if known is None:
        presses.check_tap(ago_ms)
        now = now_ms()
        row = {"id": tap_id, "line_id": line.id, "kind": kind, "people": people, "source": source}
        new = insert(Tap).values(**row, at_ms=now - ago_ms, received_ms=now)
        db.run(new.on_conflict_do_nothing(index_elements=["id"]))
    kept = taps.find_tap(tap_id)
    if kept is None or (kept.line_id, kept.kind, kept.people) != (line.id, kind, people):
        raise TapTaken
    return kept, known is not None


def undo(pressed: TapRow, ago_ms: int) -> None:
    """Take a press back, in the open transaction; it then says nothing of its line.

    Args:
        pressed: it.
        ago_ms: how long ago somebody wanted it back.

    Raises:
        TooLateToUndo: they wanted so later than two minutes after it, or say so too long after.
        UndoneTooEarly: they say that they wanted so before they pressed.
    """
    if pressed.undone_ms is None:
        now = now_ms()
        presses.check_undo(pressed.at_ms, now - ago_ms, now - pressed.received_ms)
        undone_ms = max(pressed.at_ms, now - ago_ms)
        db.run(update(Tap).where(Tap.id == pressed.id).values(undone_ms=undone_ms))


def forget(before_ms: int) -> int:
    """Delete presses from before a moment (open transaction); how many."""
    return db.run(delete(Tap).where(Tap.at_ms < before_ms))
