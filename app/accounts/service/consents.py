"""Location consent (위치정보 동의): given, shown, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, update

from app.accounts import gateways
from app.accounts.models import Consent
from app.accounts.queries import privacy as privacy_q
from app.accounts.queries.privacy import Agreement
from app.accounts.rules.refusals import OldConsentText
from app.core import clock, db
from app.core.errors import Forbidden
from app.core.guard import Viewer
from app.core.ids import new_id


@dataclass(frozen=True)
class AgreedText:
    """A text that a person agreed to, once or anew after a withdrawal, newest first; `text` is None
    when the product has it no more."""

    version: bytes
    text: gateways.ConsentText | None
    agreements: tuple[Agreement, ...]


def current_text(language: str) -> gateways.ConsentText:
    """The consent text that holds now, in `ko` or `en`."""
    return gateways.consent_text(language)


def find_agreement(person_id: str) -> Agreement | None:
    """The person's newest consent."""
    return privacy_q.find_agreement(person_id)


def list_agreements(person_id: str) -> list[Agreement]:
    """Every consent a person gave, newest first."""
    return privacy_q.list_agreements(person_id)


def list_agreed_texts(person_id: str, language: str) -> list[AgreedText]:
    """Every text that a person agreed to, the newest agreement's first."""
    kept: dict[bytes, list[Agreement]] = {}
    for agreement in privacy_q.list_agreements(person_id):
        kept.setdefault(agreement.version, []).append(agreement)
    return [
        AgreedText(version, gateways.find_consent_text(version, language), tuple(agreements))
        for version, agreements in kept.items()
    ]


def is_in_force(agreement: Agreement | None) -> bool:
    """Whether a consent covers a stamp made now: given, not withdrawn, for today's text."""
    return (
        agreement is not None
        and agreement.withdrawn_at is None
        and agreement.version == gateways.consent_text("ko").version
    )


def agree(person_id: str, version: bytes, at: int | None = None) -> int:
    """Record a consent; the moment (Unix seconds) from which it holds.

    Raises:
        OldConsentText: when the text changed after the page was opened.
    """
    if version != gateways.consent_text("ko").version:
        raise OldConsentText
    known = privacy_q.find_agreement(person_id)
    if known is not None and is_in_force(known):
        return known.agreed_at
    moment = clock.now() if at is None else at
    db.run(
        insert(Consent).values(id=new_id(), person_id=person_id, version=version, agreed_at=moment)
    )
    return moment


def agree_as(viewer: Viewer, version: bytes) -> int:
    """Record the consent of who is signed in; the moment (Unix seconds) from which it holds.

    Raises:
        OldConsentText: when the text changed after the page was opened.
        Forbidden: an operator.
    """
    if viewer.role == "operator":
        raise Forbidden  # an operator makes no stamps: there would be nothing to consent to
    return agree(viewer.person_id, version)


def withdraw(person_id: str) -> None:
    """Withdraw every consent of the person; collection stops at once."""
    db.run(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
    )
