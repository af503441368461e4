"""The fetcher against a server that behaves badly, and addresses that are not to be asked."""

from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import db, wire
from app.core.fetch import hosts, line, rules
from app.core.fetch.fetcher import Ask, Fetcher, Page, Session, Settings
from app.core.fetch.rules import Busy, FetchFailed
from app.core.fetch.tables import FetchHost
from app.core.reach import Allowed
from tests.core import bad_server
from tests.core.bad_server import BadServer, page, serving

HERE = Allowed(private=False, loopback=True)
DELAY_S = 0.15


@pytest.fixture
def server() -> Iterator[BadServer]:
    """A server without robots.txt."""
    with serving() as found:
        yield found


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[None]:
    """Short waits, and an application to keep turns in."""
    monkeypatch.setattr(line, "WHOLE_S", 1.0)
    monkeypatch.setattr(rules, "FIRST_PAUSE_S", 0.4)
    with app.app_context():
        yield


def settings(server: BadServer, **changes: object) -> Settings:
    """The operator's choices, with this server's port."""
    made = Settings(HERE, frozenset({server.port}), DELAY_S, "Peotteuk/0 (+http://x.example/)")
    return replace(made, **changes)  # type: ignore[arg-type]


def get(server: BadServer, path: str = "/", **more: object) -> Page:
    """Fetch a page, waiting for its turn."""
    ask = Ask(server.url(path), **more)  # type: ignore[arg-type]
    return Fetcher(settings(server), patience_s=5).get(ask)


def reason(what: Callable[[], object]) -> str:
    """Why something could not be had."""
    with pytest.raises(FetchFailed) as caught:
        what()
    return caught.value.reason


def test_a_page_is_got_after_robots_txt_and_a_pause_by_an_honest_name(server: BadServer) -> None:
    server.answers["/"] = page("안녕".encode())
    assert get(server).text() == "안녕"
    assert server.paths == ["/robots.txt", "/"]
    assert server.asked[1][2] - server.asked[0][2] >= DELAY_S - 0.02
    assert server.headers()["user-agent"] == "peotteuk/0 (+http://x.example/)"
    assert "cookie" not in server.headers()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (bad_server.drip, "timeout"),
        (bad_server.endless, "too-large"),
        (bad_server.silent, "timeout"),
        (bad_server.hang_up, "broke-off"),
        (page(b"x" * 6_000_000), "too-large"),
        (page(b"x", Content_Length="6000000"), "too-large"),
        (page(b"x" * 20, Content_Length="50"), "broke-off"),
        (page(b"not packed", Content_Encoding="gzip"), "encoding"),
        (page(gzip.compress(b"x" * 999)[:-12], Content_Encoding="gzip"), "broke-off"),
        (page(b"x", Content_Encoding="br"), "encoding"),
        (page(b"GIF89a", Content_Type="image/gif"), "kind"),
        (page(b"", "403 Forbidden"), "status:403"),
        (page(b"", "304 Not Modified"), "status:304"),
        (page(b"", "302 Found"), "redirects"),
        (page(b"", "302 Found", Location="/"), "redirects"),
        (page(b"", "302 Found", Location="file:///etc/passwd"), "address"),
        (page(b"", "302 Found", Location="http://user:pw@example.org/"), "credentials"),
        (page(b"", "302 Found", Location="http://127.0.0.1:1/"), "port"),
        (page(b"", "302 Found", Location="http://169.254.169.254/latest"), "address-closed"),
        (page(b"", "302 Found", Location="http://[::ffff:169.254.169.254]/"), "address-closed"),
        (page(b"", "302 Found", Location="http://10.0.0.1/"), "address-closed"),
        (page(b"", "302 Found", Location="http://100.64.1.1/"), "address-closed"),
        (page(b"", "302 Found", Location="http://[64:ff9b::a00:1]/"), "address-closed"),
        (page(b"", "302 Found", Location="http://[2002:a00:1::]/"), "address-closed"),
        (b"nonsense\r\n\r\n", "broke-off"),
    ],
)  # fmt: skip
def test_what_goes_wrong_has_a_reason_and_an_end(
    server: BadServer, answer: bytes | bad_server.Answer, why: str
) -> None:
    server.answers["/"] = answer
    began = time.monotonic()
    assert reason(lambda: get(server)) == why
    assert time.monotonic() - began < 6
    assert server.most_active == 1


