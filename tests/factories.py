"""Things that tests need: organisations, people, phones, stamps; made through the product's verbs.

Everything here needs an application context and commits by itself, unless it says otherwise.
"""

from __future__ import annotations

import hashlib
import itertools
import secrets
import time
import uuid
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from app.accounts.queries import sign_ins
from app.accounts.service import consents, devices, people, sign_in
from app.cafeteria.queries import places
from app.cafeteria.service import canteens
from app.cafeteria.service import devices as counters
from app.cafeteria.service import links as canteen_links
from app.core.db import transaction
from app.core.guard import Viewer
from app.core.ids import b64u, new_id
from app.directory.queries import index
from app.directory.service import synonyms
from app.photos.queries.inbox import Scope
from app.photos.rules.record import Promised, Record, payload_of
from app.photos.service import archive, links, receipts, records, uploads
from app.trips.rules import cbor, cose
from app.trips.rules.claims import NO_HASH, Claims, Fix, encode_claims
from app.trips.rules.receipt import VoidRecord, encode_void
from app.trips.service import inquiry, keys, receive, verdict
from tests.cafeteria import foreign_kitchen
from tests.directory import foreign, living
from tests.photos import helpers_office, peers

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


@dataclass(frozen=True)
class SentRecord:
    """A record that a phone signed: the bytes it sends, and the pictures by photo id."""

    signed: bytes
    record: Record
    pictures: dict[str, bytes]

    @property
    def body(self) -> dict[str, str]:
        """The JSON that the phone posts."""
        return {"cose_sign1": b64u(self.signed)}

    @property
    def photo_ids(self) -> list[str]:
        """The ids of the photos, in order."""
        return list(self.pictures)


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


def picture(seed: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG, another one for each seed."""
    made = BytesIO()
    colour = (seed * 37 % 256, seed * 101 % 256, seed * 7 % 256)
    Image.new("RGB", size, colour).save(made, "JPEG", comment=f"{seed}".encode())
    return made.getvalue()


def photo_record(phone: Phone, *given: bytes, source: str = "camera", **changes: Any) -> SentRecord:
    """A record of pictures, signed now by the phone and sent nowhere.

    Args:
        phone: whose record it is.
        given: the pictures' bytes; one small JPEG when there are none.
        source: `camera` or `picked`, of all of them.
        changes: fields of the record, such as `board`, `trip`, `series`, `captured_at`.
    """
    now = int(time.time())
    pictures = {new_id(): one for one in given or (picture(next(_numbers)),)}
    photos = tuple(
        Promised(photo_id, hashlib.sha256(one).digest(), len(one), now, "", source)
        for photo_id, one in pictures.items()
    )
    record = Record(
        id=new_id(), organisation=phone.organisation_code, staff_number=phone.staff_number,
        captured_at=now, trip=None, stamp_sha256=None,
        board={"공사명": "중앙로 보도 정비", "위치": "중앙동 12"}, photos=photos, series=new_id(),
        replaces=None, practice=False, place="창원시 의창구",
    )  # fmt: skip
    record = replace(record, **changes)
    signed = cose.sign(phone.kid, cbor.encode(payload_of(record)), phone.private)
    return SentRecord(signed, record, pictures)


def receive_record(sent: SentRecord) -> None:
    """Let the server receive a record; its photos are expected then."""
    arrival = records.examine(sent.signed)
    with transaction():
        records.store(arrival)


def start_photo(sent: SentRecord, photo_id: str, most: int | None = None) -> str:
    """Send the first `most` bytes of a photo of a received record; the upload's id."""
    whole = sent.pictures[photo_id]
    with transaction():
        upload = uploads.open_upload(sent.record.id, photo_id, len(whole))
    uploads.append(upload, 0, whole[:most], None)
    return upload.id


def send_photo(sent: SentRecord, photo_id: str = "") -> bytes:
    """Send a photo of a received record (the first one unless told), to its receipt."""
    photo_id = photo_id or sent.photo_ids[0]
    upload_id = start_photo(sent, photo_id)
    with uploads.ending(upload_id) as held:
        arrival = receipts.examine(uploads.get_photo(sent.record.id, photo_id), held)
        with transaction():
            receipt = receipts.store(arrival)
    assert receipt is not None, arrival.refusal
    return receipt


def send_record(phone: Phone, *given: bytes, **changes: Any) -> SentRecord:
    """Sign a record and send it with all its pictures; they are `arrived`, not yet processed."""
    sent = photo_record(phone, *given, **changes)
    receive_record(sent)
    for photo_id in sent.photo_ids:
        send_photo(sent, photo_id)
    return sent


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
        synonyms.add(officer, "아동수당, 양육지원")
    question = inquiry.list_ids(office.organisation_id)[0]
    delivery = peers.dead_delivery(office)
    return {
        "stamp_id": finding.stamp.id,
        "person_id": officer,
        "kid": office.phone.kid,
        "sign_in_id": sign_in_id,
        "inquiry_id": question,
        **foreign_photo_ids(office),
        **living.foreign_ids(office),
        **foreign_directory_ids(office),
        **foreign_kitchen.kitchen_ids(office.organisation_id),
        **foreign_canteen_ids(office),
        "connector_id": delivery.connector_id,
        "delivery_id": delivery.id,
        "group_id": index.list_synonym_groups()[0][0],
        "device_id": foreign_counter_id(office),
    }


def foreign_counter_id(office: Office) -> str:
    """A counter at a line of the office's canteen."""
    with transaction():
        viewer = sign_in_of(office.people["administrator"])
        canteen_id = canteens.add_canteen(office.organisation_id, "별관 식당", 300, ["한식 줄"])
        line_id = places.list_lines(canteen_id)[0].id
        return counters.add(viewer, counters.NewDevice(line_id, "입구 센서", "both", 10))[0]


def foreign_directory_ids(office: Office) -> dict[str, Any]:
    """What the office's administrator brought into the directory, and took out of it."""
    with transaction():
        viewer = sign_in_of(office.people["administrator"])
    return foreign.import_ids(viewer)


def foreign_canteen_ids(office: Office) -> dict[str, Any]:
    """A canteen of the office, its line and its kitchen's link."""
    with transaction():
        made = canteens.add_canteen(office.organisation_id, "본관 식당", 600, ["한식 줄"])
        link_id = canteen_links.make_link(made, "kiosk", "주방 전화")
    return {"canteen_id": made, "line_id": places.list_lines(made)[0].id, "link_id": link_id}


def foreign_photo_ids(office: Office) -> dict[str, Any]:
    """A ready photo of the office, an upload of another one of its record, a finished bundle, and
    a link to the photo's small picture."""
    made = helpers_office.put(office.phone, 2, arrived=1)
    sent = SentRecord(
        made.signed, made.record, dict(zip(made.photo_ids, made.originals, strict=True))
    )
    with transaction():
        viewer = sign_in_of(office.people["officer"])
        scope = Scope(office.organisation_id)
        export_id = archive.ask(viewer, scope, archive.Wish("zip", (made.photo_ids[0],)))
    archive.make_archive(export_id)
    return {
        "photo_id": made.photo_ids[0],
        "upload_id": uuid.UUID(start_photo(sent, made.photo_ids[1], 10)),
        "export_id": export_id,
        "token": links.sign(made.photo_ids[0], office.organisation_id, 320).rpartition("/")[2],
    }


def sign_in_of(person_id: str) -> Viewer:
    """A person as they are signed in (in the open transaction)."""
    viewer = sign_ins.find_viewer(sign_in.open_sign_in(person_id, "시험"), demo=True)
    assert viewer is not None
    return viewer
