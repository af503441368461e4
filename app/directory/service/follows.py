"""Following: a person asks to be told when an entry, a department or a duty changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert

from app.core import clock, db
from app.core.errors import BadInput
from app.core.guard import Viewer
from app.core.ids import new_id
from app.directory.models import Follow
from app.directory.queries import entries as entries_q
from app.directory.queries import follows as follows_q
from app.directory.queries.entries import OfficeRow
from app.directory.queries.follows import FollowRow
from app.directory.rules import follows as follows_r
from app.directory.rules import told
from app.directory.rules.follow_refusals import TooManyFollows
from app.directory.service import library


@dataclass(frozen=True)
class Wish:
    """What somebody wants to follow. `target` is an entry's uid, a department's name or a duty's
    words; `office` 0 and `sido` "" are everywhere."""

    what: str
    target: str
    office: int = 0
    sido: str = ""


def follow(viewer: Viewer, wish: Wish) -> None:
    """Follow something, in the open transaction; the same again changes nothing.

    Raises:
        NotFound: there is no such entry, department or office.
        BadInput: the words are too short, or there is no such province.
        TooManyFollows: the person follows as much as one may.
    """
    target, label, office, sido = _described(wish)
    if follows_q.count_follows(viewer.person_id) >= follows_r.MOST:
        raise TooManyFollows
    row = {
        "id": new_id(), "person_id": viewer.person_id, "organisation_id": viewer.organisation_id,
        "what": wish.what, "office": office, "sido": sido, "target": target,
        "label": label[:200], "created_at": clock.now(),
    }  # fmt: skip
    db.run(insert(Follow).values(row).on_conflict_do_nothing())


def _described(wish: Wish) -> tuple[str, str, int, str]:
    """Target as it is kept, words for the list, office and province."""
    if wish.what == follows_r.ENTRY:
        entry = entries_q.get_entry(wish.target)
        facts = told.facts_of(vars(entry))
        post = " ".join(filter(None, (told.unit(facts), facts.position)))
        return entry.uid, f"{post}: {told.topic(facts)}", 0, ""  # no name: they come and go
    office = entries_q.get_office(wish.office) if wish.office else None
    if wish.what == follows_r.DEPARTMENT and office is not None:
        name = wish.target.strip()
        target = follows_r.department_target(name)
        if not target:
            raise _wrong("department", "missing")
        return target, name, office.number, ""
    target = follows_r.duty_target(wish.target)
    if wish.what != follows_r.DUTY or not target:
        raise _wrong("words", "too-short")
    if wish.sido and wish.sido not in {one.sido for one in entries_q.list_offices()}:
        raise _wrong("sido", "unknown")
    sido = "" if office else wish.sido
    return target, " ".join(wish.target.split()), office.number if office else 0, sido


def same_words(rows: Iterable[FollowRow]) -> dict[str, tuple[str, ...]]:
    """What means the same as the duties of some follows, now, by the follow's id."""
    known = library.synonyms()
    duties = (one for one in rows if one.what == follows_r.DUTY)
    return {one.id: follows_r.same_words(one.target, known) for one in duties}


def _wrong(field: str, reason: str) -> BadInput:
    return BadInput([{"field": field, "message": reason}], reason)


def unfollow(viewer: Viewer, follow_id: str) -> FollowRow:
    """Follow something no longer, in the open transaction.

    Returns:
        What it was, so that it can be put back.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    found = follows_q.get_follow(viewer.person_id, follow_id)
    own = (Follow.id == follow_id, Follow.person_id == viewer.person_id)
    db.run(delete(Follow).where(*own))
    return found


def put_back(viewer: Viewer, row: FollowRow) -> None:
    """Put back what was just removed, as it was: since when included, so that nothing is missed."""
    kept = vars(row) | {"person_id": viewer.person_id, "organisation_id": viewer.organisation_id}
    db.run(insert(Follow).values(kept).on_conflict_do_nothing())


@dataclass(frozen=True)
class Following:
    """What of an entry's page somebody follows: the ids of the follows, or None."""

    entry: str | None
    department: str | None


def of_entry(viewer: Viewer, uid: str, office: OfficeRow, department: str) -> Following:
    """Whether a person follows an entry or its department."""
    name = follows_r.department_target(department)
    own = follows_q.list_follows(viewer.person_id)
    entry = (one.id for one in own if one.what == follows_r.ENTRY and one.target == uid)
    unit = (
        one.id
        for one in own
        if one.what == follows_r.DEPARTMENT and one.office == office.number and one.target == name
    )
    return Following(next(entry, None), next(unit, None))
