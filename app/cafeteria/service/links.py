"""Links for the kitchen's phone and for screens on walls.

A link is signed (itsdangerous) and names its row, which can be revoked: then it opens nothing, at
once. It does not expire by itself: the old phone in the kitchen is never signed in anew.
"""

from __future__ import annotations

from typing import Final

from itsdangerous import URLSafeSerializer
from sqlalchemy import func, insert, update

from app.cafeteria.models import Link
from app.cafeteria.queries import links
from app.cafeteria.queries.links import LinkRow
from app.cafeteria.rules.refusals import LinkRevoked, LinkUnknown
from app.cafeteria.rules.settings_refusals import TooManyLinks
from app.cafeteria.service import signed
from app.core import clock, db, http
from app.core.errors import NotFound
from app.core.ids import new_id
from app.trips.service import drawings

KINDS: Final = ("kiosk", "wall")
MOST: Final = 30  # of a canteen, that work
USED_EVERY_S: Final = 3600  # its use is written down no more often


def _signer(kind: str) -> URLSafeSerializer:
    return URLSafeSerializer(http.secrets().cookies, salt=f"canteen {kind} link")


def make_link(canteen_id: str, kind: str, name: str) -> str:
    """Make a link in the open transaction; its id.

    Raises:
        TooManyLinks: the canteen has as many as it may.
    """
    if sum(one.revoked_at is None for one in links.list_links(canteen_id)) >= MOST:
        raise TooManyLinks
    link_id = new_id()
    row = {"id": link_id, "canteen_id": canteen_id, "kind": kind, "name": name}
    db.run(insert(Link).values(**row, created_at=clock.now()))
    return link_id


def text_of(link_id: str, kind: str) -> str:
    """What stands in a link's address after /canteen/kiosk/ or /canteen/wall/."""
    return str(_signer(kind).dumps(link_id))


def address_of(link: LinkRow) -> str:
    """The whole address of a link, as a phone opens it."""
    return f"{http.config().public_url}/canteen/{link.kind}/{text_of(link.id, link.kind)}"


def draw_link(link: LinkRow) -> bytes:
    """The QR of a link's address, as SVG."""
    return drawings.draw_address(address_of(link))


def get_link(organisation_id: str, canteen_id: str, link_id: str) -> LinkRow:
    """A link of an organisation's canteen, revoked or not.

    Raises:
        NotFound: there is none of that id, or it is another canteen's.
    """
    found = links.find_link(link_id)
    if found is None or (found.organisation_id, found.canteen_id) != (organisation_id, canteen_id):
        raise NotFound
    return found


def revoke_link(canteen_id: str, link_id: str) -> None:
    """Let a link of a canteen open nothing any more (open transaction).

    Raises:
        NotFound: the canteen has no such link.
    """
    mine = (Link.id == link_id, Link.canteen_id == canteen_id)
    first = func.coalesce(Link.revoked_at, clock.now())
    if not db.run(update(Link).where(*mine).values(revoked_at=first)):
        raise NotFound


def open_link(text: str, kind: str) -> LinkRow:
    """The link of an address.

    Raises:
        LinkUnknown: we never made it. LinkRevoked: it opens nothing any more.
    """
    signer = _signer(kind)
    if not signed.is_ours(signer, text):
        raise LinkUnknown
    found = links.find_link(str(signer.loads(text)))
    if found is None or found.kind != kind:
        raise LinkUnknown
    if found.revoked_at is not None:
        raise LinkRevoked
    return found


def note_use(link: LinkRow) -> bool:
    """Write down in the open transaction that a link was used, once an hour; whether it was."""
    now = clock.now()
    if now - (link.used_at or 0) < USED_EVERY_S:
        return False
    db.run(update(Link).where(Link.id == link.id).values(used_at=now))
    return True


def check_wall(link_id: str) -> None:
    """See that the link of a wall screen still works.

    Raises:
        NotFound: there is none. LinkRevoked: it opens nothing any more.
    """
    found = links.find_link(link_id)
    if found is None:
        raise NotFound
    if found.revoked_at is not None:
        raise LinkRevoked
