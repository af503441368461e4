"""Things that tests need: organisations, people, phones, stamps; made through the product's verbs.

Everything here needs an application context and commits by itself, unless it says otherwise.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from app.accounts.service import consents, devices, people, sign_in
from app.core.db import transaction
from app.core.ids import b64u
from app.trips.rules import cose
from app.trips.rules.claims import NO_HASH, Claims, Fix, encode_claims
from app.trips.rules.receipt import VoidRecord, encode_void
from app.trips.service import inquiry, keys, receive, verdict
from tests.photos import peers

PASSWORD = "a long test password"
ROLES = ("officer", "auditor", "administrator", "canteen")
CHANGWON = (35.2383, 128.6922)
_numbers = itertools.count(1)
_hash: list[str] = []


@dataclass
class Phone:
    """A phone with an enrolled key; `seq` and `prev` are where its chain stands."""

    organisation_id: str
    organisation_code: str
    person_id: str
    staff_number: str
    kid: bytes
    private: ec.EllipticCurvePrivateKey
    x: bytes
    y: bytes
    seq: int = 0
    prev: bytes = field(default=NO_HASH)

    def claims(self, **changes: Any) -> Claims:
        """Claims of the phone's next stamp, at Changwon and now, but for the changes; `lat`,
        `lon`, `accuracy`, `fix_time` change the fix."""
        now = int(time.time())
        at = changes.get("captured_at", now)
        fix = Fix(
            lat=changes.pop("lat", CHANGWON[0]),
            lon=changes.pop("lon", CHANGWON[1]),
            accuracy=changes.pop("accuracy", 11.0),
            time=changes.pop("fix_time", at - 1),
        )
        claims = Claims(
            organisation=self.organisation_code,
            staff_number=self.staff_number,
            captured_at=now,
            cti=secrets.token_bytes(8),
            fix=fix,
            trip=time.strftime("%Y%m%d", time.gmtime(at + 9 * 3600)) + "-AAAAAA",
            seq=self.seq + 1,
            kind=2,
            samples=5,
            jitter_dm=20,
            signals=0,
            consent=consents.current_text("ko").version[:8],
            prev=self.prev,
        )
        return replace(claims, **changes)

    def body(self, claims: Claims, *, move: bool = True) -> dict[str, str]:
        """The JSON that the phone posts for claims; moves its chain on unless told not to."""
        cose_sign1 = cose.sign(self.kid, encode_claims(claims), self.private)
        token = seal(self.organisation_id, cose_sign1)
        if move:
            self.seq, self.prev = claims.seq, hashlib.sha256(token).digest()[:8]
        return {"token": b64u(token), "cose_sign1": b64u(cose_sign1)}

    def void_body(self, token: bytes, at: int, reason: str = "잘못 눌렀어요") -> dict[str, str]:
        """The JSON that the phone posts to cancel the stamp of a token."""
        payload = encode_void(VoidRecord(hashlib.sha256(token).digest(), at, reason))
        return {"cose_sign1": b64u(cose.sign(self.kid, payload, self.private))}


@dataclass
class Office:
    """An organisation with one person of each role, one of them with a phone."""

    organisation_id: str
    code: str
    people: dict[str, str]
    staff_numbers: dict[str, str]
    phone: Phone


def password_hash() -> str:
    """The hash of PASSWORD, made once in a test run."""
    if not _hash:
        _hash.append(people.hash_password(PASSWORD))
    return _hash[0]


def make_office(code: str = "", *, practice: bool = False) -> Office:
    """Make an organisation with a person of each role; the officer consents and has a phone."""
    code = code or f"T{next(_numbers):05d}"
    hashed = password_hash()
    with transaction():
        organisation_id = people.add_organisation(code, f"시험시 {code}", CHANGWON, practice)
        numbers = {role: f"{code}-{place}" for place, role in enumerate(ROLES, 1)}
        ids = {
            role: people.add_person(
                organisation_id, f"홍길동{role[0]}", numbers[role], "관광정책실", role, hashed
            )
            for role in ROLES
        }
        keys.make_due_audit_keys()
    phone = make_phone(organisation_id, code, ids["officer"], numbers["officer"])
    return Office(organisation_id, code, ids, numbers, phone)


def make_phone(organisation_id: str, code: str, person_id: str, staff_number: str) -> Phone:
    """Enrol a phone for a person who consents, both an hour ago."""
    private = ec.generate_private_key(ec.SECP256R1())
    x, y = cose.point(private.public_key())
    kid = cose.device_kid(x, y)
    then = int(time.time()) - 3600
    with transaction():
        consents.agree(person_id, consents.current_text("ko").version, at=then)
        devices.add_device(organisation_id, person_id, (kid, x, y), "시험 전화", then)
    return Phone(organisation_id, code, person_id, staff_number, kid, private, x, y)


def seal(organisation_id: str, cose_sign1: bytes) -> bytes:
    """Seal to the organisation's audit key of this year."""
    audit = keys.audit_key_of(organisation_id, time.gmtime(time.time() + 9 * 3600).tm_year)
    assert audit is not None
    return cose.seal(
        cose_sign1,
        audit.kid,
        cose.public_key(audit.x, audit.y),
        ec.generate_private_key(ec.SECP256R1()),
        secrets.token_bytes(12),
    )


def receive_stamp(phone: Phone, **changes: Any) -> bytes:
    """Make a stamp and let the server receive it; its token."""
    claims = phone.claims(**changes)
    cose_sign1 = cose.sign(phone.kid, encode_claims(claims), phone.private)
    token = seal(phone.organisation_id, cose_sign1)
    arrival = receive.examine(token, cose_sign1, None)
    with transaction():
        receive.store(arrival)
    phone.seq, phone.prev = claims.seq, hashlib.sha256(token).digest()[:8]
    return token


def foreign_ids(office: Office) -> dict[str, Any]:
    """A living id of the office for every argument name of a route: what nobody else may reach.

    A new route with a new argument name needs a line here.
    """
    token = receive_stamp(office.phone)
    finding = verdict.look_up(verdict.text_of(token))
    assert finding.stamp is not None
    officer = office.people["officer"]
    with transaction():
        sign_in_id = sign_in.open_sign_in(officer, "시험")
        inquiry.ask(finding, "이 도장이 맞나요?", "", "192.0.2.1")
    question = inquiry.list_ids(office.organisation_id)[0]
    delivery = peers.dead_delivery(office)
    return {
        "stamp_id": finding.stamp.id,
        "person_id": officer,
        "kid": office.phone.kid,
        "sign_in_id": sign_in_id,
        "inquiry_id": question,
        "connector_id": delivery.connector_id,
        "delivery_id": delivery.id,
    }
