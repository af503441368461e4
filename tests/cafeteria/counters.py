"""Counters for tests: put up, signing what they send."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from app.cafeteria.service import devices
from app.cafeteria.service.devices import NewDevice
from app.core.db import transaction
from tests.cafeteria.made import Made, make_canteen
from tests.factories import Office, sign_in_of
from tests.scene import Scene

PATH = "/api/canteen/readings"


def sign(secret: str, body: bytes) -> str:
    """What stands in X-Canteen-Signature."""
    return "v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass
class Counter:
    """A counter that was put up, and its secret."""

    scene: Scene
    id: str
    secret: str
    made: Made

    def send(self, secret: str = "", **body: Any) -> TestResponse:
        """Send a reading, or a batch, signed; `entered` and `left` stand for in and out."""
        names = {"entered": "in", "left": "out"}
        whole = {"device": self.id} | {names.get(key, key): body[key] for key in body}
        given = json.dumps(whole).encode()
        return self.post(given, sign(secret or self.secret, given))

    def post(self, body: bytes, signature: str) -> TestResponse:
        """Send these very bytes with this signature."""
        headers = {"X-Canteen-Signature": signature, "Sec-Fetch-Site": "none"}
        return self.scene.visitor().post(PATH, data=body, headers=headers)

    def rows(self, columns: str = "seq, entered, left, people, level, why_not") -> list[Any]:
        """What is stored of its readings, by number."""
        words = f"SELECT {columns} FROM canteen_readings WHERE device_id = ? ORDER BY seq"  # noqa: S608
        return self.scene.rows(words, self.id)

    def row(self, columns: str) -> tuple[Any, ...]:
        """What is stored of itself."""
        words = f"SELECT {columns} FROM canteen_devices WHERE id = ?"  # noqa: S608
        return self.scene.rows(words, self.id)[0]


def make_counter(
    scene: Scene,
    measures: str = "both",
    period_s: int = 10,
    made: Made | None = None,
    office: Office | None = None,
) -> Counter:
    """A counter at the first line of a canteen, which is made too when none is given."""
    at = office or scene.office
    where = made or make_canteen(scene, office=at)
    with scene.app.app_context(), transaction():
        viewer = sign_in_of(at.people["administrator"])
        given = NewDevice(where.line_id, "입구 센서", measures, period_s)
        device_id, secret = devices.add(viewer, given)
    return Counter(scene, device_id, secret, where)


def turn_clock(scene: Scene, seconds: float) -> None:
    """Let both clocks of the product stand so many seconds ahead from now on."""
    scene.patch.setattr("app.core.clock.now", lambda: int(time.time() + seconds))
    scene.patch.setattr("app.core.clock.precise", lambda: int((time.time() + seconds) * 1e6))


def stop_clock(scene: Scene, at: float) -> None:
    """Let both clocks stand still at a moment (Unix seconds)."""
    scene.patch.setattr("app.core.clock.now", lambda: int(at))
    scene.patch.setattr("app.core.clock.precise", lambda: round(at * 1e6))
