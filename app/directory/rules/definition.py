"""How an office's staff pages are read: a declaration, checked, without code in it.

The dangers removed here: a definition that asks for what it must not (other hosts, secrets in an
address), never ends, or holds a pattern that a page can make run for hours: there are selectors
and templates, and no regular expressions. docs/formats/source-definition.md describes it.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from app.directory.rules import template
from app.directory.rules.template import BadTemplate

FieldName = Literal["name", "bureau", "department", "team", "position", "duty", "phone", "fax"]
Level = Literal["bureau", "department", "team", ""]
KEY_HOLE: Final = "{key}"
_EMPTY = LexborHTMLParser("<p></p>")


def _selector(text: str) -> str:
    try:
        _EMPTY.css(text)
    except SelectolaxError as error:
        raise ValueError("selector") from error
    return text


def _template(text: str) -> str:
    try:
        template.compiled(text)
    except BadTemplate as error:
        raise ValueError("template") from error
    return text


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        named = parts.scheme in {"http", "https"} and parts.hostname and parts.username is None
    except ValueError as error:
        raise ValueError("address") from error
    if not named or any(sign <= " " for sign in text):
        raise ValueError("address")
    return text


Line = Annotated[str, Field(max_length=200)]
Selector = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_selector)]
Template = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_template)]
Address = Annotated[str, Field(min_length=8, max_length=1000), AfterValidator(_address)]


class Part(BaseModel):
    """The base: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tree(Part):
    """A level of the department tree: each link leads to a page of the next level, or to people."""

    links: Selector
    attribute: Line = "href"
    call: Line = ""  # the name of a function in the attribute, whose arguments are {1}, {2} …
    url: Line = ""  # where a link leads: {1}, {2} … of the call, or {value} of the attribute
    form: dict[Line, Line] = {}
    gives: Level = "department"  # what the link's text is the name of
    skip: tuple[Line, ...] = ()  # texts of links that are no departments


class Pagination(Part):
    """How a list goes on: a parameter that counts, or a link."""

    parameter: Line = ""
    first: Annotated[int, Field(ge=0, le=10_000)] = 1
    step: Annotated[int, Field(ge=1, le=1000)] = 1
    last: Annotated[int, Field(ge=0, le=100_000)] | None = None
    next: Selector | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.parameter) == bool(self.next):
            raise ValueError("one-way")
        return self


class Table(Part):
    """Tables with a header; the header may be a table of its own."""

    select: Selector = "table"
    header: Selector | None = None
    section: Level = ""  # what a row of one wide cell is the name of


class Source(Part):
    """Where a field comes from: columns by their header, or a selector within a row."""

    column: tuple[Line, ...] = ()
    select: Selector | None = None
    attribute: Line = ""
    constant: Line = ""


class Split(Part):
    """A field that holds several: `{position} {name}`, `{department}({position})`."""

    field: FieldName
    into: Template


class Total(Part):
    """Where the page says how many people there are: the first number of the element's text."""

    select: Selector


class Api(Part):
    """An open-data API: the path to its rows, its result code, its total."""

    format: Literal["json", "xml"] = "json"
    rows: Line
    code: Line = ""
    good: tuple[Line, ...] = ()
    total: Line = ""


class Definition(Part):
    """How one office's people are found."""

    version: Literal[1] = 1
    note: Annotated[str, Field(max_length=500)] = ""  # for people; not compared
    kind: Literal["pages", "api"] = "pages"
    start: Annotated[tuple[Address, ...], Field(min_length=1, max_length=200)]
    codes: Annotated[tuple[Line, ...], Field(max_length=1000)] = ()  # each fills {code} of `start`
    hosts: Annotated[tuple[Line, ...], Field(max_length=10)] = ()  # allowed beside those of `start`
    method: Literal["GET", "POST"] = "GET"
    form: dict[Line, Line] = {}
    session: Address | None = None  # asked first, for its cookies
    encoding: Line = ""
    delay_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    most_pages: Annotated[int, Field(ge=1, le=3000)] = 500
    every_days: Annotated[int, Field(ge=1, le=31)] = 1
    tree: Annotated[tuple[Tree, ...], Field(max_length=3)] = ()
    pages: Pagination | None = None
    table: Table | None = None
    rows: Selector | None = None  # instead of `table`: an element for each person
    headings: dict[Literal["bureau", "department", "team"], Selector] = {}
    fields: dict[FieldName, Source] = {}
    split: Annotated[tuple[Split, ...], Field(max_length=9)] = ()
    fill: tuple[FieldName, ...] = ()  # an empty cell means what stands above it
    lines: bool = False  # line breaks of the source are breaks of the text (white-space: pre-line)
    total: Total | None = None
    api: Api | None = None
    empty: tuple[Line, ...] = ()  # words of a page that rightly holds nobody
    faults: tuple[Line, ...] = ()  # words of a page that says that it is out of order
    needs: tuple[FieldName, ...] = ("phone",)
    must_keep: Annotated[float, Field(ge=0, le=1)] = 0.5

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.kind == "api") != (self.api is not None):
            raise ValueError("api")
        if self.kind == "api" and (self.table or self.rows or self.tree or self.headings):
            raise ValueError("api")
        if self.kind == "pages" and bool(self.table) == bool(self.rows):
            raise ValueError("table-or-rows")
        if self.rows and not any(one.select for one in self.fields.values()):
            raise ValueError("row-fields")
        if bool(self.codes) != any("{code}" in one for one in self.start):
            raise ValueError("codes")
        return self

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The hosts, with their ports, that links may lead to."""
        return frozenset({*(urlsplit(one).netloc.lower() for one in self.start), *self.hosts})

    @property
    def needs_key(self) -> bool:
        """Whether a key of the office's API must be put in."""
        return KEY_HOLE in self.to_json()

    def to_json(self) -> str:
        """The form that is stored: what is not the default, always in the same order."""
        return self.model_dump_json(exclude_defaults=True, indent=1, ensure_ascii=False)

    @property
    def digest(self) -> str:
        """What makes two definitions the same, in hex."""
        plain = self.model_copy(update={"note": ""})
        return hashlib.sha256(plain.to_json().encode()).hexdigest()


def read(text: str) -> Definition:
    """A definition from its JSON.

    Raises:
        pydantic.ValidationError: with what is wrong where.
    """
    return Definition.model_validate_json(text)


def faults_of(errors: list[Any]) -> list[tuple[str, str]]:
    """Where a definition is wrong, and a code of what: from pydantic's list of errors."""
    found = []
    for one in errors:
        context = one.get("ctx", {}).get("error")
        where = ".".join(str(part) for part in one["loc"])
        found.append((where, str(context) if context else str(one["type"])))
    return found


def line_of(text: str) -> tuple[int, int] | None:
    """Line and column (from 1) at which a text stops being JSON; None when it is."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno, error.colno
    return None
