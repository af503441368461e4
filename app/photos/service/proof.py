"""What the signed record of a photo says, and whether the rows say the same.

The danger removed here: rows are a quick copy of what phones signed, and a page, a sheet, a bundle
or a delivery that believes them believes whoever can write to the database. So each of them asks
here first; a record's signature is opened once, however many of its photos are asked about.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import Refusal
from app.photos.queries import evidence as evidence_q
from app.photos.rules import evidence
from app.photos.rules.evidence import Check, Owner, answer
from app.photos.rules.receipt import read_receipt
from app.photos.rules.record import MAX_RECORD_BYTES, Promised, Record, marks_of, read_record
from app.trips.service import signing
from app.trips.service.signing import Signed

Raw = dict[str, Any]


@dataclass(frozen=True)
class Proof:
    """A record's own message, opened, and the questions that were asked of the record: `before`
    and `after` those of a photo. `record` and `owner` are None when there is nothing to believe."""

    before: tuple[Check, ...]
    after: tuple[Check, ...] = ()
    record: Record | None = None
    owner: Owner | None = None


@dataclass(frozen=True)
class Finding:
    """What the signature says of one photo, and the names of the questions that its rows answer
    wrongly; what is None is not signed."""

    wrong: tuple[str, ...]
    record: Record | None = None
    owner: Owner | None = None
    promised: Promised | None = None

    @property
    def marks(self) -> str:
        """What is odd about the record's time."""
        if self.record is None or self.owner is None:
            return ""
        return marks_of(self.record, self.owner.enrolled_at)


def find(photo_id: str) -> Finding:
    """What is signed of a photo, and what of its rows differs; files are not looked at."""
    return find_all([photo_id])[photo_id]


def find_all(photo_ids: Sequence[str]) -> dict[str, Finding]:
    """The same for several photos, each record opened once. One that has no row is wrong, too.

    Rows are read in the open snapshot: whoever reads them again in it reads what was judged.
    """
    found = dict.fromkeys(photo_ids, Finding(("photo-row",)))
    proofs: dict[str, Proof] = {}
    for photo in evidence_q.list_photos(photo_ids):
        record_id = record_of(photo)
        if record_id not in proofs:
            proofs[record_id] = open_record(record_id)
        found[photo["id"].decode()] = judge(photo, proofs[record_id])
    return found


def judge(photo: Raw, proof: Proof) -> Finding:
    """What is signed of a photo's row, and what of it and of its record's row differs."""
    if proof.record is None or proof.owner is None:
        return Finding(tuple(check.name for check in proof.before if check.ok is False))
    promised = evidence.find_promised(proof.record, photo["id"])
    asked = ask(photo, proof.record, promised, proof.owner)
    asked += () if promised is None else ask_receipt(photo, promised)
    wrong = (one.name for one in (*proof.before, *asked, *proof.after) if one.ok is False)
    return Finding(tuple(wrong), proof.record, proof.owner, promised)


def record_of(photo: Raw) -> str:
    """The id of the record that a photo's row names."""
    return str((photo["record_id"] or b"").decode("utf-8", "replace"))


def open_record(record_id: str) -> Proof:
    """Open a record and ask what can be asked of it without its photos."""
    row = evidence_q.find_record(record_id)
    if row is None:
        return Proof((answer("listed", "missing"),))
    opened = _open(row["signed"])
    if opened is None:
        return Proof((answer("record", "signature"),))
    record, owner = opened
    before = (
        _record_check(row, record, owner),
        answer("owner", *evidence.owner_faults(record, owner)),
        answer("record-row", *evidence.record_faults(row, record, owner)),
        _record_receipt(row, record),
    )
    return Proof(before, (*_stamp(record, owner), *_corrections(record, owner)), record, owner)


def ask(photo: Raw, record: Record, promised: Promised | None, owner: Owner) -> tuple[Check, ...]:
    """Whether the record names a photo, and its row says what the record says."""
    if promised is None:
        return (answer("listed", "missing"),)
    wrong = evidence.photo_faults(photo, record, promised, owner) + evidence.state_faults(photo)
    return (answer("listed"), answer("photo-row", *wrong))


def ask_receipt(photo: Raw, promised: Promised) -> tuple[Check, ...]:
    """Whether the receipt is ours and of this photo; nothing of one that has none to show."""
    if photo["receipt"] is None and photo["state"] in (b"expected", b"refused"):
        return ()
    return (
        _receipt("receipt", photo["receipt"], promised.sha256, photo["arrived_at"], promised.id),
    )


def _open(signed: Any) -> tuple[Record, Owner] | None:
    try:
        found: Signed = signing.open_signed(_bytes(signed), MAX_RECORD_BYTES)
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
        signer.created_at,
    )


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else b""


def _record_check(row: Raw, record: Record, owner: Owner) -> Check:
    """The signature's own question; what is odd about a time is shown beside a good answer."""
    true = hashlib.sha256(_bytes(row["signed"])).digest()
    wrong = [name for name, ok in (
        ("signed_sha256", row["signed_sha256"] == true),
        ("device_kid", row["device_kid"] == owner.kid),
    ) if not ok]  # fmt: skip
    odd = marks_of(record, owner.enrolled_at)
    return answer("record", *wrong) if wrong else Check("record", True, (odd,) if odd else ())


def _record_receipt(row: Raw, record: Record) -> Check:
    true = hashlib.sha256(_bytes(row["signed"])).digest()
    return _receipt("record-receipt", row["receipt"], true, row["received_at"], record.id)


def _receipt(name: str, message: Any, sha256: bytes, stored_at: Any, named: str) -> Check:
    try:
        receipt = read_receipt(signing.read_statement(_bytes(message)))
    except Refusal:
        return answer(name, "signature")
    return answer(name, *evidence.receipt_faults(receipt, sha256, stored_at, named))


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
    rows = evidence_q.list_corrections(record.id, record.series, owner.organisation_id)
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
    own = _record_check(row, said, signer)
    return (
        *(name for name, ok in zip(named, true, strict=True) if not ok),
        *(own.wrong if own.ok is False else ()),
        *evidence.owner_faults(said, signer),
        *evidence.record_faults(row, said, signer),
        *_record_receipt(row, said).wrong,
    )
