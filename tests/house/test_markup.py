"""The strict client's checks can fail: each finds its offender, and a good page passes."""

from __future__ import annotations

import pytest

from tests.house import markup

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self)",
}
PAGE = (
    '<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>오늘</title>'
    '<script type="module" src="/static/a.js"></script></head><body><header><p>x</p></header>'
    '<main id="main"><h1>오늘</h1><h2>다음</h2><form action="/login" method="post">'
    '<label for="a">이름</label><input id="a" name="a"><label>비밀 <input name="b"></label>'
    '<button>보내기</button></form><img src="/a.svg" alt=""><a href="https://x.kr">밖</a>'
    "</main></body></html>"
)
OFFENDERS = [
    ("valid", "</main>", "</section>"),
    ("valid", "<!doctype html>", ""),
    ("lang", 'lang="ko"', 'lang="fr"'),
    ("title", "<title>오늘</title>", "<title></title>"),
    ("<main>", '<main id="main">', '<main id="main"></main><main>'),
    ("<h1>", "<h1>오늘</h1>", "<p>오늘</p>"),
    ("heading", "<h2>다음</h2>", "<h3>다음</h3>"),
    ("inline script", "<main", "<script>1</script><main"),
    ("inline style", "<h1>", '<h1 style="color:red">'),
    ("handler", "<h1>", '<h1 onclick="x()">'),
    ("javascript:", "https://x.kr", "javascript:1"),
    ("leaves", "/a.svg", "https://cdn.example/a.svg"),
    ("leaves", "/static/a.js", "//cdn.example/a.js"),
    ("leaves", '"/login"', '"https://evil.example/"'),
    ("stands 2 times", "<h1>", '<h1 id="main">'),
    ("points nowhere", "<h1>", '<h1 aria-describedby="gone">'),
    ("no label", '<label for="a">이름</label>', ""),
    ("no alt", ' alt=""', ""),
    ("without a name", ">보내기<", "><"),
]


def test_a_good_page_passes() -> None:
    assert markup.findings(PAGE, HEADERS) == []


@pytest.mark.parametrize(("word", "old", "new"), OFFENDERS)
def test_an_offending_page_is_found(word: str, old: str, new: str) -> None:
    assert old in PAGE
    found = markup.findings(PAGE.replace(old, new, 1), HEADERS)
    assert any(word in fault for fault in found), found


NUMBERED = PAGE.replace("이름", "이름 7").replace('for="a"', 'for="a1"').replace(
    'id="a"', 'id="a1"'
).replace("<h2>다음</h2>", "<p id='b2'>a1 &#39; 12:30</p><!-- 5 --><h2>다음</h2>")  # fmt: skip
TWINS = [
    ("stands 2 times", "'b2'", "'a1'"),
    ("no label", 'for="a1"', 'for="a2"'),
    ("valid", "&#39;", "&#0;"),
    ("valid", "&#39;", "&#39"),
    ("valid", "<!-- 5 -->", "<!-- 5 --!>"),
    ("valid", "<!-- 5 -->", "<!-- 5 >"),
    ("heading", "<h2>다음</h2>", "<h4>다음</h4>"),
    ("valid", "<p id='b2'>", "<p id='b2' x1=1 x1=2>"),
    ("<h1>", "<h1>오늘</h1>", "<h2>오늘</h2>"),
]


def test_a_page_with_other_numbers_is_the_same_page() -> None:
    other = NUMBERED.replace("a1", "a9").replace("12:30", "09:07").replace("b2", "c-0-ffe1")
    assert other != NUMBERED
    assert markup.shape(other) == markup.shape(NUMBERED)
    assert markup.findings(NUMBERED, HEADERS) == markup.findings(other, HEADERS) == []


@pytest.mark.parametrize(("word", "old", "new"), TWINS)
def test_what_looks_like_a_sound_page_is_still_judged(word: str, old: str, new: str) -> None:
    assert markup.findings(NUMBERED, HEADERS) == []
    assert old in NUMBERED
    found = markup.findings(NUMBERED.replace(old, new, 1), HEADERS)
    assert any(word in fault for fault in found), found


@pytest.mark.parametrize(
    "policy", ["", "default-src *", "default-src 'self'; script-src 'unsafe-inline'"]
)
def test_an_open_policy_is_found(policy: str) -> None:
    assert markup.findings(PAGE, HEADERS | {"Content-Security-Policy": policy})
