"""What an organisation may bring in and have made in a Korean day.

The danger removed here: one organisation that fills the disk or keeps the worker busy for all. A
file that is thrown away again counts: its reading was work.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.core import clock
from app.directory.queries import imports as imports_q
from app.directory.rules.import_refusals import ExportsSpent, ImportsSpent

IMPORTS, EXPORTS = 100, 30
IMPORT_BYTES: Final = 500 * 2**20


def check_import(organisation_id: str, size: int = 1) -> None:
    """Refuse another file beyond the day's quota.

    Args:
        organisation_id: whose quota.
        size: of the file in bytes; any, while it is not known.

    Raises:
        ImportsSpent: as many files, or bytes, were brought today as a day allows.
    """
    times, sizes = imports_q.count_imports(organisation_id, today())
    if times >= IMPORTS or sizes + size > IMPORT_BYTES:
        raise ImportsSpent(IMPORTS, IMPORT_BYTES, *_again())


def check_export(organisation_id: str) -> None:
    """Refuse another file beyond the day's quota.

    Raises:
        ExportsSpent: as many files were asked for today as a day allows.
    """
    if imports_q.count_bulks(organisation_id, today()) >= EXPORTS:
        raise ExportsSpent(EXPORTS, *_again())


def today() -> int:
    """When the day began that is counted now (Unix seconds)."""
    return clock.day_start(clock.seoul_day(clock.now()))


def _again() -> tuple[str, int]:
    """The day when it works again, and how many seconds are left until then."""
    again = clock.seoul_day(clock.now()) + timedelta(days=1)
    return again.isoformat(), clock.day_start(again) - clock.now()
