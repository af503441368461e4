"""Whether a stamp's time can be true: odd times are marked, even absurd ones, never refused."""

from __future__ import annotations

from typing import Final

CLOCK_SECONDS: Final = 120
FIX_SECONDS: Final = 30
BEFORE_KEY: Final = "before-key"
CLOCK_ABSURD: Final = "clock-absurd"
DAY_SECONDS: Final = 86_400
OLDEST_DAYS: Final = 400
# 2020-01-01 00:00 in UTC: years before the first stamp of anybody.
BEFORE_ALL: Final = 1_577_836_800


def time_marks(
    captured_at: int, received_at: int, fix_time: int, sent_at: int | None = None
) -> tuple[str, ...]:
    """Mark what is odd about a stamp's time (all unix s).

    clock-ahead, day-ahead: a time in the server's future, whatever the network. clock-behind: the
    phone's clock was slow when it sent, by its own word `sent_at` (None when it said nothing: a
    slow clock then looks like a stamp that waited for a network). arrived-late: by a day or more.
    clock-absurd: before anybody's first stamp, or more than 400 days from the arrival.
    fix-time-off: the position is not of the moment of the tap.
    """
    ahead = captured_at - received_at
    clock = sent_at - received_at if sent_at is not None else 0
    marks = []
    if ahead >= DAY_SECONDS - CLOCK_SECONDS:
        marks.append("day-ahead")
    elif max(ahead, clock) > CLOCK_SECONDS:
        marks.append("clock-ahead")
    elif -clock > CLOCK_SECONDS:
        marks.append("clock-behind")
    if -ahead >= DAY_SECONDS - CLOCK_SECONDS:
        marks.append("arrived-late")
    if captured_at < BEFORE_ALL or abs(ahead) > OLDEST_DAYS * DAY_SECONDS:
        marks.append(CLOCK_ABSURD)
    if abs(captured_at - fix_time) > FIX_SECONDS:
        marks.append("fix-time-off")
    return tuple(marks)


def key_marks(captured_at: int, enrolled_at: int) -> tuple[str, ...]:
    """Mark a time (unix s) before the key that signed it was enrolled: it cannot be true."""
    return (BEFORE_KEY,) if captured_at < enrolled_at - CLOCK_SECONDS else ()
