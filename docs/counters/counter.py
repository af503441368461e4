#!/usr/bin/env python3
"""A counter of people: tells the canteen how many came in and went out. Python 3.9, nothing else.

It reads what a sensor says from its standard input, a line each:

    in            one came in              in 3     three did
    out           one went out             out 2
    count 12      twelve stand in the line now
    level 3       how crowded it is, 0 to 4

    my_sensor | python3 counter.py --url https://office.example.kr \\
        --device 01a21a3f-c34e-7386-9068-d97ad5ac8335 --secret-file secret.txt

Everybody who was counted is on the disk (a SQLite file, `--queue`) before the next line is read,
and stays there until the server has answered. So neither a power cut nor `kill -9` nor hours
without a network lose anybody, and nobody counts twice: each reading has a number of its own, and
the server knows it again. Only numbers of people leave this machine.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import random
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATH = "/api/canteen/readings"
MOST = 100  # readings in one request
KEPT_S = 86_000  # the server takes nothing older than 24 hours
SLOWEST_S = 60.0
TIMEOUT_S = 20
NAMES = {"both": ["in", "out"], "in": ["in"], "out": ["out"], "people": [], "level": []}
TABLES = """
CREATE TABLE IF NOT EXISTS waiting (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, ts REAL NOT NULL, said TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, people INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS refused (seq INTEGER, ts REAL, said TEXT, why TEXT);
"""


def sign(secret: str, body: bytes) -> str:
    """What stands in the header X-Canteen-Signature: the secret's text itself is the key."""
    return "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Queue:
    """What was counted and is not answered yet, on the disk."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it. A new one begins at a number that an older one, which was
        lost, has not come to: milliseconds since 1970."""
        self.lock = threading.Lock()
        self.base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.base.execute("PRAGMA journal_mode=WAL")
        self.base.execute("PRAGMA synchronous=FULL")
        self.base.executescript(TABLES)
        if not self.base.execute("SELECT 1 FROM sqlite_sequence WHERE name = 'waiting'").fetchone():
            first = int(time.time() * 1000)
            with self._writing():
                self.base.execute("INSERT INTO waiting VALUES (?, 0, '')", (first,))
                self.base.execute("DELETE FROM waiting WHERE seq = ?", (first,))

    def _writing(self) -> _Writing:
        return _Writing(self.lock, self.base)

    def count(self, name: str, people: int) -> None:
        """Add people who came "in" or went "out" to those of this period."""
        with self._writing():
            self.base.execute(
                "INSERT INTO tally VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET people = people + excluded.people",
                (name, people),
            )

    def say(self, said: dict[str, int]) -> None:
        """Queue a reading as it is: the people in the line now, or a level."""
        with self._writing():
            self._add(said)

    def close_period(self, names: list[str]) -> None:
        """Make a reading of those who were counted since the last one; 0 is said too, it means that
        the counter is alive."""
        with self._writing():
            found = dict(self.base.execute("SELECT name, people FROM tally").fetchall())
            self._add({name: found.get(name, 0) for name in names})
            self.base.execute("DELETE FROM tally")

    def _add(self, said: dict[str, int]) -> None:
        row = (time.time(), json.dumps(said))
        self.base.execute("INSERT INTO waiting (ts, said) VALUES (?, ?)", row)

    def oldest(self, most: int) -> list[dict[str, Any]]:
        """The readings that wait longest, as they are sent. What the server would not take any more
        is thrown away."""
        with self._writing():
            self.base.execute("DELETE FROM waiting WHERE ts < ?", (time.time() - KEPT_S,))
            rows = self.base.execute(
                "SELECT seq, ts, said FROM waiting ORDER BY seq LIMIT ?", (most,)
            ).fetchall()
        return [{"seq": seq, "ts": round(ts, 3), **json.loads(said)} for seq, ts, said in rows]

    def done(self, numbers: list[int], why: str = "") -> None:
        """Forget readings that were answered; those that were refused are kept aside."""
        with self._writing():
            for seq in numbers:
                if why:
                    self.base.execute(
                        "INSERT INTO refused SELECT seq, ts, said, ? FROM waiting WHERE seq = ?",
                        (why, seq),
                    )
                self.base.execute("DELETE FROM waiting WHERE seq = ?", (seq,))

    def size(self) -> int:
        """How many readings wait."""
        with self.lock:
            return int(self.base.execute("SELECT count(*) FROM waiting").fetchone()[0])


class _Writing:
    """One thread and one transaction at a time."""

    def __init__(self, lock: threading.Lock, base: sqlite3.Connection) -> None:
        self.lock, self.base = lock, base

    def __enter__(self) -> None:
        self.lock.acquire()
        self.base.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self.base.execute("ROLLBACK" if kind else "COMMIT")
        self.lock.release()


class Sender:
    """Sends what waits, the oldest first, until it is answered."""

    def __init__(self, url: str, device: str, secret: str, queue: Queue) -> None:
        """Nothing is sent yet."""
        self.url, self.device, self.secret, self.queue = url, device, secret, queue
        self.most = MOST
        self.failed = 0

    def send(self) -> float:
        """Send once; how many seconds to wait before the next time (0: more waits)."""
        readings = self.queue.oldest(self.most)
        if not readings:
            return 0.0
        body = json.dumps({"device": self.device, "sent": time.time(), "readings": readings})
        try:
            status, answer, wait = self._post(body.encode())
        except (OSError, ValueError) as error:  # no network, no answer, a hotel's welcome page
            log("cannot reach the server", error)
            return self._later(0.0)
        if status == 200 and "accepted" in answer:
            self.failed, self.most = 0, MOST
            self.queue.done([one["seq"] for one in readings])
            return 0.0
        log("refused", status, answer.get("code"), answer.get("detail"))
        if status in {400, 409, 413, 422}:
            return self._set_aside(readings, answer)
        return self._later(wait)

    def _post(self, body: bytes) -> tuple[int, dict[str, Any], float]:
        headers = {
            "Content-Type": "application/json",
            "X-Canteen-Signature": sign(self.secret, body),
        }
        request = urllib.request.Request(self.url + PATH, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return answer.status, _object(answer.read()), 0.0
        except urllib.error.HTTPError as error:
            wait = error.headers.get("Retry-After", "")
            return error.code, _object(error.read()), float(wait) if wait.isdigit() else 0.0

    def _set_aside(self, readings: list[dict[str, Any]], answer: dict[str, Any]) -> float:
        """A reading will never be taken: it must not keep the others from being taken."""
        named = [answer.get("place") or "", *(one["field"] for one in answer.get("errors", []))]
        places = [place.split(".")[1] for place in named if "." in place]  # of "readings.3.in"
        bad = {int(place) for place in places if place.isdigit()}
        if not bad and len(readings) > 1:
            self.most = 1  # which one it is was not said: one by one
            return 0.1
        self.queue.done(
            [one["seq"] for n, one in enumerate(readings) if n in bad or not bad],
            str(answer.get("code", "")),
        )
        return 0.1

    def _later(self, wait: float) -> float:
        """Twice as long each time, with a random part: counters must not all come at once."""
        self.failed += 1
        own = min(SLOWEST_S, 2.0 ** min(self.failed, 6)) * random.uniform(0.5, 1.0)  # noqa: S311
        return max(wait, own)


def _object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an answer of the canteen")
    return found


def log(*words: object) -> None:
    """Say something; never what was counted, never the secret."""
    print(time.strftime("%H:%M:%S"), *words, file=sys.stderr, flush=True)


def hear(queue: Queue, line: str) -> None:
    """Write down what the sensor said in one line."""
    name, _, number = line.strip().partition(" ")
    try:
        people = int(number or 1)
    except ValueError:
        people = -1
    if name in {"in", "out"} and people >= 0:
        queue.count(name, people)
    elif name in {"count", "level"} and people >= 0:
        queue.say({name: people})
    elif name:
        log("not understood:", line.strip()[:40])


def listen(queue: Queue, names: list[str], period_s: float) -> None:
    """Read what the sensor says until it ends, and make a reading of it each period."""
    ended = threading.Event()

    def turn() -> None:
        while not ended.wait(period_s):
            queue.close_period(names)

    clock = threading.Thread(target=turn, daemon=True)
    if names:
        clock.start()
    for line in sys.stdin:
        hear(queue, line)
    ended.set()
    if names:
        clock.join()
        queue.close_period(names)


def main() -> int:
    """Count and send until the sensor ends, and then until everything is sent."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="https://… of the office, without a path")
    parser.add_argument("--device", required=True, help="the counter's id")
    parser.add_argument("--secret-file", required=True, type=Path, help="chmod 600, please")
    parser.add_argument("--measures", choices=NAMES, default="both", help="as it was added")
    parser.add_argument("--queue", type=Path, default=Path("counter.db"))
    parser.add_argument("--period", type=float, default=10.0, help="seconds between readings")
    given = parser.parse_args()
    where = urlsplit(given.url)
    if where.scheme != "https" and where.hostname not in {"localhost", "127.0.0.1", "::1"}:
        parser.error("only https: anybody on the way could read along")
    queue = Queue(given.queue)
    secret = given.secret_file.read_text(encoding="ascii").strip()
    sender = Sender(given.url.rstrip("/"), given.device, secret, queue)
    told = (queue, NAMES[given.measures], given.period)
    sensor = threading.Thread(target=listen, args=told, daemon=True)
    sensor.start()
    while sensor.is_alive() or queue.size():
        wait = sender.send()
        time.sleep(wait or (0.0 if queue.size() else 0.2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
