"""A citizen's question to the audit office, asked on the page behind a QR."""

from __future__ import annotations

from sqlalchemy import insert, update

from app.core import clock, db, http
from app.core.errors import NotFound, TooManyTries
from app.core.ids import new_id
from app.core.keys import keyed_tag
from app.trips.models import Inquiry
from app.trips.queries import desk as desk_q
from app.trips.rules.refusals import TooManyDoubtful
from app.trips.service.verdict import Finding

HOUR = 3600
PER_ADDRESS = 5
PER_STAMP = 20
# Anybody can seal any bytes to an organisation: its audit key stands in every QR.
DOUBTFUL_PER_ORGANISATION = 30


def ask(finding: Finding, message: str, contact: str, address: str) -> None:
    """Keep a question for the audit office of the organisation that the token belongs to.

    Raises:
        NotFound: the token is sealed to no organisation here. Whose phone made it, and whether it
            is forged, does not matter: that is what people ask about.
        TooManyTries: too many questions from this address, or about this stamp, in an hour.
        TooManyDoubtful: no phone of the organisation made the token, and too many such tokens
            were asked about in an hour; questions about stamps of its phones go on.
    """
    if finding.organisation_id is None:
        raise NotFound
    tag = keyed_tag(http.secrets().addresses, f"address:{address}".encode())
    now = clock.now()
    mine, theirs = desk_q.count_inquiries_since(tag, finding.sha256, now - HOUR)
    if mine >= PER_ADDRESS or theirs >= PER_STAMP:
        raise TooManyTries(HOUR)
    if finding.signer is None:
        _check_doubtful(finding.organisation_id, now)
    db.run(
        insert(Inquiry).values(
            id=new_id(),
            organisation_id=finding.organisation_id,
            token_sha256=finding.sha256,
            token=finding.token,
            message=message,
            contact=contact,
            address=tag,
            at=now,
        )
    )


def _check_doubtful(organisation_id: str, now: int) -> None:
    if desk_q.count_doubtful_since(organisation_id, now - HOUR) >= DOUBTFUL_PER_ORGANISATION:
        raise TooManyDoubtful


def settle(organisation_id: str, inquiry_id: str) -> None:
    """Mark a question as dealt with.

    Raises:
        NotFound: the organisation has no such open question.
    """
    done = db.first(
        update(Inquiry)
        .where(
            Inquiry.id == inquiry_id,
            Inquiry.organisation_id == organisation_id,
            Inquiry.done_at.is_(None),
        )
        .values(done_at=clock.now())
        .returning(Inquiry.id)
    )
    if done is None:
        raise NotFound


def reopen(organisation_id: str, inquiry_id: str) -> None:
    """Take back that a question was dealt with; an open one stays open.

    Raises:
        NotFound: the organisation has no such question.
    """
    done = db.first(
        update(Inquiry)
        .where(Inquiry.id == inquiry_id, Inquiry.organisation_id == organisation_id)
        .values(done_at=None)
        .returning(Inquiry.id)
    )
    if done is None:
        raise NotFound


def list_ids(organisation_id: str) -> list[str]:
    """The ids of the organisation's newest inquiries, open ones first."""
    return [question.id for question in desk_q.list_questions(organisation_id, 1)]
