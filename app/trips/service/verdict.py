"""The verdict behind a QR: the scan carries the token, so it is verified at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from app.accounts.service import devices, people
from app.accounts.service.devices import Signer
from app.core import clock, http
from app.trips.gateways.places import name_place
from app.trips.queries import arrivals as arrivals_q
from app.trips.queries import stamps as stamps_q
from app.trips.queries.stamps import StampRow
from app.trips.rules import cose, times
from app.trips.rules.claims import Claims, decode_claims
from app.trips.rules.refusals import (
    ConsentMissing,
    ConsentWithdrawn,
    Damaged,
    WrongOrganisation,
    WrongSignature,
)
from app.trips.rules.token import token_from_text, token_text
from app.trips.rules.verdict import Facts, Verdict, judge
from app.trips.service import keys, receive

PLACELESS = ("mismatch", "refused")


@dataclass(frozen=True)
class Finding:
    """What was found behind a token; what stands lower is None where it was not reached.

    `token` is empty when the text is none; `organisation_id` is that of the audit key.
    """

    verdict: Verdict
    token: bytes = b""
    sha256: bytes = b""
    organisation_id: str | None = None
    organisation_name: str | None = None
    signer: Signer | None = None
    claims: Claims | None = None
    stamp: StampRow | None = None
    place: str | None = None
    marks: tuple[str, ...] = ()


@dataclass
class _Trail:
    """Gathers the facts in the order in which they can be trusted."""

    facts: Facts = field(default_factory=Facts)
    token: bytes = b""
    organisation_id: str | None = None
    signer: Signer | None = None
    claims: Claims | None = None
    stamp: StampRow | None = None


def look_up(text: str) -> Finding:
    """Judge the token in a scanned URL or code, whatever it holds; writes nothing, never raises
    a refusal: a damaged or foreign token is a verdict too."""
    trail = _Trail()
    try:
        trail.token = token_from_text(text)
        cose_sign1 = _open(trail)
        if cose_sign1 is not None:
            _check(trail, cose_sign1)
    except Damaged as damage:
        trail.facts = replace(trail.facts, damage=damage.reason or "damaged")
    except WrongSignature as fault:
        trail.facts = replace(trail.facts, signature_fault=fault.reason or "signature")
    except WrongOrganisation:
        trail.facts = replace(trail.facts, signature_fault="owner")
    return _finding(trail)


def text_of(token: bytes) -> str:
    """The text of a token, as a QR carries it."""
    return token_text(token)


def _open(trail: _Trail) -> bytes | None:
    sealed = cose.parse_token(trail.token)
    key = keys.find_audit_key(sealed.audit_kid)
    if key is None:
        trail.facts = replace(trail.facts, audit_key_known=False)
        return None
    trail.organisation_id = key.organisation_id
    return cose.open_sealed(sealed, keys.audit_private_key(key.organisation_id, key.year))


def _check(trail: _Trail, cose_sign1: bytes) -> None:
    signed = cose.parse_sign1(cose_sign1)
    signer = devices.find_signer(signed.kid)
    if signer is None or signer.organisation_id != trail.organisation_id:
        trail.facts = replace(trail.facts, device_key_known=False)
        return
    trail.signer = signer
    cose.verify(signed, receive.public_key(signer.x, signer.y))
    claims = decode_claims(signed.payload)
    receive.check_owner(claims, signer)
    trail.claims = claims
    sha256 = hashlib.sha256(trail.token).digest()
    trail.stamp = stamps_q.find_stamp_by_token(sha256)
    forked = trail.stamp is None and arrivals_q.find_fork_stamp_id(sha256) is not None
    _weigh(trail, claims, signer, forked)


def _weigh(trail: _Trail, claims: Claims, signer: Signer, forked: bool) -> None:
    stamp = trail.stamp
    early, refused = ((), False) if stamp else _foresee(claims, signer)
    trail.facts = replace(
        trail.facts,
        captured_at=claims.captured_at,
        received_at=stamp.received_at if stamp else None,
        revoked_at=signer.revoked_at,
        forked=forked or (stamp is not None and stamp.chain == "fork"),
        voided=stamp is not None and stamp.voided_at is not None,
        refused=refused and not forked,
        practice=claims.practice or (signer.organisation_practice and not http.config().demo),
        time_marks=tuple(stamp.mark_list) if stamp else early,
    )


def _foresee(claims: Claims, signer: Signer) -> tuple[tuple[str, ...], bool]:
    """What is odd about the time of a stamp that has not been received yet, and whether the server
    would refuse it, were it sent now."""
    now = clock.now()
    marks = times.time_marks(claims.captured_at, now, claims.fix.time)
    marks += times.key_marks(claims.captured_at, signer.created_at)
    refused = False
    try:
        marks += receive.check_agreed(claims, signer, now)
    except (ConsentMissing, ConsentWithdrawn):
        refused = not claims.practice  # one of set-up is never sent, and never proof
    return tuple(mark for mark in marks if mark != "arrived-late"), refused


def _finding(trail: _Trail) -> Finding:
    verdict = judge(trail.facts)
    claims = trail.claims
    office = people.find_office(organisation_id=trail.organisation_id or "")
    place = None if claims is None else _place(trail, claims, verdict)
    return Finding(
        verdict=verdict,
        token=trail.token,
        sha256=hashlib.sha256(trail.token).digest() if trail.token else b"",
        organisation_id=trail.organisation_id,
        organisation_name=office.name if office else None,
        signer=trail.signer if claims else None,
        claims=claims,
        stamp=trail.stamp,
        place=place,
        marks=(*_flags(claims, verdict, place), *verdict.notes),
    )


def _place(trail: _Trail, claims: Claims, verdict: Verdict) -> str | None:
    """The place's name; none that the server has not checked, or would not keep."""
    if verdict.state in PLACELESS:
        return None
    if trail.stamp is not None:
        return trail.stamp.place
    found = name_place(claims.fix.lat, claims.fix.lon)
    return found.name if found else None


def _flags(claims: Claims | None, verdict: Verdict, place: str | None) -> list[str]:
    if claims is None:
        return []
    unknown = place is None and verdict.state not in PLACELESS
    flags = (("offline", claims.offline), ("coarse", claims.coarse), ("place-unknown", unknown))
    return [name for name, on in flags if on]
