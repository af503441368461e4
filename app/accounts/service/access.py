"""The access log (열람 기록): who looked at what of whom, when and why."""

from __future__ import annotations

from sqlalchemy import insert

from app.accounts.models import AccessRecord
from app.core import clock, db
from app.core.guard import Viewer
from app.core.ids import new_id


def record_view(viewer: Viewer, subject_id: str, what: str, target_id: str, why: str) -> None:
    """Write one entry; it is never changed afterwards (a trigger holds that)."""
    db.run(
        insert(AccessRecord).values(
            id=new_id(),
            organisation_id=viewer.organisation_id,
            viewer_id=viewer.person_id,
            subject_id=subject_id,
            what=what,
            target_id=target_id,
            why=why[:200],
            at=clock.now(),
        )
    )


def record_act(viewer: Viewer, subject_id: str, what: str, why: str) -> None:
    """Write down what an administrator did to a person's account, for that person to read."""
    record_view(viewer, subject_id, what, subject_id, why)
