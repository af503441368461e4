"""Our own line is down: one alarm, not one of each source; and each its own when it is back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.db import transaction
from app.core.fetch.fetcher import Ask, Fetcher, Page
from app.core.fetch.rules import FetchFailed, Robots, robots_are_known
from app.directory.queries import sources as sources_q
from app.directory.routes import source_form
from app.directory.rules import health
from app.directory.service import crawl, outage, sources
from tests.directory import living
from tests.directory.living import viewer_of
from tests.directory.test_source_pages import HEAD
from tests.scene import Scene, text_of

STEP_S = 1800
PAGE_PAUSE, MOST_TRIES = health.page_pause, crawl.MOST_TRIES
COUNT = 8
LINE = "우리 서버의 인터넷 연결이 끊긴 것 같습니다"
ROW = "<tr><td>총무과</td><td>김하늘</td><td>055-211-1000</td><td>서무</td></tr>"
PEOPLE = f"<table>{HEAD}{ROW}</table>"
BELL = """SELECT title || ' ' || url FROM notices
    WHERE kind = 'directory-alarm' AND person_id = ?"""


class Country:
    """Eight offices with a site each, that are read as time goes by."""

    def __init__(self, scene: Scene, patch: pytest.MonkeyPatch, same_host: bool = False) -> None:
        """Every site is switched on and due."""
        self.scene, self.passed_s, self.step_s = scene, 0, STEP_S
        self.fails: Callable[[str], str] = lambda _host: ""
        self.late_fails: Callable[[str], str] = lambda _host: ""  # the second page only
        self.robots: dict[str, Robots] | None = (
            None  # what is kept of them, when they are asked for
        )
        patch.setattr(health, "page_pause", lambda _tries: 0)
        patch.setattr(crawl, "MOST_TRIES", 1)
        patch.setattr(Fetcher, "get", lambda _fetcher, ask: self._get(ask))
        self.admin = viewer_of(scene.office, "administrator")
        self.ids = []
        with scene.app.app_context():
            living.office_number()
            for at in range(COUNT):
                host = "one" if same_host else f"site{at}"
                given, errors = source_form.read(
                    {
                        "office": str(at + 1),
                        "label": f"누리집 {at}",
                        "definition": json.dumps(
                            {
                                "start": [
                                    f"https://{host}.example/{at}{page}" for page in ("", "/late")
                                ],
                                "table": {},
                            }
                        ),
                    }
                )
                assert given is not None, errors
                with transaction():
                    self.ids.append(sources.add(self.admin, given))
        scene.rows("UPDATE directory_sources SET state = 'on', next_at = ? WHERE kind = 'pages' AND"
                   " shipped IS NULL", clock.now())  # fmt: skip

    def _get(self, ask: Ask) -> Page:
        host = urlsplit(ask.url).netloc.partition(".")[0]
        reason = self.fails(host)
        if self.robots is not None:
            self._obey(self.robots, host, reason)
        reason = reason or (self.late_fails(host) if ask.url.endswith("/late") else "")
        if reason:
            raise FetchFailed(reason)
        return Page(ask.url, False, PEOPLE.encode(), "text/html; charset=utf-8", "", "")

    @staticmethod
    def _obey(robots: dict[str, Robots], host: str, reason: str) -> None:
        """As the fetcher does: what could not be read is not asked for again so soon."""
        kept = robots.get(host, Robots())
        if robots_are_known(kept, clock.now()):
            return
        robots[host] = replace(kept, failed_at=clock.now()) if reason else Robots("", clock.now())
        if reason:
            raise FetchFailed(reason)

    def pass_time(self, hours: float) -> None:
        """Let time go by, and the worker read what is due."""
        end = self.passed_s + round(hours * 3600)
        while self.passed_s < end:
            self.passed_s = min(self.passed_s + self.step_s, end)
            self.scene.later(self.passed_s)
            with self.scene.app.app_context():
                while crawl.crawl_due():
                    pass

    def until(self, korean_hour: float) -> None:
        """Let time go by until an hour of the day, Korean time."""
        left = (korean_hour * 3600 - (clock.now() + 9 * 3600)) % 86_400
        self.pass_time(left / 3600)

    def bell(self) -> list[str]:
        """The titles of the alarms that the administrator has not read, and their links."""
        return [str(row[0]) for row in self.scene.rows(BELL, self.admin.person_id)]

    def alarmed(self) -> set[int]:
        """Which sites have an alarm of their own."""
        with self.scene.app.app_context():
            found = [sources_q.get_source(one) for one in self.ids]
        return {at for at, one in enumerate(found) if one.alarm is not None}

    def seen(self, at: int) -> int:
        """When a site was read well last."""
        with self.scene.app.app_context():
            found = sources_q.find_round(self.ids[at], trial=False)
        assert found is not None
        return found.seen_at or 0


@pytest.fixture
def country(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Country:
    found = Country(scene, monkeypatch)
    found.pass_time(1)
    assert all(found.seen(at) for at in range(COUNT))
    return found


@pytest.mark.parametrize(
    ("begins", "reason"), [(12.0, "name"), (0.5, "timeout"), (3.5, "unreachable")]
)
def test_a_line_that_is_down_is_one_alarm(country: Country, begins: float, reason: str) -> None:
    random.seed(begins)
    country.until(begins)
    country.fails = lambda _host: reason
    country.until(12.5)
    country.until(12.0)  # the next day: of the last sources of a night it is not yet seen
    assert country.alarmed() == set()
    assert country.bell() == [f"{LINE} /directory/sources"]
    page = text_of(country.scene.enter("administrator").get("/directory/sources"))
    assert LINE in page
    assert f"사이트 {COUNT}곳에 연결하지 못하고 있습니다" in page
    country.fails = lambda host: reason if host in {"site3", "site7"} else ""
    up = clock.now()
    country.pass_time(3)
    assert not any(LINE in one for one in country.bell()), "who has not read it need not any more"
    assert LINE not in text_of(country.scene.enter("administrator").get("/directory/sources"))
    lost = {at for at in range(COUNT) if country.seen(at) < up}
    assert lost == {3, 7}, "the others were read soon"
    country.pass_time(12)
    assert country.alarmed() == {3, 7}
    with country.scene.app.app_context():
        ways = [f"/directory/sources/{country.ids[at]}" for at in (3, 7)]
    assert sorted(one.rpartition(" ")[2] for one in country.bell()) == sorted(ways)
    country.fails = lambda _host: reason
    country.pass_time(30)
    assert country.alarmed() == set(), "what was told a day ago is of it too"
    assert country.bell() == [f"{LINE} /directory/sources"], "it is down again"


def test_few_that_are_down_raise_their_own(country: Country) -> None:
    country.fails = lambda host: "timeout" if host in {"site1", "site2", "site3"} else ""
    country.pass_time(48)
    assert country.alarmed() == {1, 2, 3}
    assert not any(LINE in one for one in country.bell())


@pytest.mark.parametrize(
    "dead", [{"site5", "site6", "site7"}, {"site4", "site5", "site6", "site7"}]
)
def test_sites_that_die_together_hide_nothing(country: Country, dead: set[str]) -> None:
    """At the tail of a night, when all others have been read: at noon after the next night at the
    latest each has an alarm of its own; and one that dies a week later has it within a day and a
    half, though its night may be nearly over."""
    country.until(0.5)
    for at, one in enumerate(country.ids):
        due = clock.now() + (3600 if f"site{at}" not in dead else 4 * 3600)
        country.scene.rows("UPDATE directory_sources SET next_at = ? WHERE id = ?", due, one)
    lost = set(dead)
    country.fails = lambda host: "timeout" if host in lost else ""
    country.until(12.5)
    country.until(12)  # the next day
    numbers = {int(one[-1]) for one in dead}
    assert country.alarmed() == numbers
    assert len(country.bell()) == len(numbers)
    assert not any(LINE in one for one in country.bell())
    country.pass_time(24 * 7)
    assert country.alarmed() == numbers
    assert len(country.bell()) == len(numbers), "once, not each night anew"
    lost.add("site1")
    country.pass_time(36)
    assert country.alarmed() == numbers | {1}
    assert not any(LINE in one for one in country.bell())


def test_an_answer_that_is_no_page_is_no_fault_of_our_line(country: Country) -> None:
    country.fails = lambda _host: "status:503"
    country.pass_time(48)
    assert country.alarmed() == set(range(COUNT))


def test_what_lasts_is_told_while_the_line_is_down(country: Country) -> None:
    country.until(0.5)
    country.fails = lambda host: "" if host == "site0" else "timeout"
    country.until(12)
    assert [LINE in one for one in country.bell()] == [True], "one that never failed proves nothing"
    country.fails = lambda host: "kind" if host == "site0" else "timeout"
    country.pass_time(24)
    assert country.alarmed() == {0}


def test_a_line_that_comes_and_goes_is_not_told_of_by_each_source(country: Country) -> None:
    random.seed(0)
    country.until(0)
    country.fails = lambda _host: "timeout"
    country.pass_time(40)
    assert len(country.bell()) == 1
    for _ in range(3):
        country.fails = lambda _host: ""
        country.pass_time(0.5)
        country.fails = lambda _host: "timeout"
        country.pass_time(6)
    assert len(country.alarmed()) < health.FEWEST_HOSTS, "so few that are left may be it themselves"
    assert sum(LINE in one for one in country.bell()) <= 1


def test_an_outage_of_which_few_are_left_hides_no_alarm(country: Country) -> None:
    country.fails = lambda _host: "timeout"
    country.pass_time(40)
    assert any(LINE in one for one in country.bell())
    few = "UPDATE directory_sources SET state = 'off' WHERE id NOT IN (?, ?)"
    country.scene.rows(few, *country.ids[:2])
    country.pass_time(12)
    assert country.alarmed() == {0, 1}
    assert not any(LINE in one for one in country.bell())


def test_sites_that_give_some_of_their_pages_are_reached(country: Country) -> None:
    country.late_fails = lambda host: "" if host in {"site0", "site1"} else "timeout"
    country.pass_time(48)
    assert country.alarmed() == {2, 3, 4, 5, 6, 7}
    assert not any(LINE in one for one in country.bell())


def test_a_first_page_of_one_that_was_cut_off_ends_an_outage(country: Country) -> None:
    country.fails = lambda _host: "timeout"
    country.pass_time(40)
    assert any(LINE in one for one in country.bell())
    country.fails, country.late_fails = lambda _host: "", lambda _host: "broke-off"
    country.pass_time(3)
    assert not any(LINE in one for one in country.bell())


def test_what_is_being_read_counts_as_it_was(country: Country) -> None:
    country.fails = lambda _host: "timeout"
    country.pass_time(40)
    country.scene.rows("UPDATE fetch_rounds SET state = 'running', told = NULL, ended_at = NULL"
                       " WHERE owner != ?", country.ids[0])  # fmt: skip
    with country.scene.app.app_context():
        found = outage.find()
        assert found is not None
        assert found[1] == COUNT
        with transaction():
            assert outage.explains(clock.now(), clock.now())


def test_robots_that_are_not_known_hide_no_outage(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With as many tries of a page as there are: every second one asks nobody."""
    random.seed(1)
    country.until(0.5)
    monkeypatch.setattr(health, "page_pause", PAGE_PAUSE)
    monkeypatch.setattr(crawl, "MOST_TRIES", MOST_TRIES)
    country.step_s, country.robots = 300, {}
    country.fails = lambda _host: "timeout"
    country.until(12.5)
    assert country.bell() == [f"{LINE} /directory/sources"]
    assert country.alarmed() == set()


def test_sources_of_one_host_are_one_site(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    country = Country(scene, monkeypatch, same_host=True)
    country.pass_time(1)
    country.fails = lambda _host: "timeout"
    country.pass_time(48)
    assert country.alarmed() == set(range(COUNT))
    assert not any(LINE in one for one in country.bell())


TRIES = st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()))


@given(TRIES)
def test_hosts_are_counted_as_brute_force_does(tries: list[tuple[str, bool]]) -> None:
    hosts = {host for host, _ in tries}
    cut_off = {one for one in hosts if (one, True) not in tries}
    assert health.hosts_of(tries) == (len(cut_off), len(hosts))


def test_when_it_is_our_line() -> None:
    down = [(2, 2), (3, 3), (3, 5), (3, 6), (4, 6), (120, 243), (122, 243)]
    assert [health.is_line_down(*one) for one in down] == [
        False, True, True, False, True, False, True,
    ]  # fmt: skip


def test_when_the_hosts_that_were_tried_are_a_fair_share() -> None:
    shares = [(3, 8), (4, 8), (11, 243), (12, 243), (3, 5)]
    assert [health.says_enough(*one) for one in shares] == [False, True, False, True, True]
