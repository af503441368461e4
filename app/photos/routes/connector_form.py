"""What an administrator types about a connector, checked at the door."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

DAYS = (0, 1, 7, 30)


def _plain(text: str) -> str:
    if any(unicodedata.category(sign) in {"Cc", "Cf"} for sign in text):
        raise ValueError("no control characters, and none that turn the direction of writing")
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_plain)
]
Short = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_plain)]


class Door(BaseModel):
    """The base: values are checked and do not change."""

    model_config = ConfigDict(frozen=True)


class SecretForm(Door):
    """An account and its secret; an empty secret means none."""

    account: Annotated[Short, Field(max_length=80)] = ""
    secret: Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)] = ""


class ConnectorForm(SecretForm):
    """A new connector; `days` is for how many days back photos are handed over too."""

    kind: Literal["folder", "webdav", "webhook"]
    name: Annotated[Line, Field(max_length=80)]
    address: Annotated[Line, Field(max_length=400)]
    ack: Literal["wait", "read"] = "wait"
    days: Annotated[int, Field(ge=0, le=30)] = 0


class ChangeForm(SecretForm):
    """A connector's correction; its kind stays, and an empty secret keeps the one there is."""

    name: Annotated[Line, Field(max_length=80)]
    address: Annotated[Line, Field(max_length=400)]
    ack: Literal["wait", "read"] = "wait"


class RemoveForm(Door):
    """Removing a connector: only who says so means it."""

    sure: Literal["1"]


class GiveUpForm(Door):
    """Giving up what waits for a connector, said likewise."""

    given_up: Literal["1"]


class SwitchForm(Door):
    """Switching on or off."""

    on: bool = False
    days: Annotated[int, Field(ge=0, le=30)] = 0
