"""Public holidays of South Korea, with those that are given instead and elections, from the
installed library: no network.

The library is loaded at the first question, since most processes never ask: 0.15 s and 11 MB
(0.109, in a process that had loaded nothing else), and 0.7 ms for a year. What the government
announces at short notice (임시공휴일) is known after the library is renewed; until then an
administrator puts it among the special days.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

LIBRARY: Final = "holidays.countries.south_korea"
# As people call them; the library's names are those of the decree.
EVERYDAY: Final = {"기독탄신일": "성탄절", "신정연휴": "새해 첫날"}


def public_holiday(day: date) -> str:
    """The Korean name of a public holiday; empty on any other day."""
    return _year(day.year).get(day, "")


@lru_cache(maxsize=16)
def _year(year: int) -> Mapping[date, str]:
    """The holidays of a year."""
    made = importlib.import_module(LIBRARY).SouthKorea(years=year, language="ko")
    return {day: _named(str(name)) for day, name in made.items()}


def _named(name: str) -> str:
    """Days that fall together, each as people call it."""
    found = [one.strip() for one in name.split(";")]
    for old, new in EVERYDAY.items():
        found = [one.replace(old, new) for one in found]
    return "·".join(one.replace(" 대체 휴일", " 대체공휴일") for one in found)
