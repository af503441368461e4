"""People who are signed in and type into 누고? over HTTP, each letter of each word on its own."""

from __future__ import annotations

import heapq
import random
import selectors
import time
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from flask import Flask, session

from app.accounts.service import people, sign_in
from app.core.db import transaction
from app.trips.service import keys
from tests import factories
from tests.bench import load
from tests.bench.directory_queries import keystrokes
from tests.bench.directory_queries import people as seen
from tests.bench.load import Burst, Line

WORDS = 8
STROKE_S = 0.25


def cookies(app: Flask, count: int, code: str = "TYPERS") -> list[str]:
    """Cookies of that many signed-in officers of a new organisation."""
    hashed = factories.password_hash()
    with app.app_context(), transaction():
        office = people.add_organisation(code, "찾는도청", factories.CHANGWON, False)
        keys.make_due_audit_keys()
        ids = [
            people.add_person(office, "김가람", f"{number:06d}", "총무과", "officer", hashed)
            for number in range(count)
        ]
        opened = [sign_in.open_sign_in(one, "시험") for one in ids]
    return [_cookie(app, one) for one in opened]


def _cookie(app: Flask, sign_in_id: str) -> str:
    """The signed cookie of a sign-in, as the login sets it."""
    with app.test_request_context():
        session["_user_id"], session["_fresh"] = sign_in_id, True
        session.permanent = True
        answer = app.response_class()
        app.session_interface.save_session(app, session, answer)
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def ask(query: str, cookie: str, *, brief: bool = False) -> bytes:
    """The request of the page for a list, as browsers send it; `brief` while somebody types."""
    path = f"/directory/found?{'brief=1&' if brief else ''}q={quote(query)}"
    return load.get(path, Cookie=cookie, Accept_Encoding="gzip, deflate, br, zstd")


def typists(cookies_of: Sequence[str], words: int = WORDS) -> list[list[bytes]]:
    """What each typist asks: stroke by stroke, and behind each word, when the typing pauses, the
    whole list. Needs the directory's application context."""
    chance = random.Random(3)  # noqa: S311  repeatable on purpose
    found = list[list[bytes]]()
    for number, cookie in enumerate(cookies_of):
        strokes = keystrokes(seen(words, number), chance)
        found.append(list(_asked(strokes, cookie)))
    return found


def _asked(strokes: Sequence[tuple[str, str]], cookie: str) -> Iterator[bytes]:
    for word, text in strokes:
        yield ask(text, cookie, brief=True)
        if text == word:
            yield ask(text, cookie)


def type_all(port: int, lines: Sequence[list[bytes]]) -> Burst:
    """Every typist at once, a stroke each quarter of a second from the last stroke, or as soon as
    the answer to the last one is there: the page asks one question at a time."""
    burst, chooser, chance = Burst(), selectors.DefaultSelector(), random.Random(2)  # noqa: S311
    due, began = list[tuple[float, int, Line]](), time.perf_counter()
    for number, requests in enumerate(lines):
        heapq.heappush(due, (began + chance.uniform(0, STROKE_S), number, Line(port, requests)))
    open_lines = len(due)
    while open_lines:
        now = time.perf_counter()
        while due and due[0][0] <= now:
            _, number, line = heapq.heappop(due)
            if line.next():
                chooser.register(line.socket, selectors.EVENT_READ, (number, line))
            else:
                open_lines -= 1
        wait = max(0.0, due[0][0] - time.perf_counter()) if due else 1.0
        for key, _mask in chooser.select(wait) if chooser.get_map() else ():
            number, line = key.data
            if _taken(line, burst):
                chooser.unregister(line.socket)
                pause = line.began + STROKE_S * chance.uniform(0.8, 1.2)
                heapq.heappush(due, (pause, number, line))
    burst.seconds = time.perf_counter() - began
    return burst


def _taken(line: Line, burst: Burst) -> bool:
    """Whether an answer is whole; then it is counted."""
    answer = line.read()
    if answer is None:
        return False
    burst.waits.append((time.perf_counter() - line.began) * 1000)
    burst.statuses[answer[0]] += 1
    if answer[0] != 200:
        burst.bodies.append(answer[1][:300])
    return True
