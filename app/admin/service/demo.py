"""The demonstration: an invented organisation, thirty people, a month of trips up to today."""

from __future__ import annotations

import random

from app.accounts.service import consents, erase, people
from app.admin import gateways
from app.admin.service import demo_directory, demo_sheets
from app.admin.service.demo_month import Month, Traveller, play_month
from app.admin.service.demo_photos import play_visits
from app.cafeteria.service import erase as erase_cafeteria
from app.cafeteria.service import practice as canteen_practice
from app.core import clock, http
from app.core.db import transaction
from app.core.errors import Refusal
from app.directory.service import erase as erase_directory
from app.directory.service import practice
from app.photos.service import erase as erase_photos
from app.trips.service import erase as erase_trips
from app.trips.service import mint, state

DAY = 86400
SPAN_DAYS = 31
SEED = 20261122
STALE = 2 * DAY
CANTEEN, CANTEEN_LINES = "본관 구내식당", ("한식", "일품")


class RealOffice(Refusal):
    """A real organisation lives in this installation."""

    status = 409
    code = "real-office"


def load() -> bool:
    """Load the demonstration in one transaction; False when it is there already.

    Raises:
        RealOffice: invented people have no place beside real ones.
    """
    if people.find_office(code=gateways.read_story().code) is not None:
        demo_directory.load()
        return False
    if not people.needs_set_up():
        raise RealOffice
    _fill()
    return True


def reset() -> None:
    """Delete the demonstration and load it anew.

    Raises:
        RealOffice: there is none yet, and invented people have no place beside real ones.
    """
    if people.find_office(code=gateways.read_story().code) is None and not people.needs_set_up():
        raise RealOffice
    remove()
    _fill()


def _fill() -> None:
    story = gateways.read_story()
    password = people.make_password()
    hashed = people.hash_password(password)
    with transaction():
        _populate(story, hashed)
    gateways.keep_password(http.config().instance_dir, password)
    demo_directory.load()


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
    month = Month(story, start, random.Random(SEED))  # noqa: S311 a story, no secret
    play_month(month, travellers)
    play_visits(month, travellers)
    demo_sheets.order_missing(organisation_id)
    canteen_practice.add(organisation_id, CANTEEN, CANTEEN_LINES)


def remove() -> None:
    """Delete the demonstration's organisation and all that hangs on it."""
    office = people.find_office(code=gateways.read_story().code)
    if office is None:
        return
    invented = practice.find_invented()
    with transaction():  # all of it or nothing
        practice.forget(invented)
        erase_directory.erase_organisation(office.id, people.list_all_ids(office.id))
        erase_cafeteria.erase_organisation(office.id)
        erase_photos.erase_organisation(office.id)
        erase_trips.erase_organisation(office.id)
        erase.erase_organisation(office.id)
    erase_photos.erase_files(office.id)


def refresh() -> bool:
    """Load the demonstration anew when its newest stamp is older than two days; whether it was."""
    office = people.find_office(code=gateways.read_story().code)
    if not http.config().demo or office is None:
        return False
    if clock.now() - state.newest_stamp(office.id) < STALE:
        return False
    reset()
    return True


def renew_directory() -> int:
    """Fill what is missing of the demonstration's directory, with today's change; how many offices
    were filled."""
    there = people.find_office(code=gateways.read_story().code) is not None
    return demo_directory.load() if http.config().demo and there else 0
