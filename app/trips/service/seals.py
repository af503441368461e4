"""Sealing and opening what holds exact coordinates, with a key for each row."""

from __future__ import annotations

from app.core import http, keys
from app.core.errors import NotFound
from app.trips.queries import stamps as stamps_q
from app.trips.rules import cose
from app.trips.rules.claims import Claims, decode_claims


def seal(row_id: str, cose_sign1: bytes) -> tuple[bytes, bytes]:
    """Seal a COSE_Sign1 for the row of that id; gives (wrapped key, sealed)."""
    return keys.seal_row(http.secrets().rows, row_id, cose_sign1)


def open_claims(row_id: str, wrapped_key: bytes | None, sealed: bytes | None) -> Claims | None:
    """The claims that a row holds, or None once its retention is over."""
    if wrapped_key is None or sealed is None:
        return None
    cose_sign1 = keys.open_row(http.secrets().rows, row_id, wrapped_key, sealed)
    return decode_claims(cose.parse_sign1(cose_sign1).payload)


def holds(organisation_id: str, stamp_id: str, cose_sign1: bytes) -> bool:
    """Whether a stamp of the organisation holds that COSE_Sign1; False once its retention is over.

    Raises:
        NotFound: no such stamp there.
    """
    row = stamps_q.get_sealed(organisation_id, stamp_id)
    if row.wrapped_key is None or row.sealed is None:
        return False
    return keys.open_row(http.secrets().rows, stamp_id, row.wrapped_key, row.sealed) == cose_sign1


def get_claims(organisation_id: str, stamp_id: str) -> Claims:
    """The claims of a stamp of the organisation.

    Raises:
        NotFound: no such stamp there, or its retention is over.
    """
    row = stamps_q.get_sealed(organisation_id, stamp_id)
    claims = open_claims(stamp_id, row.wrapped_key, row.sealed)
    if claims is None:
        raise NotFound
    return claims
