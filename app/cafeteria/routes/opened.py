"""Opening the links of kitchens and walls.

An office has one address for everybody who sits there, the kitchen too. So what a link does is
counted to the link, and to the address only what no link of ours is.
"""

from __future__ import annotations

from app.cafeteria.queries.links import LinkRow
from app.cafeteria.rules.refusals import LinkRevoked
from app.cafeteria.service import links
from app.core import guard
from app.core.errors import NotFound

A_MINUTE = 120


def open_link(text: str, kind: str) -> LinkRow:
    """The link of an address.

    Raises:
        NotFound: we never made it. LinkRevoked: it opens nothing any more. TooManyTries: it, or
            its network with other ones, was used too often.
    """
    try:
        found = links.open_link(text, kind)
    except (NotFound, LinkRevoked):
        guard.count(f"canteen {kind} wrong", guard.asking_network(), A_MINUTE)
        raise
    guard.count(f"canteen {kind}", found.id, A_MINUTE)
    return found
