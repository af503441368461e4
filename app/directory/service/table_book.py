"""The table "one row an office" as a workbook."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core import clock
from app.directory.gateways import table_process
from app.directory.service.search import Group, Nation

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make(query: str, found: Nation) -> bytes:
    """The workbook's bytes: each office with its best entry, or none; "?" for how many, where only
    some rows were looked at."""
    heads = [
        _("시·도"), _("기관"), _("부서"), _("이름"), _("직위"), _("업무"), _("전화"), _("모두"),
        _("본 날"), _("출처"),
    ]  # fmt: skip
    return table_process.write(
        query, heads, [_line(one, "?" if found.partly else "") for one in found.rows]
    )


def _line(group: Group, unknown: str) -> list[str]:
    office = [group.office.sido, group.office.name]
    seen = group.office.seen_at
    day = clock.seoul_day(seen).isoformat() if seen else ""
    source = [day, group.office.source or ""]
    if not group.hits:
        return [*office, "", "", "", "", "", unknown or "0", *source]
    one = group.hits[0]
    department = " ".join(filter(None, (one.department, one.team)))
    found = [department, one.name, one.position, one.duty, one.phone, unknown or str(group.count)]
    return [*office, *found, *source]
