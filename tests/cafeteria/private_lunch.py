"""A lunch in which everything happens that a canteen takes in, and what must not stay of it.

Counters report, also with what nobody asked for: addresses of phones, a picture, faces. The kitchen
presses, three officers whose names are known here check in and wish to be told.
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from app.accounts.service import people
from app.cafeteria.queries import estimates
from app.cafeteria.service.live import Live
from app.core.db import transaction
from tests.cafeteria.counters import PATH, Counter, make_counter, sign, stop_clock
from tests.cafeteria.fault_lunch import ZERO
from tests.cafeteria.made import Made, make_canteen, make_link
from tests.client import StrictClient
from tests.factories import password_hash, picture
from tests.scene import Scene

MAC = "a4:cf:12:9b:7e:d3"
NAMES = ("남궁비밀", "황보몰래", "선우가만")
EXTRAS: dict[str, Any] = {
    "mac": MAC, "image": base64.b64encode(picture(7)).decode(), "face": [0.12, 0.7, 0.33],
    "person": NAMES[0],
}  # fmt: skip
CHECK_INS = "/api/canteen/check-ins"


@dataclass
class Eaten:
    """What happened, and who must not be found: ids of check-ins, persons, the counter's secret."""

    made: Made
    counter: Counter
    persons: list[str]
    staff_numbers: list[str]
    clients: list[StrictClient]
    check_ins: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    engine: Live = field(default_factory=Live)

    @property
    def who(self) -> list[str]:
        """The three people, by all that names them."""
        return [*self.persons, *self.staff_numbers, *NAMES]


def open_lunch(scene: Scene) -> Eaten:
    """A canteen at half past eleven, a counter, and three officers."""
    stop_clock(scene, ZERO)
    made = make_canteen(scene)
    counter = make_counter(scene, "both", 10, made)
    numbers = [f"{scene.office.code}-SECRET-{n}" for n in range(3)]
    with scene.app.app_context(), transaction():
        persons = [
            people.add_person(
                scene.office.organisation_id, name, number, "관광정책실", "officer", password_hash()
            )
            for name, number in zip(NAMES, numbers, strict=True)
        ]
    return Eaten(made, counter, persons, numbers, [scene.enter_as(one) for one in persons])


def report(scene: Scene, eaten: Eaten, second: int) -> None:
    """The counter reports at a second; its letters name the phone that carries it."""
    stop_clock(scene, ZERO + second)
    body = {"device": eaten.counter.id, "seq": second, "ts": ZERO + second - 0.2, "in": 4, "out": 2}
    body["in"] = 3 + second // 10 % 3
    _post(scene, eaten, body, 200)


def _post(scene: Scene, eaten: Eaten, body: dict[str, Any], wanted: int) -> None:
    given = json.dumps(body).encode()
    headers = {
        "X-Canteen-Signature": sign(eaten.counter.secret, given), "Sec-Fetch-Site": "none",
        "User-Agent": f"ESP32 {MAC}", "X-Device-Mac": MAC, "Referer": f"http://door/{MAC}",
    }  # fmt: skip
    answer = scene.visitor().post(PATH, data=given, headers=headers)
    assert answer.status_code == wanted, answer.get_data(as_text=True)
    eaten.refused += [wanted] if wanted != 200 else []


def send_extras(scene: Scene, eaten: Eaten) -> None:
    """A counter's report with what nobody asked for is refused whole; a picture is no report."""
    base = {"device": eaten.counter.id, "ts": ZERO + 1.0, "in": 1}
    for number, (name, value) in enumerate(EXTRAS.items()):
        _post(scene, eaten, base | {"seq": 90_000 + number, name: value}, 422)
    listed = {"device": eaten.counter.id, "readings": [{"seq": 1, "ts": ZERO, "in": 1, "mac": MAC}]}
    _post(scene, eaten, listed, 422)
    raw = picture(7)
    headers = {"X-Canteen-Signature": sign(eaten.counter.secret, raw), "Sec-Fetch-Site": "none"}
    answer = scene.visitor().post(PATH, data=raw, headers=headers)
    assert answer.status_code in {400, 422}


def press(scene: Scene, eaten: Eaten) -> None:
    """The kitchen's phone and who is on duty press; what they send beside it is dropped."""
    _, link = make_link(scene, eaten.made.canteen_id, "kiosk")
    duty = scene.enter("canteen")
    for client, path in ((scene.visitor(), f"/api/canteen/taps/{link}"),
                         (duty, "/api/canteen/duty/taps")):  # fmt: skip
        body = {"id": str(uuid.uuid4()), "line_id": eaten.made.line_id, "kind": "mark"}
        answer = client.post(
            path, json=body | {"people": 20, "ago_ms": 0} | EXTRAS,
            headers={"User-Agent": f"old phone {MAC}"},
        )  # fmt: skip
        assert answer.status_code in {200, 422}
    form = {"page": str(uuid.uuid4()), "line_id": eaten.made.line_id, "press": "open"}
    given = form | {name: str(value) for name, value in EXTRAS.items()}
    assert scene.visitor().post(f"/canteen/kiosk/{link}", data=given).status_code in {303, 422}


def check_in(eaten: Eaten, which: int) -> None:
    """One of the three joins the line."""
    given = str(uuid.uuid4())
    body = {"id": given, "line_id": eaten.made.line_id, "ago_ms": 1000} | EXTRAS
    answer = eaten.clients[which].post(CHECK_INS, json=body)
    assert answer.status_code == 200
    eaten.check_ins.append(given)


def be_served(eaten: Eaten) -> None:
    """All three say so."""
    for client, given in zip(eaten.clients, eaten.check_ins, strict=True):
        answer = client.post(f"{CHECK_INS}/{given}/served", json={"ago_ms": 0} | EXTRAS)
        assert answer.status_code == 200


def wish(eaten: Eaten, minutes: int) -> None:
    """They wish to be told."""
    for client in eaten.clients:
        path = f"/api/canteen/wishes/{eaten.made.canteen_id}"
        assert client.put(path, json={"minutes": minutes} | EXTRAS).status_code == 200


def told(scene: Scene, eaten: Eaten) -> tuple[str, str]:
    """The canteen's document after a look: its tag and what it says."""
    with scene.app.app_context():
        eaten.engine.turn()
        found = estimates.find_document(eaten.made.canteen_id)
    assert found is not None
    return found.tag, found.body


def answers(scene: Scene, eaten: Eaten) -> dict[str, str]:
    """What the interfaces of open pages say, to one of the three and to another person."""
    found = {}
    for who, client in (("own", eaten.clients[0]), ("other", scene.enter("auditor"))):
        mine = client.get("/api/canteen/mine")
        found[f"mine, {who}"] = mine.get_data(as_text=True)
        (canteen,) = mine.get_json()["canteens"]
        for name in ("live", "chart"):
            found[f"{name}, {who}"] = scene.visitor().get(canteen[name]).get_data(as_text=True)
    return found


def eat(scene: Scene) -> Eaten:
    """The whole lunch up to ten to twelve."""
    eaten = open_lunch(scene)
    for second in range(10, 600, 10):
        report(scene, eaten, second)
    send_extras(scene, eaten)
    press(scene, eaten)
    for which in range(3):
        check_in(eaten, which)
    wish(eaten, 1)
    told(scene, eaten)
    for second in range(600, 900, 10):
        report(scene, eaten, second)
    be_served(eaten)
    told(scene, eaten)
    return eaten
