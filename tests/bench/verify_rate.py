"""Verdict pages a second by 50 scanners, and their ratio to raw COSE_Sign1 verification.

The page's rate limit counts by address, so each scan comes from an address of its own behind one
trusted proxy. Raw verification is one thread of this process: parse, and verify ES256 with a key
made before; the page also opens the token, asks the database and renders HTML.
"""

from __future__ import annotations

import itertools
import json
import statistics
import time

from flask import Flask

from app.core.ids import from_b64u
from app.trips.rules import cose
from app.trips.rules.token import token_text
from tests import factories
from tests.bench import crowd, load
from tests.bench.stage import application, instance, served
from tests.factories import Phone
from tools.bench import Report

FIGURES = ("verify_rps", "verify_p99_ms", "verify_ratio")
ROUNDS = 5
EACH = 12
SHARE_RECEIVED = 3
_addresses = itertools.count(1)


def scans(tokens: list[bytes]) -> list[list[bytes]]:
    """A round of requests: every scanner opens EACH tokens, each from a new address."""
    spread = itertools.cycle(tokens)
    return [
        [load.get(f"/S/{token_text(next(spread))}", X_Forwarded_For=address()) for _ in range(EACH)]
        for _ in range(crowd.PHONES)
    ]


def address() -> str:
    """An IPv4 address that was not used before."""
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def tokens_of(app: Flask, phones: list[Phone], received: bool) -> list[bytes]:
    """Four tokens of each phone, received by the server or not."""
    made = []
    with app.app_context():
        for phone in phones:
            for _ in range(4):
                if received:
                    made.append(factories.receive_stamp(phone))
                else:
                    made.append(from_b64u(phone.body(phone.claims(), move=False)["token"]))
    return made


def raw_rate(app: Flask, phone: Phone, count: int = 3000) -> float:
    """COSE_Sign1 verifications a second in one thread."""
    with app.app_context():
        body = json.loads(json.dumps(phone.body(phone.claims(), move=False)))
    signed = from_b64u(body["cose_sign1"])
    key = cose.public_key(phone.x, phone.y)
    began = time.perf_counter()
    for _ in range(count):
        cose.verify(cose.parse_sign1(signed), key)
    return count / (time.perf_counter() - began)


def run(report: Report) -> None:
    """Measure; three of four tokens were received, the others are judged from the scan alone."""
    home = instance(demo=False)
    app = application(home, DEMO="0")
    phones = crowd.gather(app)
    tokens = tokens_of(app, phones[: SHARE_RECEIVED * 10], True)
    tokens += tokens_of(app, phones[SHARE_RECEIVED * 10 : SHARE_RECEIVED * 10 + 10], False)
    raw, bursts = [], []
    with served(home, DEMO="0", TRUSTED_PROXIES="1") as server:
        for _ in range(ROUNDS + 1):
            raw.append(raw_rate(app, phones[-1]))
            bursts.append(load.run(server.port, scans(tokens)).check())
    waits = load.Burst(waits=[wait for burst in bursts[1:] for wait in burst.waits])
    pairs = [burst.rps / rate for burst, rate in zip(bursts[1:], raw[1:], strict=True)]
    report.figure("verify_rps", statistics.median(burst.rps for burst in bursts[1:]))
    report.figure("verify_p99_ms", waits.percentile(0.99))
    report.figure("verify_ratio", statistics.median(pairs))
    report.note(f"raw COSE_Sign1 verifications/s: {statistics.median(raw):.0f} (one thread)")
