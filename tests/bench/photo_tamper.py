"""Ten thousand changes of stored photos and records: the check tells every one.

Records, rows, receipts, originals, copies and seals are made as the product makes them. Each trial
changes one thing past the product (constraints and all), asks the check, and turns it back:

- one bit of a file on disk: the original, or one of the two copies that people look at;
- one bit of one column of a photo's or a record's row; where the column is empty, something;
- one column emptied (NULL);
- a whole story: a photo that is here called expected; the copies of two photos exchanged together
  with their hashes, or with their seals too.

Told is what the check calls `changed`; and `unsealed` where the seal alone is gone: that says that
nothing is known of the copies, and a copy without a seal is never sent out as it lies.

Every column of both tables is tried but one: `photos.changed`, the number by which open pages ask
for news, says nothing of a photo and is signed by nobody. Changes that leave no trace in these
tables are no part of it: a record deleted with all its photos, the rows of people, keys and
stamps, and whatever is done by someone who has the server's secrets. A reason of a refusal
exchanged for another of ours is not told either (photos here are ready and have none).
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from app.photos.queries import evidence
from app.photos.rules import names
from app.photos.rules.record import Promised
from app.photos.service import verify
from tests import factories
from tests.bench.stage import application, instance
from tests.factories import Phone
from tests.photos import helpers_office as office
from tests.photos.helpers_office import Made
from tools.bench import Report

SEALED = ("large_sha256", "small_sha256", "seal")
STORY = ("state", "receipt", "arrived_at", "ready_at", *SEALED)
FIGURES = ("photo_tamper_missed",)
TRIALS = 10_000
RECORDS, PHOTOS = 12, 5
SEED = 20261125
TARGETS = [("photos", name) for name in evidence.PHOTO] + [
    ("photo_records", name) for name in evidence.RECORD
]


def flip(value: Any, chance: random.Random) -> Any:
    """A stored value with one bit the other way; something where nothing is."""
    if value in (None, b""):
        return bytes([chance.randrange(97, 123)])
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(31)
    raw = bytearray(value)
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)


def told(photo_id: str, verdicts: tuple[str, ...] = ("changed",)) -> bool:
    """Whether the check says that something was changed; as a request of its own, which sees what
    lies on the disk now."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        return verify.examine(photo_id).verdict in verdicts


def in_row(
    disk: sqlite3.Connection, made: Made, chance: random.Random, empty: bool
) -> tuple[str, bool] | None:
    """One bit of one column, or all of it; (what, told), or None when nothing can be changed."""
    table, column = chance.choice(TARGETS)
    photo_id = made.photo_ids[chance.randrange(PHOTOS)]
    row_id = photo_id if table == "photos" else made.record.id
    number, kind, value = disk.execute(
        f"SELECT rowid, typeof({column}), CASE typeof({column}) WHEN 'text' "  # noqa: S608
        f"THEN CAST({column} AS BLOB) ELSE {column} END FROM {table} WHERE id = ?", (row_id,),
    ).fetchone()  # fmt: skip
    if empty and value is None:
        return None
    mark = "CAST(? AS TEXT)" if kind == "text" else "?"
    write = f"UPDATE {table} SET {column} = {mark} WHERE rowid = ?"  # noqa: S608
    try:
        disk.execute(write, (None if empty else flip(value, chance), number))
    except sqlite3.IntegrityError:
        return None
    bare = empty and column == "seal"
    try:
        what = f"{table}.{column}" + (" emptied" if empty else "")
        return what, told(photo_id, ("changed", "unsealed") if bare else ("changed",))
    finally:
        disk.execute(write, (value, number))


@contextmanager
def kept(disk: sqlite3.Connection, photo_ids: list[str]) -> Iterator[None]:
    """Put the rows of photos back afterwards."""
    names_ = ", ".join(STORY)
    ask = f"SELECT {names_} FROM photos WHERE id = ?"  # noqa: S608
    before = [(one, disk.execute(ask, (one,)).fetchone()) for one in photo_ids]
    try:
        yield
    finally:
        sets = ", ".join(f"{name} = ?" for name in STORY)
        for one, row in before:
            disk.execute(f"UPDATE photos SET {sets} WHERE id = ?", (*row, one))  # noqa: S608


