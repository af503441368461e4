"""What a phone needs to know before it can make stamps without a network."""

from __future__ import annotations

from typing import Any

from app.accounts.service import consents, devices, people, sign_in
from app.core import clock, http
from app.core.guard import Viewer
from app.core.ids import b64u
from app.trips.queries import stamps as stamps_q
from app.trips.service import keys

VERSION = "1"


def needs_set_up() -> bool:
    """True until somebody has made the first organisation."""
    return people.needs_set_up()


def is_prepared(viewer: Viewer) -> bool:
    """Whether `prepare` would have nothing to write."""
    year = clock.seoul_day(clock.now()).year
    known = keys.audit_key_of(viewer.organisation_id, year) is not None
    return known and not sign_in.is_unseen(viewer)


def prepare(viewer: Viewer) -> None:
    """Remember that the person is here, and see that the organisation has this year's audit key
    (in the open transaction)."""
    sign_in.mark_seen(viewer)
    keys.make_audit_key(viewer.organisation_id, clock.seoul_day(clock.now()).year)


def describe(viewer: Viewer | None, kid: str) -> dict[str, Any]:
    """The answer of /api/state: see docs/formats/api.md.

    Args:
        viewer: who asks, or None.
        kid: hex id of the phone's key, to learn whether it is still good.
    """
    config = http.config()
    answer: dict[str, Any] = {
        "server_time": clock.now(),
        "demo": config.demo,
        "public_url": config.public_url,
        "version": VERSION,
        "signed_in": viewer is not None,
        "person": None,
        "consent": None,
        "audit_key": None,
        "receipt_key": None,
        "device": _device(viewer, kid),
    }
    if viewer is not None:
        answer.update(_personal(viewer))
    return answer


def _personal(viewer: Viewer) -> dict[str, Any]:
    agreement = consents.find_agreement(viewer.person_id)
    year = clock.seoul_day(clock.now()).year
    audit, receipt = keys.audit_key_of(viewer.organisation_id, year), keys.receipt_key()
    return {
        "person": {
            "id": viewer.person_id,
            "name": viewer.name,
            "staff_number": viewer.staff_number,
            "department": viewer.department,
            "role": viewer.role,
            "organisation": {
                "code": viewer.organisation_code,
                "name": viewer.organisation_name,
            },
        },
        "consent": {
            "version": consents.current_text("ko").version.hex(),
            "agreed": consents.is_in_force(agreement),
            "agreed_at": agreement.agreed_at if agreement else None,
            "withdrawn": agreement is not None and agreement.withdrawn_at is not None,
        },
        "audit_key": audit
        and {"kid": audit.kid.hex(), "x": b64u(audit.x), "y": b64u(audit.y), "year": audit.year},
        "receipt_key": {"kid": receipt.kid.hex(), "x": b64u(receipt.x), "y": b64u(receipt.y)},
    }


def _device(viewer: Viewer | None, kid: str) -> dict[str, str] | None:
    """How the key stands, for its owner; whoever is signed out learns of a revocation only: a lost
    phone was signed out with it, and must know why its stamps are worth nothing."""
    if not kid:
        return None
    try:
        device = devices.find_device(bytes.fromhex(kid))
    except ValueError:
        device = None
    if viewer is None:
        revoked = device is not None and device.state == "revoked"
        return {"kid": kid, "state": "revoked"} if revoked else None
    mine = device is not None and device.person_id == viewer.person_id
    return {"kid": kid, "state": device.state if device is not None and mine else "unknown"}


def newest_stamp(organisation_id: str) -> int:
    """When the organisation's newest stamp arrived (Unix seconds), whatever time a phone wrote into
    it; 0 when there is none."""
    return stamps_q.find_newest_arrival(organisation_id)
