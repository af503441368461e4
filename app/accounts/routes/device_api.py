"""What a phone asks for at first use: the consent text, agreement, its key's enrolment."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.accounts.rules.device import device_label
from app.accounts.schemas import ConsentIn, DeviceIn
from app.accounts.service import consents, devices
from app.core import pages
from app.core.db import transaction
from app.core.guard import get_viewer
from app.core.ids import from_b64u

bp = Blueprint("device_api", __name__)


@bp.get("/api/consent")
def read_consent() -> ResponseReturnValue:
    """The text in the language of the page, and whether it is agreed to."""
    text = consents.current_text(pages.locale())
    agreement = consents.find_agreement(get_viewer().person_id)
    return jsonify(
        version=text.version.hex(),
        title=text.title,
        paragraphs=[{"heading": heading, "body": body} for heading, body in text.paragraphs],
        agreed=consents.is_in_force(agreement),
    )


@bp.post("/api/consent")
def agree() -> ResponseReturnValue:
    """Agree to the text that the page showed."""
    given = ConsentIn.model_validate_json(request.get_data())
    with transaction():
        agreed_at = consents.agree_as(get_viewer(), bytes.fromhex(given.version))
    return jsonify(agreed=True, agreed_at=agreed_at)


@bp.post("/api/consent/withdraw")
def withdraw() -> ResponseReturnValue:
    """Withdraw; from now on no stamp is accepted."""
    with transaction():
        consents.withdraw(get_viewer().person_id)
    return jsonify(agreed=False)


@bp.post("/api/devices")
def enrol() -> ResponseReturnValue:
    """Enrol the phone's public key."""
    given = DeviceIn.model_validate_json(request.get_data())
    label = given.label or device_label(request.headers.get("User-Agent", ""))
    key = (from_b64u(given.x), from_b64u(given.y), from_b64u(given.proof))
    with transaction():
        kid = devices.enrol_device(get_viewer(), *key, label)
    return jsonify(kid=kid.hex(), state="active")
