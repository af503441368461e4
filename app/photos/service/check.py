"""The answer behind the QR of a picture, for whoever scans it: plain words, a masked name, no
picture. Writes nothing, and a wrong code is an answer too.

What it tells is what the phone signed, never what a row says beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.accounts.service import people
from app.core import clock
from app.core.guard import Viewer
from app.photos.queries import evidence as evidence_q
from app.photos.rules import check as rules
from app.photos.rules import picture_code
from app.photos.rules.check import Facts, State
from app.photos.rules.evidence import Owner
from app.photos.rules.record import Promised, Record
from app.photos.service import proof, public_look, verify
from app.photos.service.proof import Finding
from app.trips.service import signing
from app.trips.service.verdict_page import mask_name

Raw = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the page says; times are in Asia/Seoul; what may not be said is None."""

    state: State
    tone: str
    title: Any
    reason: Any
    what_next: Any
    organisation: str | None = None
    department: str | None = None
    name_masked: str | None = None
    captured_at: datetime | None = None
    received_at: datetime | None = None
    place: str | None = None
    phase: str = ""
    sha256: str | None = None
    practice: bool = False
    photo_url: str | None = None


def look_up(text: str, viewer: Viewer | None, asker: str = "") -> Answer:
    """Answer to the code in a scanned address.

    Args:
        text: what stands after /P/, in any case, whatever it holds.
        viewer: who asks; a colleague is given the way to the photo.
        asker: whom the reading of originals is counted to.

    Raises:
        TooManyTries: the asker had more read in this minute than anybody scans.
    """
    claim = picture_code.find_claim(text)
    if claim is None:
        return _answer(Facts(readable=False))
    photo = evidence_q.find_photo(claim.photo_id)
    if photo is None:
        return _answer(Facts(known=False))
    found = proof.find(claim.photo_id)
    signed = found.promised.sha256 if found.promised else b""
    if not signed.startswith(claim.beginning):  # the row may have been changed to fit the code
        fits = found.wrong and _begins(photo["sha256"], claim.beginning)
        return _answer(Facts(as_signed=False) if fits else Facts(same_hash=False))
    return _judged(photo, found, viewer, asker)


def _judged(photo: Raw, found: Finding, viewer: Viewer | None, asker: str) -> Answer:
    """The answer to a code that names a photo as it was signed."""
    if found.promised is None or found.record is None or found.owner is None:
        return _answer(Facts(as_signed=False))
    about = _about(found.record, found.promised, found.owner)
    about["photo_url"] = _way(found, viewer)
    if found.wrong:
        return _answer(Facts(as_signed=False), **about)
    state = photo["state"].decode()
    if photo["arrived_at"] is None:
        early = verify.not_here_yet(found.promised, found.owner).ok is False
        return _answer(Facts(photo_state=state, arrived=False, early=early), **about)
    file = public_look.look(found.promised, found.owner.organisation_id, asker)
    received = clock.in_seoul(photo["arrived_at"])
    return _answer(Facts(photo_state=state, file=file), **about, received_at=received)


def _begins(value: Any, beginning: bytes) -> bool:
    return isinstance(value, bytes) and value.startswith(beginning)


def _answer(facts: Facts, **about: Any) -> Answer:
    state = rules.judge(facts)
    return Answer(
        state=state,
        tone=rules.TONES[state],
        title=rules.TITLES[state],
        reason=rules.REASONS[state],
        what_next=rules.WHAT_NEXT[state],
        **about,
    )


def _about(record: Record, promised: Promised, owner: Owner) -> dict[str, Any]:
    """What everybody may know of a photo: no board, no site, no coordinates, no full name."""
    office = people.find_office(organisation_id=owner.organisation_id)
    taker = people.list_by_ids(owner.organisation_id, {owner.person_id}).get(owner.person_id)
    return {
        "organisation": office.name if office else None,
        "department": taker.department if taker else None,
        "name_masked": mask_name(taker.name) if taker else None,
        "captured_at": clock.in_seoul(promised.captured_at),
        "place": rules.public_place(record.place or _stamped(record, owner)),
        "phase": promised.phase,
        "sha256": promised.sha256.hex(),
        "practice": record.practice,
    }


def _stamped(record: Record, owner: Owner) -> str | None:
    """Where the stamp is from that a record without a place of its own is tied to."""
    if record.stamp_sha256 is None:
        return None
    stamp = signing.find_stamp(owner.organisation_id, record.stamp_sha256)
    return stamp.place if stamp else None


def _way(found: Finding, viewer: Viewer | None) -> str | None:
    same = viewer and found.owner and viewer.organisation_id == found.owner.organisation_id
    return f"/photos/{found.promised.id}" if same and found.promised else None
