"""What the public page says of a finding: plain words, a masked name, never coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import clock
from app.trips.rules.verdict import mask_name, short_code
from app.trips.rules.verdict_texts import MARKS, REASONS, TITLES, WHAT_NEXT
from app.trips.service.verdict import Finding


@dataclass(frozen=True)
class VerdictView:
    """The verdict in words; times are in Asia/Seoul; what could not be trusted is None."""

    state: str
    tone: str
    title: Any
    reason: Any
    what_next: Any
    organisation: str | None
    department: str | None
    name_masked: str | None
    kind: str | None
    captured_at: datetime | None
    received_at: datetime | None
    place: str | None
    marks: list[dict[str, Any]]
    short_code: str | None
    practice: bool


def describe(finding: Finding) -> VerdictView:
    """Put a finding into words. Of a person only what the claims say, and only when the
    signature holds."""
    verdict, claims, signer = finding.verdict, finding.claims, finding.signer
    return VerdictView(
        state=verdict.state,
        tone=verdict.tone,
        title=TITLES[verdict.state],
        reason=REASONS[verdict.reason],
        what_next=WHAT_NEXT[verdict.state],
        organisation=finding.organisation_name if claims else None,
        department=signer.department if signer else None,
        name_masked=mask_name(signer.name) if signer else None,
        kind=claims.kind_name if claims else None,
        captured_at=clock.in_seoul(claims.captured_at) if claims else None,
        received_at=clock.in_seoul(finding.stamp.received_at) if finding.stamp else None,
        place=finding.place,
        marks=[
            {"label": MARKS[mark][0], "explain": MARKS[mark][1]}
            for mark in finding.marks
            if mark in MARKS
        ],
        short_code=short_code(finding.sha256) if finding.sha256 else None,
        practice=claims.practice if claims else False,
    )
