"""The demonstration's month: ordinary trips, and one of each kind of trouble."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, replace

from app.accounts.service import consents, devices
from app.admin.gateways import Site, Story
from app.core import clock, http
from app.trips.service import inquiry, mint, receive, samples, verdict, void
from app.trips.service.mint import Claims, Fix, Minted, Phone

DAY, HOUR, MINUTE = 86400, 3600, 60
START, ARRIVE, RETURN, OFFLINE = 1, 2, 4, 8
QUIET_DAYS = 7  # before today, kept free for those whose photos are of these days
LOST_DAY = 9  # of the span: that evening the last traveller loses the phone


@dataclass
class Traveller:
    """Somebody of the story with a phone."""

    name: str
    department: str
    staff_number: str
    phone: Phone


@dataclass(frozen=True)
class Tap:
    """One tap: kind with flags, where, when (Unix seconds), and how late it arrives (seconds)."""

    kind: int
    site: Site
    at: int
    trip: str
    late: int = 4


class Month:
    """Plays the story; everything happens in the open transaction."""

    def __init__(self, story: Story, start: int, dice: random.Random) -> None:
        """Keep the story, its first second, and the dice that vary it."""
        self.story = story
        self.start = start
        self.dice = dice
        self.office = Site(story.name, story.lat, story.lon)
        self.consent = consents.current_text("ko").version[:8]

    def make(self, who: Traveller, tap: Tap) -> Minted:
        """Make the stamp of a tap as the traveller's phone would."""
        phone, dice = who.phone, self.dice
        fix = Fix(
            lat=tap.site.lat + dice.gauss(0, 0.0004),
            lon=tap.site.lon + dice.gauss(0, 0.0004),
            accuracy=round(dice.uniform(5, 24), 1),
            time=tap.at - 1,
            alt=round(dice.uniform(8, 120), 1),
            alt_accuracy=round(dice.uniform(3, 12), 1),
            age=1,
        )
        claims = Claims(
            organisation=self.story.code,
            staff_number=who.staff_number,
            captured_at=tap.at,
            cti=dice.randbytes(8),
            fix=fix,
            trip=tap.trip,
            seq=phone.seq + 1,
            kind=tap.kind,
            samples=dice.randint(5, 9),
            jitter_dm=dice.randint(6, 60),
            signals=0,
            consent=self.consent,
            prev=phone.prev,
            name=who.name,
            department=who.department,
        )
        return self.sealed(phone, claims)

    def sealed(self, phone: Phone, claims: Claims) -> Minted:
        """Sign and seal with the phone's key and the audit key of the claims' year."""
        year = clock.seoul_day(claims.captured_at).year
        audit = mint.audit_key(phone.organisation_id, year)
        return mint.sign_and_seal(claims, phone.kid, phone.private, audit)

    def tap(self, who: Traveller, tap: Tap) -> Minted:
        """Make a stamp, move the phone's chain on, and let the server receive it."""
        made = self.make(who, tap)
        who.phone.seq += 1
        who.phone.prev = made.sha256[:8]
        self.send(made, tap.at + tap.late)
        return made

    def send(self, made: Minted, at: int) -> None:
        """Let the server receive a stamp at a moment of the past."""
        receive.store(receive.examine(made.token, made.cose_sign1, None, at))

    def trip_code(self, at: int) -> str:
        """A trip's code as a phone makes it: local date, dash, six base32 characters."""
        tail = base64.b32encode(self.dice.randbytes(4)).decode()[:6]
        return f"{clock.in_seoul(at):%Y%m%d}-{tail}"

    def day_trip(self, who: Traveller, day: int, site: Site) -> list[Minted]:
        """Start at the office, arrive, return; one trip in five has no network at the site."""
        begin = self.start + day * DAY + 9 * HOUR + self.dice.randint(0, 90) * MINUTE
        there = begin + self.dice.randint(70, 120) * MINUTE
        back = there + self.dice.randint(150, 260) * MINUTE
        code = self.trip_code(begin)
        offline = self.dice.random() < 0.2
        away = Tap(
            ARRIVE | (OFFLINE if offline else 0), site, there, code, 3 * HOUR if offline else 5
        )
        taps = (
            Tap(START, self.office, begin, code),
            away,
            Tap(RETURN, self.office, back, code),
        )
        return [self.tap(who, tap) for tap in taps if tap.at + tap.late < clock.now()]


