"""How a webhook is signed and how its answer is read (Standard Webhooks 1.0).

The receiver recomputes HMAC-SHA-256 over `id.timestamp.body` with the shared secret; the id is the
delivery's key, so one that it has already is to be answered 409, or acknowledged again.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
from typing import Any, Final

from app.photos.rules.delivery import UNWELCOME_WAIT_S, Astray, Damaged, Unreachable, Unwelcome

PREFIX: Final = "whsec_"
ASK_LATER: Final = frozenset({408, 425, 429})
OF_THE_CONNECTOR: Final = frozenset({401, 403, 404, 405, 407})


class NoSecret(ValueError):
    """Nothing to sign with, so that anybody could sign: a secret that is blank, or a bare prefix.
    The message is a code that `delivery_words.reason` knows."""


def secret_bytes(secret: str) -> bytes:
    """The key that a secret stands for: base64 behind `whsec_`, else the text itself.

    Raises:
        NoSecret: there is none.
    """
    key = secret.encode()
    if secret.startswith(PREFIX):
        with contextlib.suppress(binascii.Error):
            key = base64.b64decode(secret.removeprefix(PREFIX).strip(), validate=True)
    if not key.strip():
        raise NoSecret("no-secret")
    return key


def signature(secret: bytes, key: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = f"{key}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def headers(secret: bytes, key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of one delivery."""
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, key, timestamp, body),
        "Idempotency-Key": key,
    }


def check_answer(
    status: int, body: bytes, key: str, retry_after: str = "", *, again: bool = False
) -> None:
    """Return when the answer acknowledges the delivery; that it is there already does so only
    when an earlier try may have left it there (`again`).

    Raises:
        Unreachable: try again later.
        Unwelcome: the other side does not want it; few tries.
        Damaged: it answered well and did not acknowledge.
    """
    if status == 409 and again:
        return  # it has this key already
    if 200 <= status < 300:
        if _acknowledged(body) != key:
            raise Damaged("no-ack").after_sending()
        return
    raise refusal(status, retry_after)


def refusal(status: int, retry_after: str = "") -> Unreachable | Unwelcome:
    """What a status that is no success means."""
    reason = f"status:{status}"
    if status >= 500 or status in ASK_LATER:
        wish = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0
        later = Unreachable(reason, min(wish, 3600))
        # One that broke may have kept the photo first.
        return later.after_sending() if status >= 500 else later
    if status in OF_THE_CONNECTOR:
        return Astray(reason)
    return Unwelcome(reason, UNWELCOME_WAIT_S)


def _acknowledged(body: bytes) -> Any:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found.get("ack") if isinstance(found, dict) else None
