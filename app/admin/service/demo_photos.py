"""The demonstration's photos: three sites of the last working days, each tied to a trip's stamp."""

from __future__ import annotations

from app.admin import gateways
from app.admin.gateways import Visit
from app.admin.service.demo_month import (
    ARRIVE,
    DAY,
    HOUR,
    MINUTE,
    RETURN,
    START,
    Month,
    Tap,
    Traveller,
)
from app.core import clock
from app.photos.service import mint
from app.photos.service.mint import Shot
from app.trips.service import signing

LATER = 3 * MINUTE  # from the last picture that came to one that has not


def play_visits(month: Month, travellers: list[Traveller]) -> None:
    """Play the trips on which photos were taken, the oldest first (in the open transaction)."""
    days = (clock.now() - month.start) // DAY
    working = [day for day in range(days) if clock.in_seoul(month.start + day * DAY).weekday() < 5]
    for visit in sorted(month.story.visits, key=lambda one: -one.back):
        _play(month, travellers[visit.person], visit, month.start + working[-visit.back] * DAY)


def _play(month: Month, who: Traveller, visit: Visit, midnight: int) -> None:
    shots = _shots(visit, midnight)
    first, last = shots[0].at, shots[-1].at
    trip, site = month.trip_code(first), month.story.sites[visit.site]
    month.tap(who, Tap(START, month.office, first - HOUR, trip))
    arrived = month.tap(who, Tap(ARRIVE, site, first - 5 * MINUTE, trip))
    stamp = signing.find_stamp(who.phone.organisation_id, arrived.sha256)
    seen = mint.Visit(
        organisation=month.story.code,
        staff_number=who.staff_number,
        trip=trip,
        stamp_sha256=arrived.sha256,
        place=(stamp.place if stamp else None) or site.name,
        board=visit.board,
        shots=shots,
    )
    mint.send(who.phone, seen)
    month.tap(who, Tap(RETURN, month.office, last + HOUR, trip))


def _shots(visit: Visit, midnight: int) -> tuple[Shot, ...]:
    here = [
        Shot(phase, midnight + _seconds(time), gateways.read_picture(name))
        for name, phase, time in visit.photos
    ]
    last = here[-1]
    missing = [
        Shot(last.phase, last.at + number * LATER, None) for number in range(1, visit.coming + 1)
    ]
    return (*here, *missing)


def _seconds(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE
