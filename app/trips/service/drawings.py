"""Outlines and QRs for whoever may see them."""

from __future__ import annotations

from app.core import http
from app.core.errors import NotFound
from app.trips.gateways import places
from app.trips.gateways.outlines import Outline, find_outline
from app.trips.gateways.qr import qr_svg
from app.trips.rules.token import token_from_text, url_for_token


def warm() -> None:
    """Load the boundaries, so that no stamp waits for them."""
    places.warm()


def get_outline(code: str) -> Outline:
    """The outline of the municipality (시군구) with this 5-digit code.

    Raises:
        NotFound: when there is none.
    """
    found = find_outline(code)
    if found is None:
        raise NotFound
    return found


def draw_qr(text: str) -> bytes:
    """The QR of a token, given as base32 or URL, as SVG.

    Raises:
        Damaged: when the text is no token's.
    """
    return qr_svg(url_for_token(http.config().public_url, token_from_text(text)))


def draw_address(url: str) -> bytes:
    """The QR of an address of ours that is no token's, as SVG."""
    return qr_svg(url)
