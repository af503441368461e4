"""What open pages ask for: the same through the memory in front of Flask and through Flask."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.cafeteria.service import addresses, canteens, links
from app.cafeteria.service.shelf import AGE_S, LATE_S, Shelf
from app.core import first
from app.core.db import transaction
from tests.cafeteria.fault_lunch import ZERO, make_usual
from tests.cafeteria.looking import Watched
from tests.cafeteria.made import Made, make_canteen, make_link
from tests.cafeteria.stories import few_stories
from tests.scene import Scene, scene

__all__ = ["few_stories", "scene"]

pytestmark = pytest.mark.usefixtures("few_stories")

LIVE, CHART = "/api/canteen/live/", "/api/canteen/chart/"
DAY_S = 86_400


class Doors:
    """Both ways to a canteen's document; `now` is the memory's own clock."""

    def __init__(self, scene: Scene) -> None:
        """Open them."""
        self.scene, self.now = scene, 1000.0
        self.watched = Watched(scene)
        self.made: Made = self.watched.made
        self.flask = Flask.wsgi_app.__get__(scene.app)
        scene.app.wsgi_app = self.flask  # type: ignore[method-assign]
        self.shelf = Shelf(scene.app, lambda: self.now)
        first.init_app(scene.app, LIVE, self.shelf.find)
        self.short = scene.app.wsgi_app

    def token(self, made: Made | None = None, link_id: str = "") -> str:
        """What stands in the address."""
        with self.scene.app.app_context():
            return addresses.live_token((made or self.made).canteen_id, link_id)

    def ask(
        self, token: str, *, by_flask: bool = False, base: str = LIVE, tag: str = ""
    ) -> TestResponse:
        """Ask for it by one of both ways."""
        self.scene.app.wsgi_app = self.flask if by_flask else self.short  # type: ignore[method-assign]
        headers = {"If-None-Match": tag} if tag else {}
        try:
            return self.scene.visitor().get(base + token, headers=headers)
        finally:
            self.scene.app.wsgi_app = self.short  # type: ignore[method-assign]

    def both(self, token: str) -> list[tuple[int, str]]:
        """Status and code by both ways."""
        found = [self.ask(token, by_flask=by_flask) for by_flask in (False, True)]
        return [(one.status_code, (one.get_json() or {}).get("code", "")) for one in found]

    def later(self, seconds: float) -> None:
        """Let the memory's clock go on."""
        self.now += seconds


@pytest.fixture
def doors(scene: Scene) -> Doors:
    """A canteen and both ways to what is said of it."""
    return Doors(scene)


def test_both_ways_say_the_same(doors: Doors) -> None:
    doors.watched.press("mark", 20)
    doors.watched.turn()
    token = doors.token()
    short, long = doors.ask(token), doors.ask(token, by_flask=True)
    assert short.status_code == long.status_code == 200
    assert short.get_data() == long.get_data()
    assert json.loads(short.get_data()) == doors.watched.kept()[1]
    for name in ("ETag", "Content-Type", "Cache-Control", "X-Content-Type-Options"):
        assert short.headers[name] == long.headers[name], name
    assert "Set-Cookie" not in short.headers
    assert {"Date"} <= set(short.headers.keys())


@pytest.mark.parametrize("by_flask", [False, True])
def test_who_has_it_already_is_told_so(doors: Doors, by_flask: bool) -> None:
    doors.watched.turn()
    token = doors.token()
    tag = str(doors.ask(token).headers["ETag"])
    again = doors.ask(token, by_flask=by_flask, tag=tag)
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == tag
    assert doors.ask(token, by_flask=by_flask, tag='"another"').status_code == 200
    several = doors.ask(token, by_flask=by_flask, tag=f'"another", {tag}')
    assert several.status_code == 304


def test_what_is_new_is_told_within_a_quarter_of_a_second(doors: Doors) -> None:
    doors.watched.turn()
    token = doors.token()
    before = doors.ask(token).headers["ETag"]
    doors.watched.press("mark", 30)
    doors.watched.turn()
    doors.later(AGE_S + 0.001)
    answer = doors.ask(token)
    assert answer.headers["ETag"] != before
    assert answer.get_json() == doors.watched.kept()[1]


def test_an_address_ends_after_a_day_and_says_so(doors: Doors) -> None:
    doors.watched.turn()
    token = doors.token()
    assert doors.both(token) == [(200, ""), (200, "")]
    doors.watched.go(addresses.LIVES_S + 1)
    fresh = Doors.token(doors)
    doors.shelf.known.clear()
    assert doors.both(token) == [(410, "canteen-live-expired")] * 2
    assert doors.ask(token, by_flask=True, base=CHART).status_code == 410
    assert doors.both(fresh) == [(200, ""), (200, "")]


def test_an_address_that_ended_is_not_remembered_for_long(doors: Doors) -> None:
    """The memory knows an address for an hour at most before it looks at it anew."""
    doors.watched.turn()
    token = doors.token()
    assert doors.ask(token).status_code == 200
    doors.watched.go(addresses.LIVES_S + 1)
    doors.later(3601)
    assert doors.ask(token).status_code == 410


