"""Ten thousand changes of one bit in stored photos and records: the check tells every one.

Records, rows, receipts and originals are made as the product makes them. Each trial turns one bit
of a file on disk (the original, or one of the two copies made smaller, which are what people look
at), or of one column that the signed record, a receipt or a kept hash speaks of (written past the
product, constraints and all), asks the check, and turns it back. What says nothing of what was
taken (width, height, kind, the change number) is not judged.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from app.photos.queries import evidence
from app.photos.rules import names
from app.photos.service import verify
from tests import factories
from tests.bench.stage import application, instance
from tests.factories import Phone
from tests.photos import helpers_office as office
from tests.photos.helpers_office import Made
from tools.bench import Report

FIGURES = ("photo_tamper_missed",)
TRIALS = 10_000
RECORDS, PHOTOS = 12, 5
SEED = 20261125
TARGETS = [("photos", name) for name in evidence.PHOTO] + [
    ("photo_records", name) for name in evidence.RECORD
]


def flip(value: Any, chance: random.Random) -> Any:
    """A stored value with one bit the other way."""
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(31)
    raw = bytearray(value)
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)


def told(photo_id: str) -> bool:
    """Whether the check says that something was changed; as a request of its own, which sees what
    lies on the disk now."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        return verify.examine(photo_id).verdict == "changed"


def in_row(disk: sqlite3.Connection, made: Made, chance: random.Random) -> tuple[str, bool] | None:
    """One bit of one column; (what, told), or None when there is no bit to turn."""
    table, column = chance.choice(TARGETS)
    place = chance.randrange(PHOTOS)
    photo_id = made.photo_ids[place]
    row_id = photo_id if table == "photos" else made.record.id
    number, kind, value = disk.execute(
        f"SELECT rowid, typeof({column}), CASE typeof({column}) WHEN 'text' "  # noqa: S608
        f"THEN CAST({column} AS BLOB) ELSE {column} END FROM {table} WHERE id = ?", (row_id,),
    ).fetchone()  # fmt: skip
    if value in (None, b""):
        return None
    mark = "CAST(? AS TEXT)" if kind == "text" else "?"
    write = f"UPDATE {table} SET {column} = {mark} WHERE rowid = ?"  # noqa: S608
    try:
        disk.execute(write, (flip(value, chance), number))
    except sqlite3.IntegrityError:
        return None
    try:
        return f"{table}.{column}", told(photo_id)
    finally:
        disk.execute(write, (value, number))


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
    """Make photos, turn bits, count what the check does not tell."""
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
            one = chance.choice(made)
            half = chance.random() < 0.5
            found = in_file(phone, one, chance) if half else in_row(disk, one, chance)
            if found is not None:
                tries[found[0]] += 1
                missed[found[0]] += not found[1]
        clean = [photo for one in made for photo in one.photo_ids if told(photo)]
    copied = sum(tries[f"{side}.jpg"] for side in names.SIZES)
    report.note(f"{tries.total()} bits: {tries['original']} in originals, {copied} in copies, the "
                f"rest in {len(tries) - 1 - len(names.SIZES)} columns; {len(clean)} false alarms "
                "afterwards")  # fmt: skip
    for name, count in missed.items():
        if count:
            report.note(f"missed {count} of {tries[name]} in {name}")
    if clean:
        raise RuntimeError(f"photos that were turned back are called changed: {clean[:3]}")
    report.figure("photo_tamper_missed", missed.total())
