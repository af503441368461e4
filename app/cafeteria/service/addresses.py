"""Signed addresses of what open pages ask for again and again.

The danger removed here: a question every few seconds of each open page that looks its person up
in the database. Such an address says by itself which canteen it may show, to whoever holds it, for
a day; one that was made for a screen on a wall names that screen's link, which can be revoked.
"""

from __future__ import annotations

from typing import Final

from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from app.cafeteria.rules.address_refusals import LiveExpired
from app.cafeteria.service import signed
from app.core import clock, http
from app.core.errors import NotFound

LIVES_S: Final = 26 * 3600  # a page that was opened in the morning lives until the next one


class _Signer(TimestampSigner):
    def get_timestamp(self) -> int:
        return clock.now()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(http.secrets().cookies, salt="canteen live", signer=_Signer)


def live_token(canteen_id: str, link_id: str = "") -> str:
    """What stands in an address after /api/canteen/live/ or /api/canteen/chart/.

    Args:
        canteen_id: of the canteen that it shows.
        link_id: of the link through which the page was opened; "" for who is signed in.
    """
    return str(_serializer().dumps([canteen_id, link_id]))


def read_token(text: str, max_age_s: int = LIVES_S) -> tuple[str, str]:
    """The canteen and the link (or "") of such an address.

    Raises:
        NotFound: we never made it. LiveExpired: it is too old.
    """
    serializer = _serializer()
    if not signed.is_ours(serializer, text):
        raise NotFound
    try:
        canteen_id, link_id = serializer.loads(text, max_age=max_age_s)
    except SignatureExpired as error:
        raise LiveExpired from error
    except (BadData, ValueError, TypeError) as error:
        raise NotFound from error
    return str(canteen_id), str(link_id)
