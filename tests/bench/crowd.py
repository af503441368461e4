"""Fifty officers with a phone each, and stamps that they have made but not sent."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from flask import Flask

from app.accounts.service import people
from app.core.db import transaction
from app.trips.service import keys
from tests import factories
from tests.factories import Phone

PHONES = 50
SPAN_S = 3000  # all within the hour for which the officers have agreed
SOUTH, NORTH, WEST, EAST = 34.9, 35.6, 127.8, 128.8


def gather(app: Flask, count: int = PHONES) -> list[Phone]:
    """Make an organisation and `count` officers with enrolled phones."""
    with app.app_context():
        hashed = factories.password_hash()
        with transaction():
            office = people.add_organisation("CROWD", "많은도청", factories.CHANGWON, False)
            officers = [
                people.add_person(office, "김가람", f"{number:06d}", "관광과", "officer", hashed)
                for number in range(count)
            ]
            keys.make_due_audit_keys()
        return [
            factories.make_phone(office, "CROWD", person, f"{number:06d}")
            for number, person in enumerate(officers)
        ]


def stamps(app: Flask, phones: list[Phone], each: int, seed: int = 1) -> list[list[bytes]]:
    """Bodies of valid, distinct stamps, `each` for a phone, each phone's in one chain."""
    chance = random.Random(seed)  # noqa: S311  places, not secrets
    every, start = SPAN_S // each, int(time.time()) - SPAN_S - 60
    with app.app_context():
        return [
            [_body(phone, start + number * every, chance) for number in range(each)]
            for phone in phones
        ]


def _body(phone: Phone, at: int, chance: random.Random) -> bytes:
    claims = phone.claims(
        captured_at=at,
        lat=chance.uniform(SOUTH, NORTH),
        lon=chance.uniform(WEST, EAST),
        accuracy=float(chance.randint(5, 40)),
        kind=2,
    )
    return json.dumps(phone.body(claims)).encode()


def bare_env(folder: Path, port: int) -> dict[str, str]:
    """What the yardstick's server needs to know."""
    return {"BARE_DB": str(folder / "bare.db"), "PORT": str(port)}
