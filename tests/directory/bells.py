"""What tests of telling stand on: who follows what, what stands in whose bell and behind it."""

from __future__ import annotations

import json
from typing import Any

from app.core.db import transaction
from app.directory import jobs
from app.directory.queries import tellings as tellings_q
from app.directory.service import follows
from app.directory.service.follows import Wish
from tests.factories import sign_in_of
from tests.scene import Scene


def follow(scene: Scene, role: str, *wishes: Wish, at: int | None = None) -> None:
    """The office's person of that role follows something."""
    with transaction():
        viewer = sign_in_of(scene.office.people[role])
        for wish in wishes:
            follows.follow(viewer, wish)
    if at is not None:
        scene.rows("UPDATE directory_follows SET created_at = ?", at)


def notices(scene: Scene, role: str) -> list[tuple[str, dict[str, Any], str]]:
    """What a person was told: (title, body, url), oldest first."""
    rows = scene.rows(
        "SELECT title, body, url FROM notices WHERE person_id = ? ORDER BY id",
        scene.office.people[role],
    )
    return [(title, json.loads(body), url) for title, body, url in rows]


def behind(scene: Scene, role: str) -> list[str]:
    """The entries of whose changes a person was told: those of the list behind each notice."""
    person, found = scene.office.people[role], list[str]()
    for _, body, url in notices(scene, role):
        place, _, last = url.rpartition("/")
        if place == "/directory/entry":
            found.append(last)
            continue
        assert place == "/directory/told"
        page = tellings_q.list_page(person, last, 1)
        assert len(page) == tellings_q.get_batch(person, last).total == body["count"] > 1
        found += [one.change.uid for one in page]
    return found


def work() -> None:
    """Let the worker's lane do what is due."""
    next(lane for lane in jobs.LANES if lane.name == "directory-tell").verb()
