"""What a canteen keeps of who eats there: a lunch with everything, then schema, files, log and
answers.

By the searches of tests/cafeteria, each of which finds what is planted for it.
"""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from app.cafeteria.service import learning
from tests.bench.stage import instance
from tests.cafeteria import privacy_search as search
from tests.cafeteria import private_lunch as lunch
from tests.cafeteria.counters import stop_clock
from tests.cafeteria.fault_lunch import ZERO
from tests.cafeteria.private_lunch import MAC, Eaten
from tests.conftest import close, make_app_in
from tests.factories import picture
from tests.scene import Scene
from tools.bench import Report

FIGURES = ("privacy_found",)
AFTER_S = 3 * 3600


class Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.records.append(record)


def after_lunch(scene: Scene, log: Kept) -> tuple[Eaten, list[str]]:
    """The lunch, and what is found of it."""
    eaten = lunch.eat(scene)
    secrets = [*eaten.who, *eaten.check_ins]
    database = scene.folder / "office.db"
    found = search.in_schema(database)
    found += search.in_rows(database, eaten.who)
    found += search.beside_ids(database, eaten.check_ins)
    sent = [*search.forms_of(picture(7)), *search.forms_of_address(MAC)]
    found += search.in_files(scene.folder, [*sent, eaten.counter.secret.encode()])
    for name, text in lunch.answers(scene, eaten).items():
        found += search.in_answer(name, text, secrets)
    return eaten, found + search.in_log(log.records, [*secrets, eaten.counter.secret, MAC, "/9j/"])


def after_learning(scene: Scene, eaten: Eaten, folder: Path) -> list[str]:
    """What is left of the check-ins when the day has taught."""
    stop_clock(scene, ZERO + AFTER_S)
    with scene.app.app_context():
        learning.learn_due()
    scene.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    left = scene.rows("SELECT id FROM canteen_check_ins")
    found = [f"a check-in is left: {one}" for (one,) in left]
    return found + search.in_files(folder, [one.encode() for one in eaten.check_ins])


def run(report: Report) -> None:
    """Eat, look, learn, look again."""
    log = Kept()
    with pytest.MonkeyPatch.context() as patch:
        app = make_app_in(instance(demo=False), {"LOG_LEVEL": "INFO"})
        logging.getLogger("app").handlers[:] = [log]
        scene = Scene(app, patch)
        eaten, found = after_lunch(scene, log)
        found += after_learning(scene, eaten, scene.folder)
        close(app)
    for one in found:
        report.note(one)
    report.note(f"{len(log.records)} lines of log, {len(eaten.check_ins)} check-ins")
    report.figure("privacy_found", len(found))
