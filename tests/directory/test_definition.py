"""Definitions: what is wrong is said and where, templates are matched in no time, the shipped ones
are right."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.directory.gateways import catalogue
from app.directory.rules import definition, health, template
from app.directory.rules.health import Shape
from app.directory.rules.template import BadTemplate

START = ["http://a.example/x"]
TABLE = {"select": "table"}
DAY_S = 86_400


def faults(made: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with a definition."""
    with pytest.raises(ValidationError) as caught:
        definition.read(json.dumps(made))
    return definition.faults_of(caught.value.errors())


@pytest.mark.parametrize(
    ("made", "where", "code"),
    [
        ({"start": START, "table": {"select": "td >"}}, "table.select", "selector"),
        ({"start": ["ftp://a.example/"], "table": TABLE}, "start.0", "address"),
        ({"start": ["http://u:p@a/"], "table": TABLE}, "start.0", "address"),
        ({"start": START, "table": TABLE, "rows": "li"}, "", "table-or-rows"),
        ({"start": START}, "", "table-or-rows"),
        ({"start": START, "rows": "li"}, "", "row-fields"),
        ({"start": START, "table": TABLE, "pages": {}}, "pages", "one-way"),
        ({"start": START, "table": TABLE, "kind": "api"}, "", "api"),
        ({"start": START, "table": TABLE, "codes": ["1"]}, "", "codes"),
        ({"start": START, "table": TABLE, "tabel": 1}, "tabel", "extra_forbidden"),
        ({"table": TABLE}, "start", "missing"),
        ({"start": START, "table": TABLE, "split": [{"field": "name", "into": "x"}]},
         "split.0.into", "template"),
        ({"start": START, "table": TABLE, "most_pages": 10**9}, "most_pages", "less_than_equal"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_where(made: dict[str, Any], where: str, code: str) -> None:
    assert (where, code) in faults(made)


def test_where_json_breaks_is_said() -> None:
    assert definition.line_of('{\n "a": 1,\n}') == (3, 1)
    assert definition.line_of("{}") is None


def test_what_is_stored_is_read_again_and_a_note_makes_no_other_definition() -> None:
    made = definition.read(json.dumps({"start": START, "table": TABLE, "note": "가"}))
    assert definition.read(made.to_json()) == made
    assert made.model_copy(update={"note": ""}).digest == made.digest
    assert made.model_copy(update={"lines": True}).digest != made.digest


def test_the_shipped_definitions_are_right_and_of_offices_that_exist() -> None:
    shipped = catalogue.read_sources()
    known = {office.name for office in catalogue.read_offices()}
    assert len(shipped) == len({one.name for one in shipped}) >= 6
    for one in shipped:
        assert one.office in known
        made = definition.read(one.definition)
        assert made.note
        assert made.needs_key is (made.kind == "api")


@pytest.mark.parametrize(
    ("into", "text", "found"),
    [
        ("{position} {name}", "팀장 강현숙", {"position": "팀장", "name": "강현숙"}),
        ("{position} {name}", "강현숙", {}),
        ("{department}({position})", "총무과 (과장)", {"department": "총무과", "position": "과장"}),
        ("tel:{phone}", "tel:055-1", {"phone": "055-1"}),
        ("{a}.{b}", "x*y", {}),
    ],
)
def test_a_template_takes_a_text_apart(into: str, text: str, found: dict[str, str]) -> None:
    assert template.matched(into, text) == found


@pytest.mark.parametrize("text", ["", "x", "{a}{b}", "{a} {a}", "{a} {b} {c} {d}", "{1} x", "{A}"])
def test_a_template_that_cannot_be_used_is_told(text: str) -> None:
    with pytest.raises(BadTemplate):
        template.compiled(text)


def test_no_text_makes_a_template_run_long() -> None:
    began = time.perf_counter()
    for text in ("(" * 300, " " * 300, "a " * 150, "a" * 10_000):
        template.matched("{a} {b}({c})", text)
        template.matched("{a} {b} {c}", text + "\n")
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("attribute", "found"),
    [
        ("javascript:go('A01', 3); return false", ["A01", "3"]), ('go("b")', ["b"]),
        ("go()", []), ("stop('a')", None), ("go('a", None), ("go('a''b')", None),
    ],
)  # fmt: skip
def test_arguments_of_a_call(attribute: str, found: list[str] | None) -> None:
    assert template.arguments(attribute, "go") == found


@given(st.text(max_size=100))
def test_no_attribute_raises(attribute: str) -> None:
    template.arguments(f"go({attribute}", "go")


def shape(rows: int, **changes: Any) -> Shape:
    """The shape of so many whole people."""
    return Shape(rows, changes.get("fields", {"phone": rows, "duty": rows}), changes.get("bare", 0))


@pytest.mark.parametrize(
    ("before", "now", "doubt"),
    [
        (None, shape(3), ""), (None, shape(0), "no-rows"), (shape(100), shape(50), ""),
        (shape(100), shape(49), "halved"), (shape(100), shape(100, bare=40), "emptied"),
        (shape(100), shape(100, bare=20), ""),
        (shape(100), shape(100, fields={"phone": 100}), "fewer-fields"),
        (shape(4), shape(4, bare=4), ""),
    ],
)  # fmt: skip
def test_doubtful_people_replace_nobody(before: Shape | None, now: Shape, doubt: str) -> None:
    assert health.judge(before.to_dict() if before else None, now, 0.5) == doubt


def test_what_passes_by_itself_is_told_after_the_third_time() -> None:
    assert [health.is_alarm("timeout", number) for number in (1, 2, 3)] == [False, False, True]
    assert health.is_alarm("no-column phone", 1)
    assert health.more_telling("no-table", "status:503") == "no-table"
    assert health.more_telling("timeout", "no-table") == "no-table"
    assert health.more_telling("timeout", "robots-unknown") == "timeout"
    assert health.more_telling("status:503", "robots-unknown") == "robots-unknown"


@given(st.integers(1_600_000_000, 1_900_000_000), st.integers(1, 31), st.floats(0, 1))
def test_sources_are_read_at_night_in_korea(now: int, days: int, jitter: float) -> None:
    found = health.next_night(now, days, jitter)
    hour = (found + 9 * 3600) % DAY_S / 3600
    assert 1 <= hour <= 5
    assert (days - 1) * DAY_S < found - now <= days * DAY_S
    assert health.next_try("timeout", 1, now, jitter) - now <= 1.25 * 3600
    assert health.next_try("timeout", 9, now, jitter) - now <= 1.25 * DAY_S
