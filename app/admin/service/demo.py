"""The demonstration: an invented organisation, thirty people, a month of trips up to today."""

from __future__ import annotations

import random

from app.accounts.service import consents, erase, people
from app.admin import gateways
from app.admin.service.demo_month import Traveller, play_month
from app.core import clock, http
from app.core.db import transaction
from app.trips.service import erase as erase_trips
from app.trips.service import mint

DAY = 86400
SPAN_DAYS = 31
SEED = 20261122


def load() -> bool:
    """Load the demonstration in one transaction; False when it is there already."""
    story = gateways.read_story()
    if people.find_office(code=story.code) is not None:
        return False
    password = people.make_password()
    hashed = people.hash_password(password)
    with transaction():
        _populate(story, hashed)
    gateways.keep_password(http.config().instance_dir, password)
    return True


def _populate(story: gateways.Story, hashed: str) -> None:
    organisation_id = people.add_organisation(
        story.code, story.name, (story.lat, story.lon), practice=True
    )
    start = clock.day_start(clock.seoul_day(clock.now())) - SPAN_DAYS * DAY
    version = consents.current_text("ko").version
    travellers = []
    for number, (name, department, role) in enumerate(story.people, 1):
        staff_number = f"2026{number:04d}"
        person_id = people.add_person(organisation_id, name, staff_number, department, role, hashed)
        if role != "officer":
            continue
        consents.agree(person_id, version, at=start - DAY)
        phone = mint.enrol_phone(organisation_id, person_id, "Android · Chrome", start - DAY)
        travellers.append(Traveller(name, department, staff_number, phone))
    play_month(story, travellers, start, random.Random(SEED))  # noqa: S311 a story, no secret


def remove() -> None:
    """Delete the demonstration's organisation and all that hangs on it."""
    office = people.find_office(code=gateways.read_story().code)
    if office is None:
        return
    with transaction():
        erase_trips.erase_organisation(office.id)
        erase.erase_organisation(office.id)
