"""Signs of a made-up position: reasons with weights, never a refusal.

Numbers and weights are those of the published list; they are proposals, so they stand in one table.
The phone reports what it saw as a bitmask inside the signed claims; the server finds again what it
can find for itself (6, 7, 8, 9, 11, 13) and never takes a report back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from geopy.distance import geodesic, great_circle

from app.trips.rules.claims import Claims, Fix
from app.trips.rules.times import CLOCK_SECONDS, FIX_SECONDS

By = Literal["phone", "server", "both"]

WEIGHTS: Final = {
    1: 30,  # all samples are the same to 1e-7 degrees
    2: 15,  # accuracy constant in all samples, and a round number
    3: 10,  # altitude missing or 0 with an accuracy below 10 m
    4: 10,  # speed or heading constant while still
    5: 10,  # samples come at intervals that vary by less than 5 ms
    6: 10,  # accuracy above 100 m
    7: 15,  # the fix is off the phone's clock, or the phone's clock off the server's
    8: 40,  # faster from the last stamp, or to the next, than a train
    9: 25,  # the same coordinates as another day
    10: 30,  # automated browser, desktop, no touch
    11: 15,  # not in Korea by time zone or network
    12: 10,  # altitude off the terrain
    13: 10,  # storage not persistent, or a key of a few minutes
    14: 10,  # an old fix although the permission was granted
}
BY_CAR_WEIGHT: Final = 20
OTHER_OFFICER_WEIGHT: Final = 20
MAX_SCORE: Final = 100

COARSE_METRES: Final = 100.0
YOUNG_KEY_SECONDS: Final = 600
TRAIN_KMH: Final = 330.0
CAR_KMH: Final = 150.0
SPHERE_IS_OFF: Final = 0.006  # of a distance
# No degree of latitude or longitude is longer than this.
KM_A_DEGREE: Final = 111.8
HOME: Final = "KR"


@dataclass(frozen=True, slots=True)
class Point:
    """Where and when another stamp was: degrees (WGS84), metres, unix s."""

    lat: float
    lon: float
    accuracy: float
    time: int


@dataclass(frozen=True, slots=True)
class Context:
    """What the server knows beside the claims; times are unix s.

    `previous` is the person's last stamp before this one, `following` the next one after it when
    that came first: the order of arrival is the sender's to choose. `same_point_other_day` and
    `same_point_other_officer` compare to 1e-6 degrees; the latter is False in a group trip.
    `sent_at` is the phone's clock when it sent, None when it did not say. `country` is the
    two-letter code of the sender's network, None when nobody asked.
    """

    received_at: int
    previous: Point | None = None
    following: Point | None = None
    key_created_at: int | None = None
    same_point_other_day: bool = False
    same_point_other_officer: bool = False
    by_car: bool = False
    sent_at: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Signal:
    """One reason for doubt: its number, its weight and who saw it."""

    number: int
    weight: int
    by: By


def judge_signals(claims: Claims, context: Context) -> tuple[list[Signal], int]:
    """List the reasons for doubt in order of number, and their score from 0 to 100."""
    seen = phone_signals(claims.signals)
    found = server_signals(claims, context)
    listed = []
    for number in sorted(seen | found.keys()):
        by: By = "phone" if number not in found else "both" if number in seen else "server"
        listed.append(Signal(number, found.get(number, WEIGHTS[number]), by))
    return listed, score(listed)


def score(signals: Iterable[Signal]) -> int:
    """Add up the weights, to 100 at most."""
    return min(MAX_SCORE, sum(signal.weight for signal in signals))


def signal_bits(signals: Iterable[Signal]) -> int:
    """Write signals as a bitmask: bit n-1 is signal n."""
    bits = 0
    for signal in signals:
        bits |= 1 << (signal.number - 1)
    return bits


def phone_signals(bits: int) -> set[int]:
    """Read the numbers of the signals in a bitmask."""
    return {number for number in WEIGHTS if bits >> (number - 1) & 1}


def server_signals(claims: Claims, context: Context) -> dict[int, int]:
    """Find the signals that the server can see for itself; gives number → weight."""
    found: dict[int, int] = {}
    if claims.fix.accuracy > COARSE_METRES:
        found[6] = WEIGHTS[6]
    if _clock_is_off(claims, context):
        found[7] = WEIGHTS[7]
    beside = (context.previous, context.following)
    haste = max(_haste(claims, other, context.by_car) for other in beside)
    if haste:
        found[8] = haste
    if context.same_point_other_day:
        found[9] = WEIGHTS[9]
    elif context.same_point_other_officer:
        found[9] = OTHER_OFFICER_WEIGHT
    if context.country not in (None, HOME):
        found[11] = WEIGHTS[11]
    if context.key_created_at is not None:
        age = claims.captured_at - context.key_created_at
        if age < YOUNG_KEY_SECONDS:
            found[13] = WEIGHTS[13]
    return found


def kilometres(here: Fix | Point, there: Fix | Point) -> float:
    """Distance on the ellipsoid (WGS84), in kilometres."""
    return float(geodesic((here.lat, here.lon), (there.lat, there.lon)).km)


def _clock_is_off(claims: Claims, context: Context) -> bool:
    """A fix long before or after the tap, a tap in the server's future, or a wrong clock (7).

    A tap long in the past is no sign: a stamp made without a network arrives when it can.
    """
    if abs(claims.captured_at - claims.fix.time) > FIX_SECONDS:
        return True
    if context.sent_at is not None and abs(context.received_at - context.sent_at) > CLOCK_SECONDS:
        return True
    return claims.captured_at - context.received_at > CLOCK_SECONDS


def _haste(claims: Claims, other: Point | None, by_car: bool) -> int:
    """Weight of the speed from or to another stamp (8); 0 when the way could be travelled.

    Both accuracies are taken off the distance. The ellipsoid costs a hundred times what a bound
    costs and ten times what the sphere costs, which is at most 0.6 % off (Vincenty 1975, WGS84
    radii): it is only asked when these two leave a doubt.
    """
    if other is None:
        return 0
    fix = claims.fix
    limit = CAR_KMH if by_car else TRAIN_KMH
    hours = max(abs(claims.captured_at - other.time), 1) / 3600
    slack = (fix.accuracy + other.accuracy) / 1000
    bound = (abs(fix.lat - other.lat) + abs(fix.lon - other.lon)) * KM_A_DEGREE
    if bound - slack <= limit * hours:
        return 0
    sphere = float(great_circle((fix.lat, fix.lon), (other.lat, other.lon)).km)
    if sphere * (1 + SPHERE_IS_OFF) - slack <= limit * hours:
        return 0
    if sphere * (1 - SPHERE_IS_OFF) - slack > TRAIN_KMH * hours:
        return WEIGHTS[8]
    speed = (kilometres(fix, other) - slack) / hours
    if speed > TRAIN_KMH:
        return WEIGHTS[8]
    return BY_CAR_WEIGHT if speed > limit else 0


def score_of_bits(bits: int) -> int:
    """The score of what the phone alone reported, for a stamp that has not been received yet."""
    return min(MAX_SCORE, sum(WEIGHTS[number] for number in phone_signals(bits)))


def weights_of_bits(bits: int, total: int | None) -> list[tuple[int, int]]:
    """`(number, weight)` of the signals in a bitmask, so that they add up to the stored score:
    signal 9 weighs less when the point is another officer's and not an earlier day's."""
    found = [(number, WEIGHTS[number]) for number in sorted(phone_signals(bits))]
    lighter = WEIGHTS[9] - OTHER_OFFICER_WEIGHT
    if total is not None and sum(weight for _, weight in found) - lighter == total:
        return [(n, OTHER_OFFICER_WEIGHT if n == 9 else weight) for n, weight in found]
    return found
