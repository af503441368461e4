"""What people type: months, days, a stamp's short code."""

from __future__ import annotations

import base64
import re
from datetime import date
from typing import Final

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal

# The years of Unix seconds in 32 bits, as a stamp may hold them.
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2106


class BadMonth(Refusal):
    """A month is written YYYY-MM."""

    status = 422
    code = "bad-month"
    title = _l("달을 읽지 못했습니다")
    detail = _l("2026-11처럼 연도와 달을 적어 주세요.")


def month_bounds(month: str) -> tuple[date, date]:
    """The first day of the month YYYY-MM and of the month after.

    Raises:
        BadMonth: when it is not such a month between 1970 and 2106.
    """
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", month, re.ASCII)
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise BadMonth
    year, number = int(match[1]), int(match[2])
    after = date(year + 1, 1, 1) if number == 12 else date(year, number + 1, 1)
    return date(year, number, 1), after


def parse_day(text: str) -> date | None:
    """The day of YYYY-MM-DD, or None when the text is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_short_code(text: str) -> bytes:
    """The first five bytes of a token's hash from its short code (ABCD-EFGH, any case, with or
    without the dash); empty when the text is no short code."""
    match = re.fullmatch(r"([A-Z2-7]{4})[- ]?([A-Z2-7]{4})", text.strip().upper())
    return base64.b32decode(match[1] + match[2]) if match else b""