def play_month(month: Month, travellers: list[Traveller]) -> None:
    """Play the whole month (in the open transaction) and keep the four sample QRs."""
    story, start, dice = month.story, month.start, month.dice
    days = (clock.now() - start) // DAY
    found = _lose_phone(month, travellers[-1])
    photographers = {visit.person for visit in story.visits}
    for place, who in enumerate(travellers[:-1]):
        last = days - QUIET_DAYS if place in photographers else days
        for day in sorted(dice.sample(range(last), dice.randint(3, 6))):
            if clock.in_seoul(start + day * DAY).weekday() < 5:
                month.day_trip(who, day, dice.choice(story.sites))
    found |= _void_one(month, travellers[1], days - 1)
    found |= _plain_one(month, travellers[2], days - 1)
    _mark_some(month, travellers, days)
    samples.keep_samples(http.config().instance_dir, found)
    for message, contact in story.inquiries:
        finding = verdict.look_up(verdict.text_of(found["valid"]))
        inquiry.ask(finding, message, contact, "demo")


def _plain_one(month: Month, who: Traveller, day: int) -> dict[str, bytes]:
    """An ordinary stamp of yesterday, and a forger's copy under the officer's name."""
    at = month.start + day * DAY + 16 * HOUR
    tap = Tap(ARRIVE, month.story.sites[0], at, month.trip_code(at))
    valid = month.tap(who, tap)
    forger = mint.make_forger(who.phone)
    forged = month.make(replace(who, phone=forger), replace(tap, at=at + HOUR))
    return {"valid": valid.token, "forged": forged.token}


def _void_one(month: Month, who: Traveller, day: int) -> dict[str, bytes]:
    at = month.start + day * DAY + 15 * HOUR
    made = month.tap(who, Tap(ARRIVE, month.story.sites[3], at, month.trip_code(at)))
    record = mint.sign_void(who.phone, made.sha256, at + 2 * MINUTE, "잘못 눌렀어요")
    void.store(void.examine(record))
    return {"void": made.token}


def _lose_phone(month: Month, who: Traveller) -> dict[str, bytes]:
    """A phone is lost and its key revoked; a stamp that somebody makes with it comes later."""
    for day in (2, 5, LOST_DAY - 2):
        month.day_trip(who, day, month.story.sites[day])
    at = month.start + LOST_DAY * DAY
    devices.revoke_device(who.phone.person_id, who.phone.kid, None, "휴대전화 분실", at)
    later = at + DAY + 14 * HOUR
    made = month.tap(who, Tap(ARRIVE, month.story.sites[5], later, month.trip_code(later)))
    return {"revoked": made.token}


def _mark_some(month: Month, travellers: list[Traveller], days: int) -> None:
    """One of each: a missing predecessor, a fast clock, two stamps in one place of the chain."""
    at = month.start + (days - 2) * DAY + 13 * HOUR
    sites = month.story.sites
    skipped, fast, forked = travellers[4], travellers[5], travellers[6]
    skipped.phone.seq += 1
    skipped.phone.prev = month.dice.randbytes(8)
    month.tap(skipped, Tap(ARRIVE, sites[6], at, month.trip_code(at)))
    month.tap(fast, Tap(ARRIVE, sites[7], at, month.trip_code(at), late=-7 * MINUTE))
    one = Tap(ARRIVE, sites[8], at, month.trip_code(at))
    copy = month.make(forked, replace(one, at=at + 9 * MINUTE))
    month.tap(forked, one)
    month.send(copy, at + 2 * HOUR)
