"""A phone's stamps form a chain, in whatever order they arrive."""

from __future__ import annotations

import itertools
import time
from typing import Any

from tests.scene import Scene

CHAIN = "SELECT seq, chain FROM stamps ORDER BY seq, received_at"


def three(scene: Scene) -> list[dict[str, Any]]:
    """The bodies of three stamps of one trip."""
    now = int(time.time())
    return [scene.body(captured_at=now - 90 + 30 * step) for step in range(3)]


def states(scene: Scene) -> list[tuple[int, str]]:
    """Where the stamps stand."""
    return [(row[0], row[1]) for row in scene.rows(CHAIN)]


def test_in_order_each_follows_the_one_before(scene: Scene) -> None:
    for body in three(scene):
        assert scene.post(body).stamp["marks"] == []
    assert states(scene) == [(1, "first"), (2, "follows"), (3, "follows")]


def test_a_gap_is_marked_until_what_is_missing_arrives(scene: Scene) -> None:
    one, two, three_ = three(scene)
    scene.post(one)
    late = scene.post(three_)
    assert late.stamp["marks"] == ["chain-gap"]
    assert scene.post(two).stamp["marks"] == []
    assert scene.post(three_).stamp["marks"] == []
    assert states(scene) == [(1, "first"), (2, "follows"), (3, "follows")]


def test_every_order_of_arrival_ends_alike(scene: Scene) -> None:
    office = scene.office
    for order in itertools.permutations(range(3)):
        phone = scene.new_phone("officer")
        now = int(time.time())
        bodies = [scene.body(phone, captured_at=now - 90 + 30 * step) for step in range(3)]
        for place in order:
            scene.post(bodies[place])
        found = scene.rows("SELECT chain FROM stamps WHERE device_kid = ? ORDER BY seq", phone.kid)
        assert found == [("first",), ("follows",), ("follows",)], order
    assert scene.rows("SELECT DISTINCT person_id FROM stamps") == [(office.people["officer"],)]


def test_two_stamps_in_one_place_are_a_fork_that_stays(scene: Scene) -> None:
    one = scene.stamp()
    two, rival = scene.body(move=False), scene.body()
    assert scene.post(two).stamp["marks"] == []
    assert scene.post(rival).stamp["marks"] == ["chain-fork"]
    assert scene.post(two).stamp["marks"] == ["chain-fork"]
    assert scene.stamp().stamp["marks"] == []
    assert states(scene) == [(1, "first"), (2, "fork"), (2, "fork"), (3, "follows")]
    assert scene.verdict(one.url) == "valid"


def test_a_stamp_that_denies_its_predecessor_is_marked(scene: Scene) -> None:
    scene.stamp()
    assert scene.stamp(prev=b"\x01" * 8).stamp["marks"] == ["chain-broken"]


def test_a_phone_that_starts_over_is_seen(scene: Scene) -> None:
    first = scene.stamp()
    again = scene.stamp(seq=1, prev=bytes(8))
    assert again.stamp["marks"] == ["chain-fork"]
    assert scene.verdict(first.url) == "forked"


def test_a_time_that_runs_backwards_is_marked(scene: Scene) -> None:
    now = int(time.time())
    scene.stamp(captured_at=now)
    assert scene.stamp(captured_at=now - 600).stamp["marks"] == ["chain-reorder"]


def test_the_chains_of_two_phones_do_not_touch(scene: Scene) -> None:
    other = scene.new_phone("officer")
    for phone in (scene.phone, other, scene.phone, other):
        assert scene.stamp(phone).stamp["marks"] == []
    assert [row[1] for row in states(scene)] == ["first", "first", "follows", "follows"]


def test_a_trip_comes_into_being_with_its_first_stamp(scene: Scene) -> None:
    code = scene.claims().trip
    for kind in (1, 2, 4):
        assert scene.stamp(kind=kind).stamp["trip"] == code
    scene.stamp(trip=code[:-1] + "B")
    assert scene.rows("SELECT count(*) FROM trips") == [(2,)]
