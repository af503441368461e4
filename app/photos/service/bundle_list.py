"""What the list of a bundle says of each photo: what was signed, and where rows say other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.accounts.service import people
from app.core import clock
from app.photos.queries import corrections as corrections_q
from app.photos.queries import inbox as inbox_q
from app.photos.queries import photos as photos_q
from app.photos.queries.corrections import Correction
from app.photos.queries.inbox import Scope, Shot
from app.photos.queries.photos import PhotoRow
from app.photos.rules import manifest
from app.photos.rules.manifest import Line
from app.photos.rules.record import board_of, site_of
from app.photos.service import proof
from app.photos.service.proof import Finding


@dataclass(frozen=True)
class Chosen:
    """A photo of a bundle: its row, what the lists show, what its record's signature says, and the
    board that was written anew. All are of one snapshot of the database."""

    photo: PhotoRow
    shot: Shot
    finding: Finding
    correction: Correction | None


def gather(organisation_id: str, photo_ids: Sequence[str]) -> list[Chosen]:
    """The photos of a bundle that the organisation has, oldest first; each record is opened once.

    Call it with no transaction since the last read: what is judged must be what is read.
    """
    photos = photos_q.list_photos_by_id(organisation_id, photo_ids)
    shots = {one.id: one for one in inbox_q.list_by_ids(Scope(organisation_id), photo_ids)}
    findings = proof.find_all([one.id for one in photos])
    newest = corrections_q.find_newest(organisation_id, sorted({one.record_id for one in photos}))
    return [
        Chosen(one, shots[one.id], findings[one.id], newest.get(one.record_id))
        for one in photos
        if one.id in shots
    ]


def line(number: int, one: Chosen, file: str, sha256: str, note: str) -> Line:
    """The line of a photo whose rows are as they were signed, still without the person's name."""
    photo, shot, record = one.photo, one.shot, one.finding.record
    plain = Line(
        number, file, f"{clock.in_seoul(photo.captured_at):%Y-%m-%d %H:%M:%S}", photo.person_id,
        "", shot.trip or "", shot.site, shot.place or "", photo.phase, photo.source, photo.id,
        photo.record_id, photo.sha256.hex(), sha256, record.board if record else {}, note,
    )  # fmt: skip
    new = one.correction
    if new is None:
        return plain
    at = f"{clock.in_seoul(new.captured_at):%Y-%m-%d %H:%M:%S}"
    return replace(plain, board=board_of(new.board), corrected=at, correction=new.id)


def unsigned(number: int, one: Chosen) -> Line:
    """The line of a photo whose rows differ from its record: no file, and nothing that is not
    signed."""
    found = one.finding
    record, promised, owner = found.record, found.promised, found.owner
    bare = Line(
        number, "", "", "", "", "", "", "", "", "", one.photo.id, "", "", "", {},
        manifest.LOST["unsigned"],
    )  # fmt: skip
    if record is None or promised is None or owner is None:
        return bare
    return replace(
        bare,
        taken=f"{clock.in_seoul(promised.captured_at):%Y-%m-%d %H:%M:%S}",
        who=owner.person_id,
        trip=record.trip or "",
        site=site_of(record.board, record.place),
        place=record.place or "",
        phase=promised.phase,
        source=promised.source,
        record_id=record.id,
        sha256=promised.sha256.hex(),
        board=record.board,
    )


def with_people(organisation_id: str, lines: list[Line]) -> list[Line]:
    """The lines with names and departments in place of ids."""
    known = people.list_by_ids(organisation_id, {one.who for one in lines})
    return [
        replace(one, who=known[one.who].name, department=known[one.who].department)
        if one.who in known
        else replace(one, who="")
        for one in lines
    ]
