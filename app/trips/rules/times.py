"""Whether a stamp's time can be true: odd times are marked, only absurd ones are refused."""

from __future__ import annotations

from typing import Final

from app.trips.rules.refusals import ImplausibleTime

CLOCK_SECONDS: Final = 120
FIX_SECONDS: Final = 30
DAY_SECONDS: Final = 86_400
OLDEST_DAYS: Final = 400
# 2020-01-01 00:00 in UTC: years before the first stamp of anybody.
BEFORE_ALL: Final = 1_577_836_800


def time_marks(
    captured_at: int, received_at: int, fix_time: int, offline: bool = False
) -> tuple[str, ...]:
    """Mark what is odd about a stamp's time (all unix s). Raises `ImplausibleTime`.

    clock-ahead, day-ahead: a time in the server's future, whatever the network. arrived-late: by
    a day or more. clock-behind: made with a network, by the phone's word, yet sent minutes later:
    a slow clock or a slow sending. fix-time-off: the position is not of the moment of the tap.
    """
    ahead = captured_at - received_at
    if captured_at < BEFORE_ALL:
        raise ImplausibleTime("before-2020")
    if abs(ahead) > OLDEST_DAYS * DAY_SECONDS:
        raise ImplausibleTime("more-than-400-days")
    marks = []
    if ahead >= DAY_SECONDS - CLOCK_SECONDS:
        marks.append("day-ahead")
    elif ahead > CLOCK_SECONDS:
        marks.append("clock-ahead")
    elif -ahead >= DAY_SECONDS - CLOCK_SECONDS:
        marks.append("arrived-late")
    elif -ahead > CLOCK_SECONDS and not offline:
        marks.append("clock-behind")
    if abs(captured_at - fix_time) > FIX_SECONDS:
        marks.append("fix-time-off")
    return tuple(marks)
