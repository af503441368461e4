"""What comes in and goes out, checked once at the door."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from app.core.ids import from_b64u

KINDS = {1: "start", 2: "arrive", 4: "return"}


def _base64url(text: str) -> str:
    from_b64u(text)
    return text


Bytes = Annotated[str, StringConstraints(min_length=1, max_length=4096), AfterValidator(_base64url)]


class StampIn(BaseModel):
    """A stamp from a phone: the sealed token and the COSE_Sign1 that lies in it.

    `sent_at` is the phone's clock at the moment of sending (Unix seconds): the server learns from
    it whether that clock is right, however late the stamp comes.
    """

    model_config = ConfigDict(frozen=True)
    token: Bytes
    cose_sign1: Bytes
    sent_at: int | None = None


class VoidIn(BaseModel):
    """A void record, signed by the phone."""

    model_config = ConfigDict(frozen=True)
    cose_sign1: Bytes


class InquiryIn(BaseModel):
    """A citizen's question to the audit office."""

    model_config = ConfigDict(frozen=True)
    message: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=1000)]
    contact: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""


Json = dict[str, Any]
