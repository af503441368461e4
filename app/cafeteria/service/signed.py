"""Signed texts of addresses, in the one way in which we write them.

The danger removed here: a signature in base64 may be written in many ways that all verify (signs
that are no base64 are passed over, the last one has bits that say nothing), so that whoever has one
good address could make as many as they like: each would be remembered anew, and stand in pages.
"""

from __future__ import annotations

import re
from typing import Final

from itsdangerous import Serializer

MOST: Final = 200  # characters; ours have fewer
SIGNS: Final = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)


def is_ours(serializer: Serializer[str], text: str) -> bool:
    """Whether a text is signed by us, as we write it."""
    if len(text) > MOST or not SIGNS.fullmatch(text):
        return False
    value, _, given = text.rpartition(".")
    return serializer.make_signer(serializer.salt).get_signature(value) == given.encode()
