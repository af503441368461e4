"""Our own line is down: one alarm, not one of each source; and each its own when it is back."""

from __future__ import annotations

import random
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.db import transaction
from app.core.fetch.fetcher import Ask, Fetcher, Page
from app.core.fetch.rules import FetchFailed
from app.directory.queries import sources as sources_q
from app.directory.routes import source_form
from app.directory.rules import health
from app.directory.service import crawl, sources
from tests.directory import living
from tests.directory.living import viewer_of
from tests.directory.test_source_pages import HEAD
from tests.scene import Scene, text_of

STEP_S = 1800
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
        self.scene, self.passed_s = scene, 0
        self.fails: Callable[[str], str] = lambda _host: ""
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
                        "url": f"https://{host}.example/{at}",
                    }
                )
                assert given is not None, errors
                with transaction():
                    self.ids.append(sources.add(self.admin, given))
        scene.rows("UPDATE directory_sources SET state = 'on', next_at = ? WHERE kind = 'pages' AND"
                   " shipped IS NULL", clock.now())  # fmt: skip

    def _get(self, ask: Ask) -> Page:
        reason = self.fails(urlsplit(ask.url).netloc.partition(".")[0])
        if reason:
            raise FetchFailed(reason)
        return Page(ask.url, False, PEOPLE.encode(), "text/html; charset=utf-8", "", "")

    def pass_time(self, hours: float) -> None:
        """Let time go by, and the worker read what is due."""
        end = self.passed_s + round(hours * 3600)
        while self.passed_s < end:
            self.passed_s = min(self.passed_s + STEP_S, end)
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
    assert f"출처 {COUNT}곳에 연결하지 못하고 있습니다" in page
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
    country.fails = lambda _host: "timeout"
    country.pass_time(40)
    assert len(country.bell()) == 1
    for _ in range(3):
        country.fails = lambda _host: ""
        country.pass_time(0.5)
        country.fails = lambda _host: "timeout"
        country.pass_time(6)
    assert country.alarmed() == set()
    assert len(country.bell()) <= 1


def test_an_outage_of_which_few_are_left_hides_no_alarm(country: Country) -> None:
    country.fails = lambda _host: "timeout"
    country.pass_time(40)
    assert any(LINE in one for one in country.bell())
    few = "UPDATE directory_sources SET state = 'off' WHERE id NOT IN (?, ?)"
    country.scene.rows(few, *country.ids[:2])
    country.pass_time(12)
    assert country.alarmed() == {0, 1}
    assert not any(LINE in one for one in country.bell())


def test_sources_of_one_host_are_one_site(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    country = Country(scene, monkeypatch, same_host=True)
    country.pass_time(1)
    country.fails = lambda _host: "timeout"
    country.pass_time(48)
    assert country.alarmed() == set(range(COUNT))
    assert not any(LINE in one for one in country.bell())


TRIES = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(
            [None, "timeout", "name", "status:404", "no-table 3", "off", "robots-unknown"]
        ),
    )
)


@given(TRIES)
def test_hosts_are_counted_as_brute_force_does(tries: list[tuple[str, str | None]]) -> None:
    lost, answers = {"timeout", "name"}, {None, "status:404", "no-table 3"}
    hosts = {host for host, _ in tries}
    reached = {one for one in hosts if any((one, told) in tries for told in answers)}
    cut_off = {one for one in hosts - reached if any((one, told) in tries for told in lost)}
    assert health.hosts_of(tries) == (len(cut_off), len(cut_off) + len(reached))


def test_when_it_is_our_line() -> None:
    down = [(2, 2), (3, 3), (3, 5), (3, 6), (4, 6), (120, 243), (122, 243)]
    assert [health.is_line_down(*one) for one in down] == [
        False, True, True, False, True, False, True,
    ]  # fmt: skip
