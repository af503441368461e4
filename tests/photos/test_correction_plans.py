"""How SQLite finds corrections: by few rows, also on a database without statistics."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from app.core.db import db, rows
from app.photos.models import PhotoRecord
from app.photos.queries import corrections as corrections_q
from app.photos.queries import evidence as evidence_q
from app.photos.service import proof
from tests.photos.test_corrections import correct, put
from tests.scene import Scene

ONE, MANY = "a" * 36, ["a" * 36, "b" * 36, "c" * 36]
# Of a record's table: read whole, or all of an organisation, or all of a person.
FAR_TOO_MANY = re.compile(
    r"SCAN (newer|old|photo_records)\b"
    r"|\b(newer|old|photo_records) .*\((organisation|person)_id=\?\)"
)


def plan(scene: Scene, ask: Callable[[], Any]) -> list[str]:
    """The steps in which SQLite answers what is asked."""
    seen: list[tuple[str, Any]] = []

    def note(*words: Any) -> None:
        """Keep one statement with its values."""
        seen.append((words[2], words[3]))

    with scene.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            ask()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    assert seen
    told = (scene.rows(f"EXPLAIN QUERY PLAN {asked}", *values) for asked, values in seen)
    return [str(step[3]) for steps in told for step in steps]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: corrections_q.list_corrections(ONE, ONE),
        lambda: corrections_q.find_newest(ONE, MANY[:1]),
        lambda: corrections_q.find_newest(ONE, MANY),
        lambda: corrections_q.find_newest(ONE, [f"{number:036}" for number in range(60)]),
        lambda: corrections_q.count_corrections(ONE, ONE),
        lambda: evidence_q.list_corrections("0" * 32, ONE, ONE),
    ],
)
def test_no_walk_over_all_records_without_statistics(shared: Scene, ask: Callable[[], Any]) -> None:
    assert shared.rows("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'") == []
    steps = plan(shared, ask)
    assert any("newer" in step or "photo_records" in step for step in steps)
    assert [step for step in steps if FAR_TOO_MANY.search(step)] == []


def test_the_guard_sees_a_walk(shared: Scene) -> None:
    def walk() -> None:
        """What the first version did."""
        mine = select(PhotoRecord.board).where(PhotoRecord.organisation_id == ONE)
        rows(mine.order_by(PhotoRecord.captured_at))

    assert [step for step in plan(shared, walk) if FAR_TOO_MANY.search(step)]


def test_a_record_opened_reads_no_signature_of_other_visits(scene: Scene) -> None:
    """A correction is found by one column of two: what it replaces, or its visit."""
    old = put(scene, 1)
    new, _other = correct(scene, old), correct(scene, put(scene, 1))
    series, office = old.record.series, scene.office.organisation_id

    def found() -> list[str]:
        with scene.app.app_context():
            seen = evidence_q.list_corrections(old.record.id, series, office)
            return [row["id"].decode() for row in seen]

    def faults() -> list[str]:
        with scene.app.app_context():
            return list(proof.find(old.photo_ids[0]).wrong)

    assert (found(), faults()) == ([new.record.id], [])
    for column in ("replaces", "series", "organisation_id", "person_id"):
        own = scene.rows(f"SELECT {column} FROM photo_records WHERE id = ?", new.record.id)  # noqa: S608
        change = f"UPDATE photo_records SET {column} = ? WHERE id = ?"  # noqa: S608
        scene.rows(change, "x" * 36, new.record.id)
        assert (found(), faults()) == ([new.record.id], ["corrections"]), column
        scene.rows(change, own[0][0], new.record.id)
