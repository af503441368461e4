"""Writing the index, in SQLite's FTS5.

The danger removed here: an index without its own text forgets a row only by the very tokens that
it was given, and a wrong delete is silent: the row stays findable. So what goes is always the
stored row, through the same analyzer; the analyzer's version is kept, and another one builds the
index anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from sqlalchemy import delete, text
from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.core.outbox import NotYet
from app.directory.models import Count, Pair, State
from app.directory.queries import entries as entries_q
from app.directory.queries import index as index_q
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.rules import tokens
from app.directory.service import counts

_ADD = text("INSERT INTO directory_index(rowid, tokens) VALUES (:id, :tokens)")
_FORGET = text(
    "INSERT INTO directory_index(directory_index, rowid, tokens) VALUES ('delete', :id, :tokens)"
)
_CLEAR = text("INSERT INTO directory_index(directory_index) VALUES ('delete-all')")
_OPTIMIZE = text("INSERT INTO directory_index(directory_index) VALUES ('optimize')")
OPTIMIZE_FROM = 20_000  # changed rows
_PAIR = insert(Pair).on_conflict_do_nothing()


def text_of(row: EntryRow, office: OfficeRow) -> tokens.Text:
    """What of an entry can be searched."""
    return tokens.Text(
        row.name, row.bureau, row.department, row.team, row.position, row.duty, row.phone,
        office.name, office.aliases, office.area_code,
    )  # fmt: skip


def analyse(rows: Iterable[EntryRow], office: OfficeRow) -> dict[int, str]:
    """The tokens of some rows by their id: slow work, to be done before a transaction."""
    return {row.id: " ".join(tokens.stream(text_of(row, office))) for row in rows}


def change(added: dict[int, str], gone: dict[int, str]) -> None:
    """Take up and forget rows, in the open transaction.

    Args:
        added: tokens by id, from `analyse`.
        gone: the same, of the rows as they are stored now.

    Raises:
        NotYet: the index is still to be built anew.
    """
    if index_q.find_state("analyzer") != tokens.VERSION:
        raise NotYet  # another analyzer's tokens cannot be forgotten by this one's
    if added or gone:
        _write(added, gone)


def change_office(added: dict[int, str], gone: dict[int, str]) -> None:
    """Take up and forget all rows of an office whose names or area code change, in the open
    transaction. When the index is to be built anew it begins from the start: what was built of it
    already has the old ones."""
    if index_q.find_state("analyzer") != tokens.VERSION:
        _set("rebuilding", 0)
    else:
        _write(added, gone)
    moved(words=True)


def _write(added: dict[int, str], gone: dict[int, str]) -> None:
    db.run_many(_FORGET, [{"id": one, "tokens": words} for one, words in gone.items()])
    db.run_many(_ADD, [{"id": one, "tokens": words} for one, words in added.items()])
    pairs = tokens.dictionary(set(chain.from_iterable(map(str.split, added.values()))))
    known = index_q.count_pairs()
    db.run_many(_PAIR, [{"pair": pair} for pair in sorted(pairs)])
    counts.note(added, gone)
    moved(words=index_q.count_pairs() != known)


def drop_pairs(gone: Iterable[str]) -> None:
    """Forget the pairs of rows that were forgotten where no other row has them, in the open
    transaction: pairs of a name are a part of it."""
    pairs = tokens.dictionary(set(chain.from_iterable(map(str.split, gone))))
    lost = [one for one in sorted(pairs) if not index_q.has_token(one)]
    db.run(delete(Pair).where(Pair.pair.in_(lost)))


def begin() -> None:
    """Note, in the open transaction, that the empty index is this analyzer's."""
    _set("analyzer", tokens.VERSION)
    moved(words=True)


def moved(*, words: bool) -> None:
    """Whoever keeps answers of the index must ask anew: its version goes up, and that of the words
    that plans are made with (pairs, places, synonyms) when there are others now."""
    one_more = State.__table__.c.value + 1
    for name in ("version", "words") if words else ("version",):
        written = insert(State).values(name=name, value=1)
        db.run(written.on_conflict_do_update(index_elements=["name"], set_={"value": one_more}))


def _set(name: str, value: int) -> None:
    written = insert(State).values(name=name, value=value)
    db.run(written.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def optimize() -> None:
    """Merge the index into one piece, after much of it has changed; seconds for a whole country."""
    with db.transaction():
        db.run(_OPTIMIZE)


def rebuild_when_needed() -> int:
    """Build the index anew when another analyzer built it, office by office, each in a transaction
    of its own with how far it has come; how many offices were done.

    While it runs, offices not yet taken up are not found. Another worker may do the same at the
    same time: whoever finds that it is not as they left it stops, and comes again.
    """
    if index_q.find_state("analyzer") == tokens.VERSION:
        return 0
    with db.transaction():
        if index_q.find_state("rebuilding") != tokens.VERSION:
            _clear()
    done, reached = 0, index_q.find_state("rebuilt")
    for number in _left(entries_q.list_offices(), reached):
        if not _take_up(number, reached):
            return done
        done, reached = done + 1, number
    with db.transaction():
        if _is_at(reached):
            _set("analyzer", tokens.VERSION)
            db.run(_OPTIMIZE)
    return done


def _clear() -> None:
    db.run(_CLEAR)
    db.run(delete(Pair))
    db.run(delete(Count))
    _set("rebuilding", tokens.VERSION)
    _set("rebuilt", -1)
    moved(words=True)


def _left(offices: Sequence[OfficeRow], reached: int | None) -> list[int]:
    return [one.number for one in offices if reached is None or one.number > reached]


def _is_at(reached: int | None) -> bool:
    """Whether a rebuilding is as it was read: no other worker went on with it, nothing began it
    again."""
    state = (index_q.find_state("rebuilding"), index_q.find_state("rebuilt"))
    return state == (tokens.VERSION, reached)


def _take_up(number: int, reached: int | None) -> bool:
    """Take up the next office; False, and nothing is done, when the rebuilding or the office is not
    as it was read."""
    office, stored = entries_q.get_office(number), entries_q.list_entries_of(number)
    added = analyse(stored, office)
    with db.transaction():
        if not _is_at(reached):
            return False
        if (entries_q.get_office(number), entries_q.list_entries_of(number)) != (office, stored):
            return False
        _write(added, {})
        _set("rebuilt", number)
    return True
