"""The one clock: UTC seconds are stored, Asia/Seoul is shown."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")


def now() -> int:
    """The present moment in whole Unix seconds."""
    return int(time.time())


def precise() -> int:
    """The present moment in Unix microseconds, where two in one second must be told apart."""
    return time.time_ns() // 1_000


def in_seoul(seconds: int) -> datetime:
    """A stored moment (Unix seconds) as a time in Asia/Seoul."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(SEOUL)


def seoul_day(seconds: int) -> date:
    """The Korean calendar day of a stored moment (Unix seconds)."""
    return in_seoul(seconds).date()


def day_start(day: date) -> int:
    """The first second (Unix) of a Korean calendar day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=SEOUL).timestamp())
