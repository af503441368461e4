"""What an administrator types about a source, checked at the door."""

from __future__ import annotations

import json
import unicodedata
from typing import Annotated, Any

from flask_babel import gettext
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from app.core.errors import field_messages
from app.directory.rules import crawl_words
from app.directory.rules import definition as definition_r
from app.directory.rules.definition import Definition
from app.directory.service.sources import Given


def _plain(text: str) -> str:
    if any(unicodedata.category(sign) in {"Cc", "Cf"} for sign in text):
        raise ValueError("no control characters, and none that turn the direction of writing")
    return text


class SourceForm(BaseModel):
    """A source: its office, its name, its definition; the simple fields make one when there is
    none yet."""

    model_config = ConfigDict(frozen=True)
    office: int
    label: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_plain)
    ] = Field(max_length=120)
    key: Annotated[str, Field(max_length=200), AfterValidator(_plain)] = ""
    definition: Annotated[str, Field(max_length=40_000)] = ""
    url: Annotated[str, StringConstraints(strip_whitespace=True), Field(max_length=1000)] = ""
    table: Annotated[str, StringConstraints(strip_whitespace=True), Field(max_length=300)] = ""
    parameter: Annotated[str, StringConstraints(strip_whitespace=True), Field(max_length=100)] = ""


class SwitchForm(BaseModel):
    """Switching on or off."""

    model_config = ConfigDict(frozen=True)
    on: bool = False


class SeenForm(BaseModel):
    """Taking an alarm as seen; `anyway` takes what is there now as right."""

    model_config = ConfigDict(frozen=True)
    anyway: bool = False


def read(given: dict[str, str]) -> tuple[Given | None, dict[str, Any]]:
    """What was typed, or what is wrong with it by field; `definition` has a list of lines."""
    try:
        form = SourceForm.model_validate(given)
    except ValidationError as error:
        return None, dict(field_messages(error))
    text = form.definition.strip() or _simple(form)
    made, faults = _definition(text)
    if made is None:
        return None, {"definition": faults}
    return Given(form.office, form.label, made, form.key), {}


def _simple(form: SourceForm) -> str:
    """A definition out of the simple fields."""
    made: dict[str, Any] = {"start": [form.url], "table": {"select": form.table or "table"}}
    if form.parameter:
        made["pages"] = {"parameter": form.parameter}
    return json.dumps(made, ensure_ascii=False)


def _definition(text: str) -> tuple[Definition | None, list[str]]:
    place = definition_r.line_of(text)
    if place is not None:
        row, column = place
        said = gettext(
            "%(row)s번째 줄 %(column)s번째 글자에서 JSON 형식이 깨졌습니다.", row=row, column=column
        )
        return None, [str(said)]
    try:
        return definition_r.read(text), []
    except ValidationError as error:
        found = definition_r.faults_of(error.errors(include_url=False, include_input=False))
        return None, [f"{where or '{}'}: {crawl_words.fault(code)}" for where, code in found[:10]]
