"""Twelve faults of counters: nothing old is ever shown as new, and it recovers by itself."""

from __future__ import annotations

import pytest

from tests.cafeteria.fault_lunch import BACK_S, LIVE_S, back_after, fell_back_after, live_through
from tests.cafeteria.faults import FAULTS, KINDS, Fault
from tests.cafeteria.stories import few_stories
from tests.scene import Scene, scene

__all__ = ["few_stories", "scene"]

pytestmark = pytest.mark.usefixtures("few_stories")

BEGIN, END, UNTIL = 240, 480, 660
NAMES = (
    "dead", "frozen", "jump", "double", "bias", "swapped", "clock skew", "replay", "out of order",
    "negative", "burst", "forged",
)  # fmt: skip
ALL = (*FAULTS, *KINDS)
STOPPING = [one for one in ALL if one.stops]


def begin_of(fault: Fault) -> int:
    """A counter hangs the wrong way round from the first minute on; other faults come later."""
    return 10 if fault.name == "swapped" else BEGIN


def test_there_are_twelve() -> None:
    assert tuple(one.name for one in FAULTS) == NAMES


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name)
def test_nothing_old_is_shown_as_new(scene: Scene, fault: Fault) -> None:
    spell = (begin_of(fault), END)
    moments = live_through(scene, fault, 1, [spell], UNTIL)
    assert [one for one in moments if one.is_stale(fault.told_apart_s)] == []
    assert {one.basis for one in moments if one.faulty} <= {"live", "usual"}
    assert all(one.basis == "live" for one in moments if one.at < begin_of(fault))
    if fault.stops:
        after = fell_back_after(moments)
        assert after is not None
        assert after <= LIVE_S
    back = back_after(moments, END)
    assert back is not None
    assert back <= BACK_S
    last = moments[-1]
    assert last.people is not None
    assert last.truth > 30
    if not fault.hides:
        assert abs(last.people - last.truth) <= max(15, 0.3 * last.truth)


@pytest.mark.parametrize("fault", STOPPING, ids=lambda fault: fault.name)
def test_where_nothing_is_usual_yet_it_says_that_nothing_is_known(
    scene: Scene, fault: Fault
) -> None:
    spell = (begin_of(fault), END)
    moments = live_through(scene, fault, 2, [spell], BEGIN + 110, known=False)
    assert moments[-1].basis == "unknown"
    assert moments[-1].people is None
    assert [one for one in moments if one.is_stale(fault.told_apart_s)] == []
    after = fell_back_after(moments)
    assert after is not None
    assert after <= LIVE_S


def test_what_is_found_is_found_by_looking(scene: Scene) -> None:
    """Were reports that are a quarter of an hour old taken for new ones, this would say so."""
    scene.patch.setattr("app.cafeteria.rules.document.LIVE_MS", 900_000)
    dead = FAULTS[0]
    moments = live_through(scene, dead, 1, [(60, 300)], 300)
    assert any(one.is_stale(dead.told_apart_s) for one in moments)
    assert fell_back_after(moments) is None
