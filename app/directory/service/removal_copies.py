"""Copies of what was asked not to be shown: notices, words of reports, notes of imports, files with
entries. Uploaded files are kept as long as the guide says."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, func, or_, select, update

from app.core import db
from app.directory.models import Bulk, Favourite, Follow, Problem, Report
from app.directory.queries.entries import EntryRow
from app.directory.rules.row import is_masked
from app.directory.service import mine, tell_notices
from app.notices import service as notices


def forget(office: int, asked: EntryRow, touched: Collection[str], lost: Collection[str]) -> None:
    """Forget the copies, in the open transaction. Files that hold the office are not given out any
    more; `bulk.sweep` takes them from the disk after it.

    Args:
        office: its number.
        asked: the entry as it was shown.
        touched: the uids of entries of which something is hidden now.
        lost: of those that are hidden as a whole.
    """
    uids, gone = list(touched), list(lost)
    tell_notices.forget(uids)
    reports = db.values(select(Report.id).where(Report.uid.in_(uids)))
    notices.forget_keys(map(mine.report_key, reports))
    db.run(update(Report).where(Report.uid.in_(uids)).values(words=""))
    for table in (Follow.__table__, Favourite.__table__):
        column = table.c.target if "target" in table.c else table.c.uid
        db.run(delete(table).where(column.in_(gone)))  # type: ignore[arg-type]
    shown = [one for one in (asked.phone, "" if is_masked(asked.name) else asked.name) if one]
    told = or_(*(func.instr(Problem.detail, one) > 0 for one in shown))
    if shown:
        db.run(update(Problem).where(told).values(detail=""))
    db.run(delete(Bulk).where(or_(Bulk.office == office, Bulk.office.is_(None))))