@pytest.mark.parametrize("token", ["x", "", "x" * 3000, "%00", "한", ".."])
def test_an_address_that_nobody_made_is_not_found(doors: Doors, token: str) -> None:
    doors.watched.turn()
    assert [status for status, _ in doors.both(token)] == [404, 404]
    assert doors.ask(token, base=CHART).status_code == 404


def test_a_changed_address_is_not_found(doors: Doors) -> None:
    doors.watched.turn()
    token = doors.token()
    head, _, tail = token.partition(".")
    for changed in (f"{head[:-1]}A.{tail}", f"{token[:-2]}xx", token + "x", token[1:]):
        assert doors.both(changed) == [(404, "not-found")] * 2


def test_each_address_shows_its_own_canteen(doors: Doors) -> None:
    other = make_canteen(doors.scene, office=doors.scene.other_office(), name="다른 식당")
    doors.watched.turn()
    for made, name in ((doors.made, "본관 식당"), (other, "다른 식당")):
        for by_flask in (False, True):
            said = doors.ask(doors.token(made), by_flask=by_flask).get_json()
            assert (said["canteen"]["id"], said["canteen"]["name"]) == (made.canteen_id, name)


def test_a_screens_address_ends_when_its_link_is_revoked(doors: Doors) -> None:
    doors.watched.turn()
    link_id, _ = make_link(doors.scene, doors.made.canteen_id, "wall")
    doors.later(1)
    screen, page = doors.token(link_id=link_id), doors.token()
    assert doors.both(screen) == [(200, ""), (200, "")]
    with doors.scene.app.app_context(), transaction():
        links.revoke_link(doors.made.canteen_id, link_id)
    doors.later(AGE_S + 0.001)
    assert doors.both(screen) == [(410, "canteen-link-revoked")] * 2
    assert doors.ask(screen, base=CHART).status_code == 410
    assert doors.both(page) == [(200, ""), (200, "")]


def test_a_canteen_that_was_removed_is_not_found(doors: Doors) -> None:
    doors.watched.turn()
    token = doors.token()
    link_id, _ = make_link(doors.scene, doors.made.canteen_id, "wall")
    screen = doors.token(link_id=link_id)
    assert doors.ask(token).status_code == 200
    with doors.scene.app.app_context(), transaction():
        canteens.remove_canteen(doors.made.canteen_id)
    doors.later(AGE_S + 0.001)
    assert [status for status, _ in doors.both(token)] == [404, 404]
    assert all(status in {404, 410} for status, _ in doors.both(screen))
    assert doors.ask(token, base=CHART).status_code == 404


def test_before_anybody_looked_there_are_hours_and_a_menu(doors: Doors) -> None:
    short, long = doors.ask(doors.token()), doors.ask(doors.token(), by_flask=True)
    assert short.get_json() == long.get_json()
    said = short.get_json()
    assert said["state"] == "open"
    assert [one["basis"] for one in said["lines"]] == ["unknown"]
    assert said["meal"]["opens_ms"] == ZERO * 1000
    doors.watched.turn()
    doors.later(1)
    kept = doors.ask(doors.token())
    assert kept.get_json()["lines"] == said["lines"]
    assert kept.headers["ETag"] == short.headers["ETag"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_read_only(doors: Doors, method: str) -> None:
    doors.watched.turn()
    client = doors.scene.enter("administrator")
    for base in (LIVE, CHART):
        assert client.open(base + doors.token(), method=method).status_code == 405
    head = client.open(LIVE + doors.token(), method="HEAD")
    assert (head.status_code, head.get_data()) == (200, b"")


def test_when_the_database_is_away_for_long_nothing_is_told_from_memory(doors: Doors) -> None:
    doors.watched.turn()
    token = doors.token()
    assert doors.shelf.find(token) is not None
    broken: dict[str, Any] = {"times": 0}

    def fails(now: float) -> None:
        broken["times"] += 1

    doors.scene.patch.setattr(doors.shelf, "_read", fails)
    doors.later(LATE_S)
    assert doors.shelf.find(token) is not None
    doors.later(0.01)
    assert doors.shelf.find(token) is None
    assert broken["times"] == 2


def test_the_chart_has_the_last_hour_and_what_is_usual(doors: Doors) -> None:
    make_usual(doors.scene, doors.made.line_id)
    doors.watched.press("mark", 30)
    for second in range(0, 600, 30):
        doors.watched.go(second)
        doors.watched.turn()
    answer = doors.ask(doors.token(), base=CHART)
    said = answer.get_json()
    assert (said["v"], said["day"], said["opens_ms"]) == (1, "2026-11-26", ZERO * 1000)
    line = said["lines"][doors.made.line_id]
    assert [one[0] for one in line["hour"]] == [1000 * (ZERO + 60 * n) for n in range(10)]
    assert all(low <= middle <= high for _, low, middle, high, _ in line["hour"])
    assert {one[4] for one in line["hour"]} == {"live"}
    assert line["days"] == 2
    assert [5.0] * len(line["usual"]) == [one[2] for one in line["usual"]]
    tag = str(answer.headers["ETag"])
    assert doors.ask(doors.token(), base=CHART, tag=tag).status_code == 304
