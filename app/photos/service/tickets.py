"""Tickets: who handed in a record may send its photos, long after logging out.

The danger removed here: photos that wait in the phone until somebody logs in again. The signed
record says which bytes may come, so a ticket opens nothing but those.
"""

from __future__ import annotations

from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from app.core import clock, http
from app.photos.rules.refusals import BadTicket

LASTS_S = 30 * 24 * 3600
SALT = "photo-ticket"


class _Signer(TimestampSigner):
    """Signs by the house's clock."""

    def get_timestamp(self) -> int:
        return clock.now()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(http.secrets().cookies, SALT, signer=_Signer)


def give(record_id: str) -> str:
    """A new ticket for the photos of a record."""
    return _serializer().dumps(record_id)


def read(authorization: str | None) -> str:
    """The record that the header `Authorization: Bearer <ticket>` opens.

    Raises:
        BadTicket: there is none, it has expired, or somebody made it up.
    """
    scheme, _, ticket = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not ticket.strip():
        raise BadTicket("missing")
    try:
        return str(_serializer().loads(ticket.strip(), max_age=LASTS_S))
    except SignatureExpired:
        raise BadTicket("expired") from None
    except BadSignature:
        raise BadTicket("forged") from None
