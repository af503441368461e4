"""What comes in, checked once at the door."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from app.core.ids import from_b64u


def _base64url(text: str) -> str:
    from_b64u(text)
    return text


# A record of 16 KiB is 21,846 signs; a longer one is told by its own reason.
Bytes = Annotated[
    str, StringConstraints(min_length=1, max_length=40_000), AfterValidator(_base64url)
]


class RecordIn(BaseModel):
    """A record of photos from a phone: its COSE_Sign1."""

    model_config = ConfigDict(frozen=True)
    cose_sign1: Bytes
