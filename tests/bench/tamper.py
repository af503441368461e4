"""Ten thousand random mutations of genuine stamps: none accepted, none a server fault.

A mutated token must not be found valid (nor genuine in any other way), and a mutated COSE_Sign1
must not be received. 500 of them go over HTTP through the real server, the rest through the same
verbs in this process. A mutation that leaves the bytes as they were is drawn again.
"""

from __future__ import annotations

import json
import random
import re
import traceback
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

from flask import Flask

from app.core.errors import Refusal
from app.core.ids import b64u, from_b64u
from app.trips.rules.token import token_from_text, token_text
from app.trips.service import receive, verdict
from tests import factories
from tests.bench.stage import application, instance, served
from tests.factories import Phone
from tools.bench import Report

FIGURES = ("tamper_accepted", "tamper_errors")
TRIALS = 10_000
OVER_HTTP = 500
GENUINE = 40
SEED = 20261122
OK, SERVER_FAULT = 200, 500
TONE = re.compile(r'class="card verdict ([a-z]+)"')
REFUSED = {"damaged", "wrong-signature", "unknown-key", "page bad"}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
Mutation = Callable[[bytes, bytes, random.Random], bytes]


def flip_bit(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """One bit the other way."""
    changed = bytearray(data)
    changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def change_bytes(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """A few bytes, anywhere, random."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(changed)


def truncate(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """A piece of one end missing."""
    cut = chance.randrange(1, len(data))
    return data[:cut] if chance.random() < 0.7 else data[cut:]


def splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """The head of one stamp on the tail of another."""
    cut = chance.randrange(1, len(data))
    return data[:cut] + other[cut:]


def duplicate(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """A piece twice."""
    start = chance.randrange(len(data))
    stop = min(len(data), start + chance.randint(1, 40))
    return data[:stop] + data[start:stop] + data[stop:]


def extend(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """Bytes behind the end."""
    return data + chance.randbytes(chance.randint(1, 16))


def drop(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    """One byte missing."""
    at = chance.randrange(len(data))
    return data[:at] + data[at + 1 :]


MUTATIONS: tuple[Mutation, ...] = (
    flip_bit, flip_bit, change_bytes, truncate, splice, duplicate, extend, drop,
)  # fmt: skip


def mutate_text(text: str, chance: random.Random) -> str:
    """A base32 text with a few characters replaced, put in, doubled or taken out."""
    letters = list(text)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(letters))
        stranger = chance.choice(ALPHABET + "018=%-/")
        choices: list[list[str]] = [[chance.choice(ALPHABET)], [], [letters[at], stranger]]
        letters[at : at + 1] = chance.choice(choices)
    return "".join(letters)


class Forger:
    """Mutates genuine stamps; the same seed gives the same mutations of the same stamps."""

    def __init__(self, genuine: list[tuple[bytes, bytes]]) -> None:
        """Take genuine `(token, cose_sign1)` pairs."""
        self.genuine = genuine
        self.known = {token for token, _ in genuine}
        self.chance = random.Random(SEED)  # noqa: S311  repeatable on purpose

    def token_text(self) -> str:
        """The text of a token that is no genuine one."""
        while True:
            (token, _), (other, _) = self.chance.sample(self.genuine, 2)
            if self.chance.random() < 0.25:
                text = mutate_text(token_text(token), self.chance)
            else:
                text = token_text(self.chance.choice(MUTATIONS)(token, other, self.chance))
            if not self.is_genuine(text):
                return text

    def is_genuine(self, text: str) -> bool:
        """Whether a text still reads as a genuine token."""
        try:
            return token_from_text(text) in self.known
        except Refusal:
            return False

    def stamp(self) -> tuple[bytes, bytes]:
        """A genuine token with a COSE_Sign1 that is not its own, byte for byte."""
        while True:
            (token, signed), (_, other) = self.chance.sample(self.genuine, 2)
            changed = self.chance.choice(MUTATIONS)(signed, other, self.chance)
            if changed not in {signed, other}:
                return token, changed


def genuine_stamps(phone: Phone) -> list[tuple[bytes, bytes]]:
    """Stamps that the server has not seen, as pairs of bytes."""
    bodies = [phone.body(phone.claims()) for _ in range(GENUINE)]
    return [(from_b64u(body["token"]), from_b64u(body["cose_sign1"])) for body in bodies]


def judge_here(forger: Forger, number: int, told: Counter[str]) -> None:
    """One mutation through the verbs in this process; `told` counts what came of it."""
    try:
        if number % 2:
            told[verdict.look_up(forger.token_text()).verdict.state] += 1
        else:
            receive.examine(*forger.stamp(), None)
            told["received"] += 1
    except Refusal as refusal:
        told["damaged" if refusal.code == "too-large" else refusal.code] += 1
    except Exception:  # whatever it is, the server would answer 500
        traceback.print_exc()
        told["error"] += 1


def over_http(forger: Forger, port: int, told: Counter[str]) -> None:
    """Mutations through the running server: half verdict pages, half posted stamps."""
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    for number in range(OVER_HTTP):
        if number % 2:
            headers = {"X-Forwarded-For": f"10.1.0.{number % 250}"}
            line.request("GET", "/S/" + quote(forger.token_text()), headers=headers)
        else:
            headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
            line.request("POST", "/api/stamps", body(*forger.stamp()), headers)
        answer = line.getresponse()
        page = answer.read().decode()
        told["error"] += answer.status >= SERVER_FAULT
        told[f"http {answer.status}"] += 1
        if number % 2 and answer.status == OK:
            found = TONE.search(page)
            told[f"page {found[1]}" if found else "page without a verdict"] += 1
        elif answer.status == OK:
            told["received"] += 1


def body(token: bytes, cose_sign1: bytes) -> bytes:
    """The JSON of a posted stamp."""
    given: dict[str, Any] = {"token": b64u(token), "cose_sign1": b64u(cose_sign1)}
    return json.dumps(given).encode()


def controls(app: Flask, genuine: list[tuple[bytes, bytes]]) -> None:
    """Hold the measurement itself: the genuine stamps must be taken for genuine.

    Raises:
        AssertionError: they are not, so that refusing mutations would prove nothing.
    """
    with app.app_context():
        for token, signed in genuine:
            state = verdict.look_up(token_text(token)).verdict.state
            assert state == "not-received", state
            receive.examine(token, signed, None)


def run(report: Report) -> None:
    """Measure both ways."""
    home = instance(demo=False)
    app = application(home, DEMO="0", TRUSTED_PROXIES="1")
    with app.app_context():
        genuine = genuine_stamps(factories.make_office().phone)
    controls(app, genuine)
    forger, told = Forger(genuine), Counter[str]()
    for number in range(TRIALS - OVER_HTTP):
        with app.app_context():
            judge_here(forger, number, told)
    with served(home, DEMO="0", TRUSTED_PROXIES="1") as server:
        over_http(forger, server.port, told)
    refused = REFUSED | {"error", *(name for name in told if name.startswith("http "))}
    accepted = sum(count for name, count in told.items() if name not in refused)
    report.note(", ".join(f"{name}: {count}" for name, count in sorted(told.items())))
    report.figure("tamper_accepted", accepted)
    report.figure("tamper_errors", told["error"])
