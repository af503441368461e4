"""The answer behind the QR of a picture, for whoever scans it: plain words, a masked name, no
picture. Writes nothing, and a wrong code is an answer too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.accounts.service import people
from app.core import clock, http
from app.core.guard import Viewer
from app.photos.gateways import storage
from app.photos.queries import photos as photos_q
from app.photos.queries.photos import PhotoRow
from app.photos.rules import check as rules
from app.photos.rules import names, picture_code
from app.photos.rules.check import Facts, State
from app.trips.service import signing
from app.trips.service.verdict_page import mask_name


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


def look_up(text: str, viewer: Viewer | None) -> Answer:
    """Answer to the code in a scanned address.

    Args:
        text: what stands after /P/, in any case, whatever it holds.
        viewer: who asks; a colleague is given the way to the photo.
    """
    claim = picture_code.find_claim(text)
    if claim is None:
        return _answer(Facts(readable=False))
    photo = photos_q.find_photo(claim.photo_id)
    if photo is None:
        return _answer(Facts(known=False))
    if not photo.sha256.startswith(claim.beginning):
        return _answer(Facts(same_hash=False))
    arrived = photo.arrived_at is not None
    facts = Facts(photo_state=photo.state, arrived=arrived, file=_file(photo))
    return _answer(facts, **_about(photo), photo_url=_way(photo, viewer))


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


def _about(photo: PhotoRow) -> dict[str, Any]:
    """What everybody may know of a photo: no board, no site, no coordinates, no full name."""
    office = people.find_office(organisation_id=photo.organisation_id)
    taker = people.list_by_ids(photo.organisation_id, {photo.person_id}).get(photo.person_id)
    record = photos_q.get_record(photo.organisation_id, photo.record_id)
    stamp = (
        signing.find_stamp(photo.organisation_id, record.stamp_sha256)
        if record.stamp_sha256
        else None
    )
    return {
        "organisation": office.name if office else None,
        "department": taker.department if taker else None,
        "name_masked": mask_name(taker.name) if taker else None,
        "captured_at": clock.in_seoul(photo.captured_at),
        "received_at": clock.in_seoul(photo.arrived_at) if photo.arrived_at else None,
        "place": rules.public_place((stamp.place if stamp else None) or record.place),
        "phase": photo.phase,
        "sha256": photo.sha256.hex(),
        "practice": record.practice,
    }


def _file(photo: PhotoRow) -> Literal["same", "other", "missing"]:
    """Whether the original lies there as it was signed."""
    if photo.state == "expected":
        return "missing"
    store = storage.store(http.config())
    name = names.original(photo.organisation_id, photo.sha256, photo.id)
    try:
        return "same" if store.sha256(name) == photo.sha256 else "other"
    except FileNotFoundError:
        return "missing"


def _way(photo: PhotoRow, viewer: Viewer | None) -> str | None:
    if viewer is None or viewer.organisation_id != photo.organisation_id:
        return None
    return f"/photos/{photo.id}"
