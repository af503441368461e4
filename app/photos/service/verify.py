"""Is a photo what was taken? Recomputed from the signed record, the original and the receipts."""

from __future__ import annotations

import hashlib
from typing import Any

from app.core import http
from app.core.errors import Refusal
from app.photos.gateways import storage
from app.photos.queries import evidence as evidence_q
from app.photos.rules import evidence, names
from app.photos.rules.evidence import Check, Examination, Owner, answer
from app.photos.rules.receipt import read_receipt
from app.photos.rules.record import MAX_RECORD_BYTES, Promised, Record, read_record
from app.trips.service import signing
from app.trips.service.signing import Signed

Raw = dict[str, Any]


def examine(photo_id: str) -> Examination:
    """Ask everything that can be asked of a photo; nothing is believed that a row says.

    Args:
        photo_id: of a photo in any organisation; whether one may ask is for the caller to know.
    """
    photo = evidence_q.find_photo(photo_id)
    if photo is None:
        return evidence.examine((answer("photo-row", "missing"),))
    record_id = photo["record_id"].decode("utf-8", "replace")
    row = evidence_q.find_record(record_id)
    if row is None:
        return evidence.examine((answer("listed", "missing"),))
    opened = _open(row["signed"])
    if opened is None:
        return evidence.examine((answer("record", "signature"),))
    record, owner = opened
    promised = evidence.find_promised(record, photo["id"])
    found = evidence.examine(
        (
            _record_check(row, owner),
            answer("owner", *evidence.owner_faults(record, owner)),
            answer("record-row", *evidence.record_faults(row, record, owner)),
            _record_receipt(row, record),
            _together(record, record_id),
            *_photo_checks(photo, record, promised, owner),
            *_stamp(record, owner),
            *_corrections(record, owner),
        )
    )
    return evidence.refused(found) if evidence.at_the_door(photo) else found


def _open(signed: bytes) -> tuple[Record, Owner] | None:
    try:
        found: Signed = signing.open_signed(signed, MAX_RECORD_BYTES)
        record = read_record(found.payload)
    except Refusal:
        return None
    signer = found.signer
    return record, Owner(
        signer.kid,
        signer.person_id,
        signer.organisation_id,
        signer.staff_number,
        signer.organisation_code,
    )


def _record_check(row: Raw, owner: Owner) -> Check:
    true = hashlib.sha256(row["signed"]).digest()
    wrong = [name for name, ok in (
        ("signed_sha256", row["signed_sha256"] == true),
        ("device_kid", row["device_kid"] == owner.kid),
    ) if not ok]  # fmt: skip
    return answer("record", *wrong)


def _record_receipt(row: Raw, record: Record) -> Check:
    true = hashlib.sha256(row["signed"]).digest()
    return _receipt("record-receipt", row["receipt"], true, row["received_at"], record.id)


def _receipt(name: str, message: bytes, sha256: bytes, stored_at: Any, named: str) -> Check:
    try:
        receipt = read_receipt(signing.read_statement(message))
    except Refusal:
        return answer(name, "signature")
    return answer(name, *evidence.receipt_faults(receipt, sha256, stored_at, named))


def _together(record: Record, record_id: str) -> Check:
    stored = sorted(evidence_q.list_photo_ids(record_id))
    promised = sorted(one.id.encode() for one in record.photos)
    return answer("together", *(() if stored == promised else ("missing",)))


def _photo_checks(
    photo: Raw, record: Record, promised: Promised | None, owner: Owner
) -> tuple[Check, ...]:
    if promised is None:
        return (answer("listed", "missing"),)
    wrong = evidence.photo_faults(photo, record, promised, owner) + evidence.state_faults(photo)
    told = (answer("listed"), answer("photo-row", *wrong))
    if photo["receipt"] is None and photo["state"] == b"expected":
        return (*told, Check("original", None), Check("receipt", None))
    original = _original(promised, owner.organisation_id)
    if evidence.at_the_door(photo):  # nothing was kept: what lies there was taken in after all
        return told if original.wrong == ("missing",) else (*told, answer("original", "state"))
    return (
        *told,
        original,
        *_copies(photo, promised, owner.organisation_id),
        _photo_receipt(photo, promised),
    )


def _photo_receipt(photo: Raw, promised: Promised) -> Check:
    message = photo["receipt"] or b""
    return _receipt("receipt", message, promised.sha256, photo["arrived_at"], promised.id)


def _original(promised: Promised, organisation_id: str) -> Check:
    store = storage.store(http.config())
    name = names.original(organisation_id, promised.sha256, promised.id)
    try:
        size, sha256 = store.size(name), store.sha256(name)
    except FileNotFoundError:
        return answer("original", "missing")
    wrong = [name for name, ok in (
        ("size", size == promised.size),
        ("sha256", sha256 == promised.sha256),
    ) if not ok]  # fmt: skip
    return answer("original", *wrong)


def _copies(photo: Raw, promised: Promised, organisation_id: str) -> tuple[Check, ...]:
    """Whether the copies that people look at are those that were made. Nothing is said of older
    ones, whose hashes were not kept."""
    known = {side: photo[column] for side, column in names.HASHES.items()}
    if photo["state"] != b"ready" or not any(known.values()):
        return ()
    store = storage.store(http.config())
    wrong = dict[str, None]()
    for side, sha256 in known.items():
        name = names.derivative(organisation_id, promised.sha256, promised.id, side)
        try:
            wrong |= {} if store.sha256(name) == sha256 else {"sha256": None}
        except FileNotFoundError:
            wrong |= {"missing": None}
    return (answer("copies", *wrong),)


def _stamp(record: Record, owner: Owner) -> tuple[Check, ...]:
    if record.stamp_sha256 is None:
        return ()
    found = signing.find_stamp(owner.organisation_id, record.stamp_sha256)
    if found is None:
        return (Check("stamp", None),)  # it may still be on the phone
    if found.person_id != owner.person_id:
        return (answer("stamp", "stamp-of-another"),)
    return (Check("stamp", True, ("stamp-void",) if found.void else ()),)


def _corrections(record: Record, owner: Owner) -> tuple[Check, ...]:
    """Whether every board that was written anew is as the same person signed it; nothing is said
    of a record that was never corrected."""
    rows = evidence_q.list_corrections(
        record.id, record.series, owner.organisation_id, owner.person_id
    )
    if not rows:
        return ()
    wrong = (name for row in rows for name in _correction_faults(row, record, owner))
    return (answer("corrections", *dict.fromkeys(wrong)),)


def _correction_faults(row: Raw, record: Record, owner: Owner) -> tuple[str, ...]:
    opened = _open(row["signed"])
    if opened is None:
        return ("signature",)
    said, signer = opened
    true = (said.photos == (), said.replaces == record.id, signer.person_id == owner.person_id)
    named = ("missing", "replaces", "person_id")
    return (
        *(name for name, ok in zip(named, true, strict=True) if not ok),
        *_record_check(row, signer).wrong,
        *evidence.owner_faults(said, signer),
        *evidence.record_faults(row, said, signer),
        *_record_receipt(row, said).wrong,
    )
