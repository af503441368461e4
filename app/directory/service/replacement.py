"""What replacing an office's entries would do: read, recognise, and write nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

from app.core import http
from app.core.ids import new_id
from app.core.keys import keyed_tag
from app.directory.queries import entries as entries_q
from app.directory.queries import runs as runs_q
from app.directory.queries.entries import OFFICE_BITS, EntryRow, OfficeRow
from app.directory.rules import identity, removal
from app.directory.rules.identity import Match
from app.directory.rules.refusals import TooManyEntries
from app.directory.rules.row import FIELDS, Row, cleaned

MOST_ENTRIES = 1 << OFFICE_BITS
PURPOSE = b"directory removals"
Hide = Callable[[EntryRow], EntryRow | None]


@dataclass(frozen=True)
class Pair:
    """An entry that goes on with another text; kind same, changed or handover."""

    before: EntryRow
    after: EntryRow
    kind: str


@dataclass(frozen=True)
class Plan:
    """What a replacement would do.

    `stored` is the office as it was read, `old` how many of it are to be replaced, `given` how many
    rows there are for them; `moved` are entries that only stand elsewhere in their file; `ids` the
    entry of each row that was given, -1 for one that is left out.
    """

    office: OfficeRow
    stored: list[EntryRow]
    old: int
    given: int
    added: list[EntryRow]
    changed: list[Pair]
    removed: list[EntryRow]
    moved: list[EntryRow]
    same: int
    ids: list[int]

    @property
    def handover(self) -> int:
        """In how many entries somebody else is in charge."""
        return sum(pair.kind == identity.HANDOVER for pair in self.changed)


def plan(office: int, rows: Sequence[Row], only: frozenset[str] | None = None) -> Plan:
    """What `replace` would do with these rows; changes nothing.

    Raises:
        NotFound: there is no such office.
        TooManyEntries: there are more rows than an office can hold.
    """
    found = entries_q.get_office(office)
    stored = entries_q.list_entries_of(office)
    old = stored if only is None else [one for one in stored if one.department in only]
    wanted = dict(_wanted(office, rows, only))
    new = list(wanted.values())
    matches = identity.match([row_of(one) for one in old], new)
    entries = _entries(office, stored, old, new, matches)
    pairs = [Pair(old[one.old], entries[one.new], one.kind) for one in matches]
    left, known = {one.old for one in matches}, {one.new for one in matches}
    ids = {number: one.id for number, one in zip(wanted, entries, strict=True)}
    same = [pair for pair in pairs if pair.kind == identity.SAME]
    return Plan(
        found, stored, len(old), len(new),
        [one for at, one in enumerate(entries) if at not in known],
        [pair for pair in pairs if pair.kind != identity.SAME],
        [one for at, one in enumerate(old) if at not in left],
        [pair.after for pair in same if pair.after != pair.before], len(same),
        [ids.get(number, -1) for number in range(len(rows))],
    )  # fmt: skip


def _wanted(
    office: int, rows: Sequence[Row], only: frozenset[str] | None
) -> Iterator[tuple[int, Row]]:
    """Rows with their number, cleaned, without what was asked to be hidden."""
    hide = hiding(office)
    for number, row in enumerate(rows):
        shown = hide(cleaned(row))
        if shown is not None and (only is None or shown.department in only):
            yield number, shown


def _entries(
    office: int, stored: list[EntryRow], old: list[EntryRow], new: list[Row], matches: list[Match]
) -> list[EntryRow]:
    """The rows as entries: with the id and uid of those that they continue, or new ones."""
    known = {one.new: old[one.old] for one in matches}
    free = free_ids(office, {one.id for one in stored}, len(new) - len(known))
    return [
        entry_of(row, known[at].id, known[at].uid) if at in known
        else entry_of(row, next(free), new_id())
        for at, row in enumerate(new)
    ]  # fmt: skip


def free_ids(office: int, taken: set[int], count: int) -> Iterator[int]:
    """Ids of an office that nobody has: those after the last one first, so that what is undone
    finds its own free.

    Raises:
        TooManyEntries: there are not that many.
    """
    if len(taken) + count > MOST_ENTRIES:
        raise TooManyEntries
    low = office << OFFICE_BITS
    last = max(taken, default=low - 1)
    after = range(last + 1, low + MOST_ENTRIES)
    gaps = (one for one in range(low, last) if one not in taken)
    return islice(chain(after, gaps), count)


def row_of(entry: EntryRow) -> Row:
    """The text of an entry."""
    return Row(
        entry.name, entry.bureau, entry.department, entry.team, entry.position, entry.duty,
        entry.phone, entry.fax, entry.place,
    )  # fmt: skip


def entry_of(row: Row, id: int, uid: str) -> EntryRow:  # noqa: A002  as its column is called
    """A row as an entry."""
    return EntryRow(id, uid, *(getattr(row, key) for key in FIELDS))


def hiding(office: int, more: Iterable[tuple[str, bytes]] = ()) -> Callable[[Row], Row | None]:
    """What takes out of an office's row what was asked to be hidden, and what some more marks mean;
    None when it is all of it."""
    marks = runs_q.list_marks(office).union(more)
    return partial(removal.hidden, marks=marks, tag=tag(office))


def hiding_entries(office: int, more: Iterable[tuple[str, bytes]] = ()) -> Hide:
    """What takes out of an entry what was asked to be hidden since."""
    hide = hiding(office, more)

    def of(was: EntryRow) -> EntryRow | None:
        shown = hide(row_of(was))
        return None if shown is None else entry_of(shown, was.id, was.uid)

    return of


def tag(office: int) -> removal.Tag:
    """The keyed hash by which an office's removal requests are recognised."""
    key = keyed_tag(http.secrets().rows, PURPOSE, 32)
    return lambda told: keyed_tag(key, b"%d\0%b" % (office, told), removal.TAG_BYTES)