def test_a_bomb_is_not_unpacked(server: BadServer) -> None:
    assert len(bad_server.packed_bomb()) < 200_000
    server.answers["/"] = bad_server.bomb
    get_robots(server)
    tracemalloc.start()
    assert reason(lambda: get(server, largest=100_000)) == "too-large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def get_robots(server: BadServer) -> None:
    """Have robots.txt read."""
    assert reason(lambda: get(server, "/gone")) == "status:404"


@pytest.mark.parametrize(
    "answer",
    [bad_server.chunked, page(gzip.compress(b"hello world"), Content_Encoding="gzip")],
)
def test_pieces_and_packed_pages_are_read_whole(
    server: BadServer, answer: bytes | bad_server.Answer
) -> None:
    server.answers["/"] = answer
    assert get(server).content == b"hello world"


def test_a_name_that_resolves_to_something_else_later_reaches_nothing(server: BadServer) -> None:
    """The address that was checked is the one connected to, and each is checked."""
    server.answers["/"] = page()
    answers = [["127.0.0.1"], ["127.0.0.1"], ["10.0.0.5"], ["127.0.0.1", "169.254.169.254"]]

    def rebinding(_host: str, _port: int) -> list[str]:
        """Another address each time."""
        return answers.pop(0)

    fetcher = Fetcher(settings(server), patience_s=5, by=rebinding)
    ask = Ask(f"http://rebind.example:{server.port}/")
    assert fetcher.get(ask).content == b"hello"
    assert server.headers()["host"] == f"rebind.example:{server.port}"
    assert reason(lambda: fetcher.get(ask)) == "address-closed"
    assert reason(lambda: fetcher.get(ask)) == "address-closed"
    assert len(server.asked) == 2
    assert answers == []


