"""What open pages are told."""

from __future__ import annotations

import json
from typing import Any

from app.cafeteria.rules import document
from app.cafeteria.rules.counted import Wait
from app.cafeteria.rules.document import LineNow, Now, Source
from app.cafeteria.rules.hours import Sitting
from app.cafeteria.service import documents

NOON = 1_795_748_400_000
LUNCH = Sitting("lunch", NOON - 1_800_000, NOON + 3_600_000)
LONG = Wait(8.2, 10.0, 11.1, 12.6, 170.4)
WIDE = Wait(2.0, 10.0, 12.0, 31.0, 170.0)
NORMAL = Wait(3.0, 5.0, 6.0, 7.0, 60.0)


def line(wait: Wait | None, *sources: Source, state: str = "open", **more: Any) -> LineNow:
    facts: dict[str, Any] = {"usual": NORMAL, "trend": -1, "advice_ms": 0} | more
    return LineNow("l1", "한식", state, wait, sources=sources, **facts)


def said(*lines: LineNow, meal: Sitting | None = LUNCH) -> dict[str, Any]:
    now = Now("c1", "본관", NOON, NOON, 1, meal, None, "", ("2026-11-27", "lunch", ["밥"]), lines)
    return document.make(now)


def counter(age_s: int, ok: bool = True) -> Source:
    return Source("counter", NOON - age_s * 1000, ok)


def test_a_live_line_says_level_range_people_trend_and_sources() -> None:
    (found,) = said(line(LONG, counter(4)))["lines"]
    assert found["basis"] == "live"
    assert found["level"] == 2
    assert found["range"] == {"low": 8, "high": 13, "headline": 11}
    assert (found["people"], found["trend"], found["advice"]) == (170, -1, {"when": "now"})
    assert found["seen_ms"] == NOON - 4000


def test_a_band_too_wide_to_mean_anything_leaves_the_level_alone() -> None:
    (found,) = said(line(WIDE, counter(4)))["lines"]
    assert found["range"] is None
    assert found["level"] == 2


def test_a_silent_counter_is_no_live_line_before_ninety_seconds_are_over() -> None:
    assert said(line(LONG, counter(70)))["lines"][0]["basis"] == "live"
    (found,) = said(line(LONG, counter(80)))["lines"]
    assert found["basis"] == "usual"
    assert found["range"]["headline"] == 6
    assert found["people"] is found["trend"] is found["advice"] is None


def test_without_anything_usual_nothing_is_known() -> None:
    (found,) = said(line(LONG, counter(80), usual=None))["lines"]
    assert (found["basis"], found["level"], found["range"]) == ("unknown", None, None)


def test_a_mark_of_the_kitchen_is_worth_ten_minutes_and_a_doubtful_counter_nothing() -> None:
    kitchen = Source("kitchen", NOON - 500_000, True)
    assert said(line(LONG, kitchen))["lines"][0]["basis"] == "live"
    assert said(line(LONG, counter(2, ok=False)))["lines"][0]["basis"] == "usual"
    late = Source("kitchen", NOON - 601_000, True)
    assert said(line(LONG, late))["lines"][0]["basis"] == "usual"


def test_a_line_that_is_sold_out_says_no_minutes() -> None:
    found = said(line(LONG, counter(2), state="sold_out"))
    assert found["state"] == "sold_out"
    assert found["lines"][0]["level"] is None


def test_one_open_line_keeps_a_canteen_open() -> None:
    found = said(line(LONG, counter(2), state="sold_out"), line(LONG, counter(2)))
    assert found["state"] == "open"


def test_a_canteen_that_serves_nothing_says_when_it_does() -> None:
    assert said(meal=None)["state"] == "none"
    now = Now("c1", "본관", NOON, NOON, 1, None, LUNCH, "개천절", None, ())
    found = document.make(now)
    assert (found["state"], found["why_closed"]) == ("closed", "개천절")
    assert found["next"]["opens_ms"] == LUNCH.opens_ms
    assert found["period_ms"] == document.CLOSED_MS


def test_the_tag_is_of_what_is_said_not_of_when() -> None:
    first = said(line(LONG, counter(4)))
    later = first | {"made_ms": NOON + 5, "clock": {"at_ms": NOON + 5, "speed": 1}}
    faster = first | {"clock": {"at_ms": NOON, "speed": 10}}
    assert documents.tag_of(first) == documents.tag_of(later)
    assert documents.tag_of(first) != documents.tag_of(faster)
    assert documents.tag_of(first) != documents.tag_of(said(line(LONG, counter(5))))


def test_it_is_small() -> None:
    assert len(json.dumps(said(line(LONG, counter(4)), line(LONG, counter(4))))) < 2000
