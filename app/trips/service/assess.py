"""What the server finds out about a stamp by itself: its place, distances and doubts."""

from __future__ import annotations

from dataclasses import dataclass

from geopy.distance import great_circle

from app.accounts.service.devices import Signer
from app.core import clock, http
from app.core.keys import keyed_tag
from app.trips.gateways.places import name_place
from app.trips.queries import arrivals as arrivals_q
from app.trips.queries.arrivals import Neighbour
from app.trips.rules import signals
from app.trips.rules.claims import Claims
from app.trips.service import seals


@dataclass(frozen=True)
class Assessment:
    """Place to 읍·면·동, distance from the office in whole km, reasons for doubt as bits, score."""

    place: str | None
    sigungu_code: str | None
    office_km: int | None
    point_tag: bytes
    signals: int
    score: int


def assess(claims: Claims, signer: Signer, received_at: int, sent_at: int | None) -> Assessment:
    """Find what is to be known of a stamp; a practice stamp is not suspected of anything."""
    place = name_place(claims.fix.lat, claims.fix.lon)
    tag = point_tag(claims)
    found: list[signals.Signal] = []
    score = 0
    if not claims.practice:
        found, score = signals.judge_signals(
            claims, _context(claims, signer, (received_at, sent_at), tag)
        )
    return Assessment(
        place=place.name if place else None,
        sigungu_code=place.sigungu_code if place else None,
        office_km=_office_km(claims, signer),
        point_tag=tag,
        signals=signals.signal_bits(found),
        score=score,
    )


def point_tag(claims: Claims) -> bytes:
    """A keyed hash of the coordinates to 1e-6 degrees: equal points can be found again, and
    nobody without the installation's secret can guess one."""
    point = f"{claims.fix.lat:.6f},{claims.fix.lon:.6f}"
    return keyed_tag(http.secrets().places, point.encode())


def _context(
    claims: Claims, signer: Signer, clocks: tuple[int, int | None], tag: bytes
) -> signals.Context:
    today = clock.seoul_day(claims.captured_at)
    same = arrivals_q.list_same_points(signer.organisation_id, tag)
    beside = arrivals_q.list_beside(signer.person_id, claims.captured_at)
    return signals.Context(
        received_at=clocks[0],
        sent_at=clocks[1],
        previous=_point([one for one in beside if one.captured_at < claims.captured_at]),
        following=_point([one for one in beside if one.captured_at >= claims.captured_at]),
        key_created_at=signer.created_at,
        same_point_other_day=any(
            person == signer.person_id and clock.seoul_day(at) != today for person, at in same
        ),
        same_point_other_officer=any(person != signer.person_id for person, _ in same),
    )


def _point(rows: list[Neighbour]) -> signals.Point | None:
    if not rows:
        return None
    [row] = rows
    claims = seals.open_claims(row.id, row.wrapped_key, row.sealed)
    if claims is None or claims.practice:
        return None
    fix = claims.fix
    return signals.Point(fix.lat, fix.lon, fix.accuracy, claims.captured_at)


def _office_km(claims: Claims, signer: Signer) -> int | None:
    if signer.office_lat is None or signer.office_lon is None:
        return None
    # Whole kilometres: the sphere (0.5 % off at the most) costs a tenth of the ellipsoid.
    office, here = (signer.office_lat, signer.office_lon), (claims.fix.lat, claims.fix.lon)
    return round(float(great_circle(office, here).km))