def taken_back(disk: sqlite3.Connection, made: Made, chance: random.Random) -> tuple[str, bool]:
    """A photo that is here, called expected."""
    photo_id = chance.choice(made.photo_ids)
    with kept(disk, [photo_id]):
        sets = ", ".join(f"{name} = NULL" for name in STORY if name != "state")
        disk.execute(f"UPDATE photos SET state = 'expected', {sets} WHERE id = ?",  # noqa: S608
                     (photo_id,))  # fmt: skip
        return "story: called expected", told(photo_id)


def exchanged(
    phone: Phone, disk: sqlite3.Connection, made: Made, chance: random.Random
) -> tuple[str, bool]:
    """The copies of two photos exchanged, with what their rows say of them."""
    pair = chance.sample(list(made.record.photos), 2)
    ids = [one.id for one in pair]
    columns = chance.choice([SEALED[:2], SEALED])
    with kept(disk, ids):
        _cross(phone, pair)
        ask = f"SELECT {', '.join(columns)} FROM photos WHERE id = ?"  # noqa: S608
        one, two = (disk.execute(ask, (photo_id,)).fetchone() for photo_id in ids)
        sets = ", ".join(f"{name} = ?" for name in columns)
        for row, photo_id in ((two, ids[0]), (one, ids[1])):
            disk.execute(f"UPDATE photos SET {sets} WHERE id = ?", (*row, photo_id))  # noqa: S608
        try:
            return "story: copies exchanged", all(told(photo_id) for photo_id in ids)
        finally:
            _cross(phone, pair)


def _cross(phone: Phone, pair: list[Promised]) -> None:
    for side in names.SIZES:
        first, second = (
            office.path_of(names.derivative(phone.organisation_id, one.sha256, one.id, side))
            for one in pair
        )
        here, there = first.read_bytes(), second.read_bytes()
        first.write_bytes(there)
        second.write_bytes(here)


def in_file(phone: Phone, made: Made, chance: random.Random) -> tuple[str, bool]:
    """One bit of a stored original or of one of its copies; (what, told)."""
    one = chance.choice(made.record.photos)
    own = (phone.organisation_id, one.sha256, one.id)
    what, name = chance.choice([
        ("original", names.original(*own)),
        *((f"{side}.jpg", names.derivative(*own, side)) for side in names.SIZES),
    ])  # fmt: skip
    path: Path = office.path_of(name)
    content = path.read_bytes()
    path.write_bytes(flip(content, chance))
    try:
        return what, told(one.id)
    finally:
        path.write_bytes(content)


def run(report: Report) -> None:
    """Make photos, change them, count what the check does not tell."""
    chance = random.Random(SEED)  # noqa: S311  repeatable on purpose
    folder = instance(demo=False)
    app = application(folder)
    tries: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    with app.app_context(), closing(sqlite3.connect(folder / "office.db")) as disk:
        disk.isolation_level = None
        disk.execute("PRAGMA synchronous=OFF")
        phone = factories.make_office().phone
        made = [office.put(phone, PHOTOS, trip=f"20261125-AAAAA{n % 9}") for n in range(RECORDS)]
        while tries.total() < TRIALS:
            one, way = chance.choice(made), chance.random()
            if way < 0.4:
                found: tuple[str, bool] | None = in_file(phone, one, chance)
            elif way < 0.9:
                found = in_row(disk, one, chance, empty=way >= 0.8)
            elif way < 0.95:
                found = taken_back(disk, one, chance)
            else:
                found = exchanged(phone, disk, one, chance)
            if found is not None:
                tries[found[0]] += 1
                missed[found[0]] += not found[1]
        clean = [photo for one in made for photo in one.photo_ids if told(photo)]
    copied = sum(tries[f"{side}.jpg"] for side in names.SIZES)
    stories = sum(count for name, count in tries.items() if name.startswith("story"))
    emptied = sum(count for name, count in tries.items() if name.endswith("emptied"))
    columns = sum("." in name and not name.endswith(("emptied", ".jpg")) for name in tries)
    report.note(f"{tries.total()} changes: {tries['original']} bits in originals, {copied} in "
                f"copies, {stories} whole stories, {emptied} columns emptied, the rest bits of "
                f"{columns} columns; {len(clean)} false alarms afterwards")  # fmt: skip
    for name, count in missed.items():
        if count:
            report.note(f"missed {count} of {tries[name]} in {name}")
    if clean:
        raise RuntimeError(f"photos that were turned back are called changed: {clean[:3]}")
    report.figure("photo_tamper_missed", missed.total())
