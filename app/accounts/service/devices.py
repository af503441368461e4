"""Enrolling and revoking phones' keys."""

from __future__ import annotations

from sqlalchemy import insert, update

from app.accounts.models import DeviceKey
from app.accounts.queries import devices as devices_q
from app.accounts.queries.devices import Device, Signer
from app.accounts.rules.device import check_proof
from app.accounts.rules.refusals import KeyOfAnother, KeyWasRevoked
from app.core import clock, db
from app.core.errors import Forbidden, NotFound
from app.core.guard import Viewer


def find_signer(kid: bytes) -> Signer | None:
    """Whose key a key id (8 bytes) is."""
    return devices_q.find_signer(kid)


def find_device(kid: bytes) -> Device | None:
    """The device key of a key id (8 bytes)."""
    return devices_q.find_device(kid)


def enrol_device(viewer: Viewer, x: bytes, y: bytes, proof: bytes, label: str) -> bytes:
    """Enrol a phone's public key; the same key again changes nothing.

    Returns:
        The key id, 8 bytes.

    Raises:
        BadDeviceKey: no point of P-256, or no proof of the private half.
        KeyOfAnother: enrolled for somebody else.
        KeyWasRevoked: revoked before.
        Forbidden: an operator.
    """
    if viewer.role == "operator":
        raise Forbidden  # an operator runs the installation and makes no stamps
    kid = check_proof(x, y, viewer.person_id, proof)
    known = devices_q.find_device(kid)
    if known is None:
        add_device(viewer.organisation_id, viewer.person_id, (kid, x, y), label, clock.now())
    elif known.person_id != viewer.person_id:
        raise KeyOfAnother
    elif known.revoked_at is not None:
        raise KeyWasRevoked
    return kid


def add_device(
    organisation_id: str,
    person_id: str,
    key: tuple[bytes, bytes, bytes],
    label: str,
    at: int,
) -> None:
    """Store a device key: `key` is (kid, x, y), `at` Unix seconds."""
    kid, x, y = key
    db.run(
        insert(DeviceKey).values(
            kid=kid,
            organisation_id=organisation_id,
            person_id=person_id,
            x=x,
            y=y,
            label=label[:80],
            created_at=at,
        )
    )


def revoke_device(
    person_id: str, kid: bytes, by: str | None, reason: str, at: int | None = None
) -> None:
    """Revoke a key for ever; stamps received before stay valid.

    Args:
        by: the person who revokes; None only in the demonstration.
        at: Unix seconds; now, but for the demonstration's past.

    Raises:
        NotFound: when the person has no such living key.
    """
    done = db.first(
        update(DeviceKey)
        .where(
            DeviceKey.kid == kid,
            DeviceKey.person_id == person_id,
            DeviceKey.revoked_at.is_(None),
        )
        .values(
            revoked_at=clock.now() if at is None else at,
            revoked_by=by,
            revoke_reason=reason[:200],
        )
        .returning(DeviceKey.kid)
    )
    if done is None:
        raise NotFound
