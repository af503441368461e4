"""Is a photo what was taken? Recomputed from the signed record, the original and the receipts."""

from __future__ import annotations

from typing import Any

from app.core import http
from app.core.files import hash_of
from app.photos.gateways import storage
from app.photos.queries import evidence as evidence_q
from app.photos.queries import uploads as uploads_q
from app.photos.rules import evidence, names
from app.photos.rules.evidence import Check, Examination, Owner, answer
from app.photos.rules.record import Promised, Record
from app.photos.service import proof, seal

Raw = dict[str, Any]


def examine(photo_id: str) -> Examination:
    """Ask everything that can be asked of a photo; nothing is believed that a row says.

    Args:
        photo_id: of a photo in any organisation; whether one may ask is for the caller to know.
    """
    photo = evidence_q.find_photo(photo_id)
    if photo is None:
        return evidence.examine((answer("photo-row", "missing"),))
    opened = proof.open_record(proof.record_of(photo))
    if opened.record is None or opened.owner is None:
        return evidence.examine(opened.before)
    asked = _photo_checks(photo, opened.record, opened.owner)
    together = _together(opened.record, proof.record_of(photo))
    found = evidence.examine((*opened.before, together, *asked, *opened.after))
    return evidence.refused(found) if evidence.at_the_door(photo) else found


def _together(record: Record, record_id: str) -> Check:
    stored = sorted(evidence_q.list_photo_ids(record_id))
    promised = sorted(one.id.encode() for one in record.photos)
    return answer("together", *(() if stored == promised else ("missing",)))


def _photo_checks(photo: Raw, record: Record, owner: Owner) -> tuple[Check, ...]:
    promised = evidence.find_promised(record, photo["id"])
    told = proof.ask(photo, record, promised, owner)
    if promised is None:
        return told
    if photo["receipt"] is None and photo["state"] == b"expected":
        return (*told, not_here_yet(promised, owner), Check("receipt", None))
    if evidence.at_the_door(photo):  # nothing was kept: what lies there was taken in after all
        early = not_here_yet(promised, owner)
        return told if early.ok is None else (*told, early)
    original = _original(promised, owner.organisation_id)
    copies = _copies(photo, promised, owner.organisation_id)
    return (*told, original, *copies, *proof.ask_receipt(photo, promised))


def not_here_yet(promised: Promised, owner: Owner) -> Check:
    """Whether the row of a promised photo says rightly that nothing of it has come. An original
    that lies there was received, unless its upload is about to end: the bytes are put into the
    store a moment before the row says so."""
    there = _is_there(promised, owner.organisation_id)
    if there and uploads_q.find_upload_of(promised.id) is None:
        return answer("original", "state")
    return Check("original", None)


def _is_there(promised: Promised, organisation_id: str) -> bool:
    name = names.original(organisation_id, promised.sha256, promised.id)
    try:
        storage.store(http.config()).size(name)
    except FileNotFoundError:
        return False
    return True


def _original(promised: Promised, organisation_id: str) -> Check:
    store = storage.store(http.config())
    name = names.original(organisation_id, promised.sha256, promised.id)
    try:
        with store.open(name) as file:
            sha256, size = hash_of(file), file.tell()
    except FileNotFoundError:
        return answer("original", "missing")
    wrong = [name for name, ok in (
        ("size", size == promised.size),
        ("sha256", sha256 == promised.sha256),
    ) if not ok]  # fmt: skip
    return answer("original", *wrong)


def _copies(photo: Raw, promised: Promised, organisation_id: str) -> tuple[Check, ...]:
    """Whether the copies that people look at are those that the server made of this original. Of
    older ones, which it has not sealed, nothing is known until it makes them anew."""
    if photo["state"] != b"ready":
        return ()
    wrong = dict[str, None]()
    for side, column in names.HASHES.items():
        wrong |= dict.fromkeys(_copy_faults(promised, organisation_id, side, photo[column]))
    if photo["seal"] is not None and not seal.holds(promised.id, promised.sha256, photo):
        wrong |= {"seal": None}
    if not wrong and photo["seal"] is None:
        return (Check("copies", None),)
    return (answer("copies", *wrong),)


def _copy_faults(
    promised: Promised, organisation_id: str, side: int, sha256: Any
) -> tuple[str, ...]:
    """What is wrong with one copy; one whose hash was not kept is only to be there."""
    store = storage.store(http.config())
    name = names.derivative(organisation_id, promised.sha256, promised.id, side)
    try:
        same = store.sha256(name) == sha256 if sha256 is not None else store.size(name) > 0
    except FileNotFoundError:
        return ("missing",)
    return () if same else ("sha256",)
