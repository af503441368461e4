"""What is asked for in a crawl, and what a page gave: plain values that can be kept as JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from app.directory.rules.row import Row

# What is wrong with a page so that nothing of it can be believed: it is asked again, then given up.
FATAL: Final = frozenset(
    {"no-table", "no-column", "no-links", "fault-words", "not-json", "not-xml", "api-code",
     "no-path", "not-html"}
)  # fmt: skip
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Wanted:
    """A page to ask for: where, with which form, how deep in the tree, as which page of its list,
    and which department the way to it has named. `path` puts pages in the order of the site."""

    url: str
    form: Pairs | None = None
    level: int = 0
    number: int = 1
    given: Pairs = ()
    path: str = "0000"
    chain: str = ""

    @property
    def key(self) -> str:
        """What makes it the same page in another round, in hex."""
        said = [self.url, self.form, self.level, self.given]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def wanted_of(text: str) -> Wanted:
    """A wanted page as it was kept."""
    given: dict[str, Any] = json.loads(text)
    for name in ("form", "given"):
        if given[name] is not None:
            given[name] = tuple((str(key), str(value)) for key, value in given[name])
    return Wanted(**given)


@dataclass(frozen=True)
class Problem:
    """Something wrong with a page: a code, and what it is about."""

    code: str
    detail: str = ""


@dataclass(frozen=True)
class Found:
    """What a page gave."""

    rows: tuple[Row, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    problems: tuple[Problem, ...] = ()
    headers: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    total: int | None = None
    asked_of: str = field(default="", compare=False)

    @property
    def fatal(self) -> Problem | None:
        """Why the page cannot be believed, or None."""
        return next((one for one in self.problems if one.code in FATAL), None)


def found_to_json(found: Found) -> str:
    """What a page gave, as it is kept until it changes."""
    kept = {
        "rows": [list(asdict(row).values()) for row in found.rows],
        "wanted": [one.to_json() for one in found.wanted],
        "problems": [[one.code, one.detail] for one in found.problems],
        "headers": list(found.headers), "fields": list(found.fields), "total": found.total,
    }  # fmt: skip
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def found_of(text: str) -> Found:
    """What a page gave, as it was kept."""
    kept = json.loads(text)
    return Found(
        tuple(Row(*row) for row in kept["rows"]), tuple(map(wanted_of, kept["wanted"])),
        tuple(Problem(*one) for one in kept["problems"]), tuple(kept["headers"]),
        tuple(kept["fields"]), kept["total"],
    )  # fmt: skip


def with_parameter(url: str, name: str, value: object) -> str:
    """An address with one parameter of its query set, the others as they were."""
    parts = urlsplit(url)
    mark = f"{quote(name, safe='')}="
    kept = [one for one in parts.query.split("&") if one and not one.startswith(mark)]
    return parts._replace(query="&".join([*kept, f"{mark}{quote(str(value), safe='')}"])).geturl()


def encoded_form(form: Pairs, encoding: str) -> bytes:
    """A form's body in the encoding of the site's pages; what it cannot write becomes `?`."""
    return urlencode(form, encoding=encoding or "utf-8", errors="replace").encode("ascii")


def parameters(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
