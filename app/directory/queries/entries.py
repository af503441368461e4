"""Reads of entries and offices."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import db
from app.core.errors import NotFound
from app.directory.models import Entry, Office, Source

OFFICE_BITS = 16


@dataclass(frozen=True)
class OfficeRow:
    """An office of the directory. `seen_at` (Unix seconds) and `source` say when and where its
    entries were seen, `url` where they can be looked at."""

    number: int
    name: str
    sido: str
    kind: str
    aliases: tuple[str, ...]
    area_code: str
    entries: int
    seen_at: int | None
    source: str | None
    source_kind: str | None
    url: str | None
    source_id: str | None = None

    @property
    def short(self) -> str:
        """The name without its province: 창원시."""
        return self.name.removeprefix(f"{self.sido} ")


@dataclass(frozen=True)
class EntryRow:
    """One line of a staff page, as it is kept."""

    id: int
    uid: str
    name: str
    bureau: str
    department: str
    team: str
    position: str
    duty: str
    phone: str
    fax: str
    place: str

    @property
    def office(self) -> int:
        """The number of its office."""
        return self.id >> OFFICE_BITS


_ENTRY = (
    Entry.id, Entry.uid, Entry.name, Entry.bureau, Entry.department, Entry.team, Entry.position,
    Entry.duty, Entry.phone, Entry.fax, Entry.place,
)  # fmt: skip
_BY_ID = (
    "SELECT id, uid, name, bureau, department, team, position, duty, phone, fax, place"
    " FROM directory_entries WHERE id IN (SELECT value FROM json_each(?))"
)
_OFFICES: Any = (
    select(
        Office.number, Office.name, Office.sido, Office.kind, Office.aliases, Office.area_code,
        Office.entries, Office.seen_at, Source.label, Source.kind, Source.url,
        Office.source_id,
    )
    .outerjoin(Source, Source.id == Office.source_id)
    .order_by(Office.number)
)  # fmt: skip


def _office(row: Sequence[object]) -> OfficeRow:
    number, name, sido, kind, aliases, *rest = row
    return OfficeRow(number, name, sido, kind, tuple(json.loads(str(aliases))), *rest)  # type: ignore[arg-type]


def list_offices() -> list[OfficeRow]:
    """Every office, provinces before their cities and counties."""
    return [_office(row) for row in db.rows(_OFFICES)]


def find_office(number: int) -> OfficeRow | None:
    """An office, or None."""
    row = db.first(_OFFICES.where(Office.number == number))
    return None if row is None else _office(row)


def get_office(number: int) -> OfficeRow:
    """An office.

    Raises:
        NotFound: there is none of that number.
    """
    found = find_office(number)
    if found is None:
        raise NotFound
    return found


def find_office_named(name: str) -> OfficeRow | None:
    """An office by its whole name, or None."""
    row = db.first(_OFFICES.where(Office.name == name))
    return None if row is None else _office(row)


def list_entries(ids: Iterable[int]) -> dict[int, EntryRow]:
    """Entries by their id; those that are gone are missing."""
    return {row[0]: EntryRow(*row) for row in db.quick(_BY_ID, (json.dumps(list(ids)),))}


def list_entries_of(office: int) -> list[EntryRow]:
    """Every entry of an office, in the order in which its page has them."""
    low = office << OFFICE_BITS
    own = select(*_ENTRY).where(Entry.id.between(low, low | 0xFFFF)).order_by(Entry.id)
    return [EntryRow(*row) for row in db.rows(own)]


def find_entry(uid: str) -> EntryRow | None:
    """An entry by what is shown of it outside, or None."""
    row = db.first(select(*_ENTRY).where(Entry.uid == uid))
    return None if row is None else EntryRow(*row)


def get_entry(uid: str) -> EntryRow:
    """An entry by what is shown of it outside.

    Raises:
        NotFound: it is gone, or never was.
    """
    found = find_entry(uid)
    if found is None:
        raise NotFound
    return found
