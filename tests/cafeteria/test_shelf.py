"""What is answered from memory: what good addresses show, while the database says so."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from app.cafeteria.queries import estimates
from app.cafeteria.service import addresses, canteens, documents, links, shelf
from app.cafeteria.service.shelf import Shelf
from app.core.db import transaction
from app.core.errors import NotFound
from tests.cafeteria.made import Made, make_canteen, make_link
from tests.scene import Scene, scene

__all__ = ["scene"]
DOCUMENT = {"v": 1, "made_ms": 1, "clock": {"at_ms": 1, "speed": 1}}
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        """Begin."""
        self.at = 100.0

    def __call__(self) -> float:
        """The present second."""
        return self.at


class Kept:
    """A canteen whose document is kept, and a shelf with its own clock."""

    def __init__(self, scene: Scene) -> None:
        """Make them."""
        self.scene, self.clock = scene, Clock()
        self.made: Made = make_canteen(scene)
        self.shelf = Shelf(scene.app, self.clock)
        with scene.app.app_context():
            self.token = addresses.live_token(self.made.canteen_id)
            with transaction():
                documents.keep(self.made.canteen_id, DOCUMENT)

    def after(self, seconds: float) -> bool:
        """Whether the shelf knows the document so much later."""
        self.clock.at += seconds
        return self.shelf.find(self.token) is not None


@pytest.fixture
def kept(scene: Scene) -> Kept:
    """A canteen and a shelf."""
    return Kept(scene)


def spellings(text: str) -> list[str]:
    """Other ways to write a signature, all of which base64 reads as the same."""
    last = BASE64.index(text[-1])
    odd = [text[:-1] + BASE64[last ^ bit] for bit in (1, 2, 3)]
    cut = text.rpartition(".")
    return [*odd, text + "!", text + "=", text + "@" * 5, f"{cut[0]}.!{cut[2]}", text + "\n"]


def test_a_good_address_is_written_in_one_way_only(kept: Kept) -> None:
    assert kept.after(0)
    visitor = kept.scene.visitor()
    for text in [*spellings(kept.token), kept.token + "!" * 10_000]:
        assert kept.shelf.find(text) is None
        with kept.scene.app.app_context(), pytest.raises(NotFound):
            addresses.read_token(text)
    for text in spellings(kept.token)[:6]:
        for path in ("live", "chart"):
            assert visitor.get(f"/api/canteen/{path}/{text}").status_code == 404
    assert list(kept.shelf.known) == [kept.token]


@pytest.mark.parametrize("kind", links.KINDS)
def test_a_link_is_written_in_one_way_only(kept: Kept, kind: str) -> None:
    _, good = make_link(kept.scene, kept.made.canteen_id, kind)
    visitor = kept.scene.visitor()
    assert visitor.get(f"/canteen/{kind}/{good}").status_code == 200
    for text in spellings(good):
        with kept.scene.app.app_context(), pytest.raises(NotFound):
            links.open_link(text, kind)
    for text in spellings(good)[:6]:
        assert visitor.get(f"/canteen/{kind}/{text}").status_code == 404


def test_the_longest_address_of_ours_is_short_enough(kept: Kept) -> None:
    link_id, text = make_link(kept.scene, kept.made.canteen_id, "wall")
    with kept.scene.app.app_context():
        token = addresses.live_token(kept.made.canteen_id, link_id)
    assert len(text) < len(token) < 180
    kept.clock.at += 1
    assert kept.shelf.find(token) is not None


def test_what_is_remembered_of_addresses_has_an_end(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "MOST_KNOWN", 5)
    begin = 1_795_651_200
    for second in range(12):
        monkeypatch.setattr("app.core.clock.now", lambda at=begin + second: at)
        with kept.scene.app.app_context():
            assert kept.shelf.find(addresses.live_token(kept.made.canteen_id)) is not None
        assert len(kept.shelf.known) <= 5


def broken(tried: list[float], clock: Clock) -> Any:
    """A database that cannot be read."""

    def fail() -> dict[str, str]:
        tried.append(clock.at)
        raise OperationalError("SELECT", None, Exception("disk I/O error"))

    return fail


def test_while_the_database_fails_memory_answers_for_a_while(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert kept.after(0)
    tried: list[float] = []
    with monkeypatch.context() as fault, caplog.at_level(logging.ERROR, "app.cafeteria.shelf"):
        fault.setattr(estimates, "list_tags", broken(tried, kept.clock))
        answered = [kept.after(0.3) for _ in range(60)]
    steps = int(shelf.LATE_S / 0.3)
    assert all(answered[: steps - 1])
    assert not any(answered[steps + 1 :])
    assert 10 <= len(tried) <= 18  # once a second, not at each question
    assert len(caplog.records) == 1
    assert kept.after(2)


def test_a_failing_database_is_a_problem_document_and_no_broken_server(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail = broken([], kept.clock)
    monkeypatch.setattr(estimates, "list_tags", fail)
    answer = kept.scene.visitor().get(f"/api/canteen/live/{kept.token}")
    assert answer.status_code == 200  # Flask answers, from the database


def test_a_removed_canteen_shows_nothing_at_once(kept: Kept) -> None:
    visitor = kept.scene.visitor()
    path = f"/api/canteen/live/{kept.token}"
    assert visitor.get(path).status_code == 200
    with kept.scene.app.app_context():
        with transaction():
            canteens.remove_canteen(kept.made.canteen_id)
        assert estimates.find_document(kept.made.canteen_id) is None
    assert not kept.after(0.3)
    for way in (path, path.replace("live", "chart", 1)):
        assert visitor.head(way).status_code == 404  # memory answers no HEAD: Flask does
    with kept.scene.app.app_context(), transaction():
        canteens.put_back_canteen(kept.scene.office.organisation_id, kept.made.canteen_id)
    assert kept.after(0.3)


def test_every_sign_of_an_address_is_one_that_needs_no_escape(kept: Kept) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", kept.token)
