"""Rows out of the answer of an open-data API, in JSON or XML."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET  # a document type, and with it every entity, is refused
from collections.abc import Iterable
from typing import Any, Final

from app.directory.rules import staff_columns
from app.directory.rules.definition import Api, Definition
from app.directory.rules.found import Problem

MOST_ROWS: Final = 20_000
NOTHING: Final = frozenset({"03", "3", "NODATA_ERROR", "INFO-200"})  # "there is no (more) data"
Read = tuple[list[dict[str, str]], list[Problem], int | None]


def read(definition: Definition, text: str) -> Read:
    """Rows by field, what is wrong, and how many there are in all where that is said."""
    rule = definition.api
    if rule is None:
        return [], [Problem("no-path")], None
    try:
        answer = json.loads(text) if rule.format == "json" else _from_xml(text)
    except (ValueError, ET.ParseError, RecursionError):
        return [], [Problem(f"not-{rule.format}")], None
    code = str(_at(answer, rule.code) or "") if rule.code else ""
    if code in NOTHING:
        return [], [], _number(_at(answer, rule.total))
    if rule.code and rule.good and code not in rule.good:
        return [], [Problem("api-code", code[:60])], None
    return _rows(definition, rule, answer)


def _rows(definition: Definition, rule: Api, answer: Any) -> Read:
    found = _at(answer, rule.rows)
    total = _number(_at(answer, rule.total))
    items = found if isinstance(found, list) else [found] if isinstance(found, dict) else None
    if items is None:
        return [], ([] if found in ("", None) and total == 0 else [Problem("no-path")]), total
    rows = [one for one in items[:MOST_ROWS] if isinstance(one, dict)]
    columns = _columns(definition, {name for one in rows for name in one})
    read = [{field: _text(one.get(name)) for field, name in columns.items()} for one in rows]
    missing = [one for one in definition.needs if rows and one not in columns]
    return read, [Problem("no-column", one) for one in missing], total


def _columns(definition: Definition, names: Iterable[str]) -> dict[str, str]:
    """Which member of a row each field is."""
    ordered = sorted(names)
    wanted = {str(field): one.column for field, one in definition.fields.items() if one.column}
    found = staff_columns.columns_of(ordered, wanted)
    return {field: ordered[at] for field, at in found.items()}


def _at(answer: Any, path: str) -> Any:
    """What stands at a path of names with dots between them; None when nothing does."""
    for name in path.split(".") if path else ():
        if not isinstance(answer, dict):
            return None
        answer = answer.get(name)
    return answer if path else None


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _number(value: Any) -> int | None:
    text = _text(value)
    return int(text[:9]) if text.isascii() and text.isdigit() else None


def _from_xml(text: str) -> Any:
    """A document as dictionaries; elements that come several times become a list."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("a document type")
    root = ET.fromstring(text.strip().encode())  # noqa: S314  without entities, see above
    return {root.tag: _member(root, 0)}


def _member(element: ET.Element, depth: int) -> Any:
    if not len(element) or depth > 20:
        return (element.text or "").strip()
    found: dict[str, Any] = {}
    for one in element:
        value = _member(one, depth + 1)
        before = found.get(one.tag)
        if before is None:
            found[one.tag] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            found[one.tag] = [before, value]
    return found
