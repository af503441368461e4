"""The demonstration's directory: 3,000 invented officials of 20 offices, what has become of some of
them, and one who came today, of whom the officer who tries it out is told.

Their telephones have an exchange that nobody has (000), and every row is labelled as practice.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from app.accounts.service import people, sign_in
from app.admin import gateways
from app.admin.gateways import Officials
from app.core import clock
from app.core.db import transaction
from app.core.guard import Viewer
from app.core.outbox import NotYet
from app.directory.service import follows, mine, near, offices, practice, tell
from app.directory.service.follows import Wish
from app.directory.service.practice import EntryRow, OfficeRow, Row

DAY = 86_400
SEED = 20_261_126
IN_AN_OFFICE = 150
FIRST_SEEN, LAST_MOVED = 75 * DAY, 20 * DAY  # before today
MOVED = 0.06  # the part of the people who were moved on that day
HOME = "경상남도 창원시"  # where the officer's favourites are
MASKS = ("{}○○", "", "{}**", "{}○○")  # of every second office, in turn
TOPIC = "청년 창업"


def load() -> int:
    """Fill the offices that are empty, with their history and today's change; how many were filled.
    May be called again: what is there stays."""
    offices.seed()
    officials, today = gateways.read_officials(), clock.day_start(clock.seoul_day(clock.now()))
    try:
        filled = [
            name
            for at, name in enumerate(officials.offices)
            if practice.fill(name, list(_rows(officials, at)), today - FIRST_SEEN)
        ]
        if filled:
            _move_some(officials, today - LAST_MOVED)
            _keep_some()
        _settle()
        plant()
    except NotYet:
        return 0  # the index is being built anew: the daily job comes back to it
    return len(filled)


def _rows(officials: Officials, office: int) -> Iterator[Row]:
    dice = random.Random(SEED + office)  # noqa: S311 a story, no secret
    mask = MASKS[office // 2 % len(MASKS)] if office % 2 else None
    for number in range(IN_AN_OFFICE):
        bureau, department, teams, topics = officials.departments[
            number * len(officials.departments) // IN_AN_OFFICE
        ]
        topic = topics[number % len(topics)]
        items = dice.sample(officials.actions, 2)
        more = f"{dice.choice(topics)} 민원 {number % 7 + 1}권역"
        duty = f"{topic} {items[0]}, {topic} {items[1]}\n{more}"
        name = _name(officials, dice)
        yield Row(
            name if mask is None else mask.format(name[0]), bureau, department,
            teams[number % len(teams)], dice.choice(officials.positions), duty,
            f"{_area(office)}-000-{office:02}{number:02}" if number < 100
            else f"{_area(office)}-000-{50 + office}{number - 100:02}",
        )  # fmt: skip


def _area(office: int) -> str:
    return ("055", "055", "055", "055", "055", "055", "055", "02", "02", "051", "051", "053",
            "032", "062", "042", "031", "031", "031", "043", "064")[office]  # fmt: skip


def _name(officials: Officials, dice: random.Random) -> str:
    return dice.choice(officials.surnames) + "".join(dice.sample(officials.given, 2))


def _move_some(officials: Officials, at: int) -> None:
    """A day on which some people of each office were moved: the handover history."""
    for place, office in enumerate(practice.list_offices()):
        dice = random.Random(SEED - place)  # noqa: S311 a story, no secret
        rows = [
            _moved(officials, row, dice) if dice.random() < MOVED else row
            for row in practice.list_rows(office)
        ]
        practice.change(office, rows, at)


def _moved(officials: Officials, row: Row, dice: random.Random) -> Row:
    """Somebody else is in charge; where names are hidden, only the telephone tells."""
    name = _name(officials, dice)
    hidden = "○" in row.name or "*" in row.name
    shown = name[0] + row.name[1:] if hidden else name
    phone = f"{row.phone[:-4]}{9000 + dice.randrange(999):04}"
    return replace(row, name=shown if row.name else "", phone=phone)


def _viewer(role: str) -> Viewer | None:
    """Whoever tries the demonstration out in a role."""
    story, person_id = gateways.read_story(), sign_in.find_trial_person(role)
    organisation = people.find_office(code=story.code)
    if person_id is None or organisation is None:
        return None
    return Viewer("", person_id, organisation.id, story.code, story.name, "", "", "", role)


def _home() -> list[EntryRow]:
    """The entries of the office in which things happen."""
    home = _home_office()
    return practice.list_entries(home) if home is not None else []


def _keep_some() -> None:
    """What the officer follows and keeps at hand, and an entry that was reported as wrong."""
    officer, entries = _viewer("officer"), _home()
    if officer is None or not entries:
        return
    planted = _planted(entries)
    wishes = (
        Wish("entry", planted.uid), Wish("department", "수도과", planted.office),
        Wish("duty", TOPIC, sido="경상남도"), Wish("duty", "전기차 보조금"),
    )  # fmt: skip
    with transaction():
        for wish in wishes:
            follows.follow(officer, wish)
        for entry in (planted, *entries[40:120:20]):
            mine.set_favourite(officer, entry.uid, True)
        mine.report(
            officer, entries[30].uid, "phone", "다른 부서로 연결됩니다. 연습으로 낸 신고입니다."
        )


def _settle() -> None:
    """The invented town lies in the province of HOME, which its people see first."""
    organisation, home = people.find_office(code=gateways.read_story().code), _home_office()
    if organisation is not None and home is not None:
        with transaction():
            near.start_with(people.list_all_ids(organisation.id), home.sido)


def _home_office() -> OfficeRow | None:
    return next((one for one in practice.list_offices() if one.name == HOME), None)


def _planted(entries: list[EntryRow]) -> EntryRow:
    """The entry in which somebody new comes every day."""
    return next(one for one in entries if one.duty.startswith(TOPIC))


def plant() -> bool:
    """Let somebody new come today, once a day, and tell whoever follows that; whether it was."""
    now = clock.now()
    entries, home = _home(), _home_office()
    if home is None or not entries or practice.changed_since(clock.day_start(clock.seoul_day(now))):
        return False
    heirs, chosen = gateways.read_officials().heirs, _planted(entries)
    heir = heirs[clock.seoul_day(now).toordinal() % len(heirs)]
    phone = f"{chosen.phone[:-4]}{8000 + clock.seoul_day(now).toordinal() % 1000:04}"
    rows = [
        replace(row, name=heir, phone=phone) if entry.uid == chosen.uid else row
        for entry, row in zip(entries, practice.list_rows(home), strict=True)
    ]
    outcome = practice.change(home, rows, now)
    tell.tell_followers(outcome.run_id)
    with transaction():
        practice.freshen()
    return True
