"""The fetcher's decisions, without a network."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fetch import rules, text
from app.core.fetch.rules import FetchFailed, Robots

NO_PORTS: frozenset[int] = frozenset()
PEOPLE = "똠방각하 뷁 홍길동 상수도과 055-211-1234 담당업무"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://A.example/x?y=1#z", "a.example"),
        ("https://a.example:443/", "a.example"),
        ("http://a.example:8080/", "a.example:8080"),
        ("https://시험.한국/", "xn--vv4b606a.xn--3e0b707e"),
        ("http://a.example./", "a.example"),
    ],
)
def test_a_host_is_counted_whatever_form_its_address_has(url: str, key: str) -> None:
    assert rules.target_of(url, frozenset({8080})).key == key


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://a.example/", "address"), ("//a.example/", "address"), ("http:///x", "address"),
        ("http://a.example/ x", "address"), ("http://a.example\\@b/", "address"),
        ("http://a.example:99999/", "address"), ("http://a.example:22/", "port"),
        ("http://u@a.example/", "credentials"), ("http://:p@a.example/", "credentials"),
        ("http://[::1/", "address"), (f"http://a.example/{'x' * 3000}", "address"), ("", "address"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_asked_is_told(url: str, why: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        rules.target_of(url, NO_PORTS)
    assert caught.value.reason == why


@given(st.text(max_size=200))
def test_no_address_raises_anything_else(url: str) -> None:
    with contextlib.suppress(FetchFailed):
        rules.target_of(url, NO_PORTS)


@pytest.mark.parametrize(
    ("location", "hops", "why"),
    [
        ("http://b.example/", 0, "downgrade"), ("", 0, "redirects"), ("/y", 5, "redirects"),
        ("javascript:alert(1)", 0, "address"), ("https://b.example:8443/", 0, "port"),
    ],
)  # fmt: skip
def test_a_redirect_that_is_not_followed(location: str, hops: int, why: str) -> None:
    at = rules.target_of("https://a.example/x", NO_PORTS)
    with pytest.raises(FetchFailed) as caught:
        rules.led_to(at, location, hops, NO_PORTS)
    assert caught.value.reason == why


def test_a_redirect_that_is_followed() -> None:
    at = rules.target_of("https://a.example/x/y", NO_PORTS)
    assert rules.led_to(at, "../z?q=1", 4, NO_PORTS).url == "https://a.example/z?q=1"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("Thu, 01 Jan 1970 00:02:00 GMT", 20), ("soon", 0), ("", 0), ("-5", 0),
     ("9" * 30, 86400), ("²", 0)],
)  # fmt: skip
def test_a_wish_to_wait_is_read(value: str, seconds: float) -> None:
    assert rules.wish_of(value, now=100.0) == seconds


@given(st.text(max_size=60))
def test_no_wish_raises(value: str) -> None:
    assert 0 <= rules.wish_of(value, 1e9) <= 86400


def test_pauses_grow_and_end_in_a_rest() -> None:
    pauses = [rules.pause_s(failures) for failures in range(1, 9)]
    assert pauses[:4] == [10, 20, 40, 80]
    assert pauses == sorted(pauses)
    assert pauses[5] == rules.REST_S
    assert rules.pause_s(1, wish=500) == 500
    assert rules.pause_s(1, wish=1e9) == 86400


def test_the_delay_is_the_hosts_up_to_a_minute_and_never_less_than_ours() -> None:
    assert rules.delay_s(None, 2) == 2
    assert rules.delay_s("User-agent: *\nCrawl-delay: 7", 2) == 7
    assert rules.delay_s("User-agent: *\nCrawl-delay: 900", 2) == 60
    assert rules.delay_s("User-agent: *\nCrawl-delay: 0.1", 2, wanted=3) == 3
    assert rules.delay_s("User-agent: Peotteuk\nCrawl-delay: 9\n\nUser-agent: *\n", 2) == 9


def test_what_robots_txt_closes_is_closed_to_us() -> None:
    for_all = "User-agent: *\nDisallow: /a\nAllow: /a/b"
    assert not rules.may_ask(for_all, "http://x.example/a/c")
    assert rules.may_ask(for_all, "http://x.example/a/b")
    assert rules.may_ask("", "http://x.example/a")
    assert not rules.may_ask("User-agent: peotteuk\nDisallow: /", "http://x.example/")
    assert rules.may_ask("User-agent: other\nDisallow: /", "http://x.example/")


@given(st.text(max_size=300))
def test_no_robots_file_raises(content: str) -> None:
    rules.may_ask(content, "http://x.example/")
    assert 2 <= rules.delay_s(content, 2) <= 60


@pytest.mark.parametrize(
    ("kept", "known"),
    [
        (Robots(), False), (Robots("", at=1000), True), (Robots("x", at=-90_000), False),
        (Robots("x", at=-90_000, failed_at=900), True), (Robots(None, 0, failed_at=100), False),
    ],
)  # fmt: skip
def test_robots_are_read_once_a_day(kept: Robots, known: bool) -> None:
    assert rules.robots_are_known(kept, now=1000) is known


def test_robots_that_could_not_be_read_close_the_host_for_a_while() -> None:
    with pytest.raises(FetchFailed) as caught:
        rules.robots_are_known(Robots(None, 0, failed_at=900), now=1000)
    assert (caught.value.reason, caught.value.wait) == ("robots-unknown", 500)


@pytest.mark.parametrize(
    ("content", "header", "name"),
    [
        (PEOPLE.encode("cp949"), "text/html; charset=EUC-KR", "cp949"),
        (PEOPLE.encode("cp949"), "text/html; charset=utf-8", "cp949"),
        (PEOPLE.encode("cp949"), "", "cp949"),
        (b'<meta charset="euc-kr">' + PEOPLE.encode("cp949"), "text/html", "cp949"),
        (b'<meta http-equiv=x content="text/html; charset=ks_c_5601-1987">'
         + PEOPLE.encode("cp949"), "", "cp949"),
        (PEOPLE.encode(), "text/html; charset=euc-kr", "utf-8"),
        (b"\xef\xbb\xbf" + PEOPLE.encode(), "text/html; charset=euc-kr", "utf-8"),
        (b"\xff\xfe" + PEOPLE.encode("utf-16-le"), "", "utf-16-le"),
        (b'<?xml version="1.0" encoding="EUC-KR"?>' + PEOPLE.encode("cp949"), "", "cp949"),
        (PEOPLE.encode(), "text/html; charset=base64", "utf-8"),
    ],
)  # fmt: skip
def test_korean_is_read_in_the_encoding_it_is_in(content: bytes, header: str, name: str) -> None:
    found, used = text.decode(content, header)
    assert used == name
    assert PEOPLE in found


def test_an_encoding_that_is_known_is_believed() -> None:
    assert text.decode("한".encode("cp949"), "charset=utf-8", "EUC-KR") == ("한", "cp949")
    assert text.decode("한".encode(), "", "no such") == ("한", "utf-8")


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_bytes_raise(content: bytes, header: str) -> None:
    assert isinstance(text.decode(content, header)[0], str)