def test_what_began_outside_never_ends_inside(
    server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where private networks may be reached."""
    monkeypatch.setattr("app.core.fetch.fetcher.is_public", lambda _address: True)
    server.answers["/"] = page(b"", "302 Found", Location="/inner")
    server.answers["/inner"] = page(b"secret")
    assert reason(lambda: get(server)) == "address-closed"
    assert "/inner" not in server.paths


def test_an_unknown_name_is_told(server: BadServer) -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        """Knows nothing."""
        raise wire.Unnamed

    fetcher = Fetcher(settings(server), patience_s=5, by=nobody)
    assert reason(lambda: fetcher.get(Ask("http://nowhere.example/"))) == "name"


def test_the_robots_file_is_obeyed_and_kept(server: BadServer) -> None:
    server.answers |= {
        "/robots.txt": page(
            b"User-agent: *\nDisallow: /private\nCrawl-delay: 0.4", Content_Type=""
        ),
        "/": page(),
    }
    get(server)
    assert reason(lambda: get(server, "/private/x")) == "robots"
    get(server)
    assert server.paths == ["/robots.txt", "/", "/"]
    times = [one[2] for one in server.asked]
    assert all(later - before >= 0.38 for before, later in pairwise(times))


def test_without_its_robots_file_a_host_is_not_asked(server: BadServer) -> None:
    server.answers |= {"/robots.txt": page(b"", "503 Busy"), "/": page()}
    assert reason(lambda: get(server)) == "robots-unknown"
    assert reason(lambda: get(server)) == "robots-unknown"
    assert server.paths == ["/robots.txt"]


def test_an_unchanged_page_is_not_sent_again(server: BadServer) -> None:
    server.answers["/"] = page(b"", "304 Not Modified", Content_Length="")
    found = get(server, etag='"a"', last_modified="Thu, 26 Nov 2026 00:00:00 GMT")
    assert found.unchanged
    assert found.etag == '"a"'
    assert server.headers()["if-none-match"] == '"a"'
    assert server.headers()["if-modified-since"] == "thu, 26 nov 2026 00:00:00 gmt"


def test_retry_after_is_kept_to(server: BadServer) -> None:
    get_robots(server)
    server.answers["/"] = page(b"", "429 Too Many", Retry_After="2")
    with pytest.raises(FetchFailed) as caught:
        get(server)
    assert caught.value.reason == "status:429"
    assert caught.value.wait >= 2
    key = f"127.0.0.1:{server.port}"
    assert 1.5 < hosts.wait_s(key) <= 2
    with pytest.raises(Busy):
        Fetcher(settings(server)).get(Ask(server.url()))
    assert key in hosts.busy_hosts()


def test_failures_in_a_row_make_longer_pauses_and_one_answer_ends_them(server: BadServer) -> None:
    get_robots(server)
    server.answers["/"] = page(b"", "500 Oops")
    assert reason(lambda: get(server)) == "status:500"
    first = hosts.wait_s(f"127.0.0.1:{server.port}")
    assert reason(lambda: get(server)) == "status:500"
    assert hosts.wait_s(f"127.0.0.1:{server.port}") > 1.5 * first
    server.answers["/"] = page()
    get(server)
    assert db.value(select(FetchHost.failures)) == 0


def test_two_processes_never_ask_one_host_at_once(app: Flask, server: BadServer) -> None:
    server.answers["/slow"] = bad_server.chunked

    def work() -> None:
        """What a lane of a worker does."""
        with app.app_context():
            get(server, "/slow")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.most_active == 1
    assert server.paths.count("/slow") == 4
    times = [one[2] for one in server.asked]
    gaps = [later - before for before, later in pairwise(times)]
    assert min(gaps) >= DELAY_S - 0.02


def test_what_a_killed_worker_held_is_free_after_its_lease(server: BadServer) -> None:
    held = hosts.take("a.example", 0.3)
    with pytest.raises(Busy):
        hosts.take("a.example", 10)
    time.sleep(0.35)
    again = hosts.take("a.example", 10)
    hosts.give_back(held, 0, 5)  # too late: the turn is another's
    with pytest.raises(Busy):
        hosts.take("a.example", 10)
    hosts.give_back(again, 0, 0)
    hosts.give_back(hosts.take("a.example", 10), 0, 0)


def test_cookies_live_in_a_session_only(server: BadServer) -> None:
    server.answers["/"] = page(Set_Cookie="a=1; Path=/")
    session = Session()
    assert session.empty
    get(server, session=session)
    get(server, session=session)
    assert server.headers()["cookie"] == "a=1"
    get(server)
    assert "cookie" not in server.headers()


def test_a_form_is_posted_and_a_redirect_turns_it_into_a_look(server: BadServer) -> None:
    server.answers |= {"/a": page(b"", "302 Found", Location="/b"), "/b": page()}
    assert get(server, "/a", form=b"x=1").url == server.url("/b")
    assert server.headers(-2)["content-type"] == "application/x-www-form-urlencoded"
    assert "content-type" not in server.headers(-1)


def test_loopback_is_closed_unless_it_is_a_demonstration(server: BadServer) -> None:
    outside = settings(server, allowed=Allowed(private=True, loopback=False))
    fetcher = Fetcher(outside, patience_s=5)
    assert reason(lambda: fetcher.get(Ask(server.url()))) == "address-closed"
    assert server.asked == []


def test_the_log_names_the_host_and_no_address(
    server: BadServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers["/?ServiceKey=secret"] = page()
    with caplog.at_level("INFO", logger="app.fetch"):
        get(server, "/?ServiceKey=secret")
    said = [str(getattr(record, "facts", "")) + record.getMessage() for record in caplog.records]
    assert any(f"127.0.0.1:{server.port}" in one for one in said)
    assert not any("secret" in one for one in said)


def test_an_old_robots_file_is_trusted_while_a_new_one_cannot_be_read(server: BadServer) -> None:
    server.answers["/"] = page()
    get(server)
    old = {"robots_at": FetchHost.robots_at - rules.ROBOTS_KEPT_S - 1}
    with db.transaction():
        db.run(update(FetchHost).values(old))
    server.answers["/robots.txt"] = page(b"", "500 Oops")
    assert reason(lambda: get(server)) == "robots-unknown"
    time.sleep(0.5)
    assert get(server).content == b"hello"
