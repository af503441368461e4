"""A device's chain, whole and broken, in whichever order its stamps arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from app.trips.rules.chain import Link, State, concerns, judge_chain
from app.trips.rules.claims import NO_HASH


def link(name: str, seq: int, prev: Link | None, at: int = 0) -> Link:
    """A stamp made `at` minutes after the start of the day (by its number when not given)."""
    when = 1_795_300_000 + 60 * (at or 10 * seq)
    return Link(sha256(name.encode()).digest(), seq, prev.head if prev else NO_HASH, when)


def chain(length: int, name: str = "honest") -> list[Link]:
    links: list[Link] = []
    for seq in range(1, length + 1):
        links.append(link(f"{name}{seq}", seq, links[-1] if links else None))
    return links


def arrive(links: Iterable[Link]) -> dict[bytes, State | None]:
    """Let stamps arrive one by one, as the service does; gives the states they end in."""
    known: dict[bytes, Link] = {}
    for new in links:
        near = [other for other in known.values() if concerns(new, other)]
        state, changes = judge_chain(new, near)
        known[new.sha256] = replace(new, state=state)
        for sha, changed in changes.items():
            known[sha] = replace(known[sha], state=changed)
    return {sha: one.state for sha, one in known.items()}


def test_in_order() -> None:
    links = chain(3)
    assert judge_chain(links[0], []) == ("first", {})
    first = replace(links[0], state="first")
    assert judge_chain(links[1], [first]) == ("follows", {})


def test_a_gap_closes_when_the_late_one_arrives() -> None:
    one, two, three = chain(3)
    assert judge_chain(three, [replace(one, state="first")]) == ("gap", {})
    known = [replace(one, state="first"), replace(three, state="gap")]
    assert judge_chain(two, known) == ("follows", {three.sha256: "follows"})


@given(st.permutations(range(7)))
@settings(max_examples=60, deadline=None)
def test_an_honest_chain_is_whole_in_any_order_of_arrival(order: list[int]) -> None:
    links = chain(7)
    ends = arrive(links[place] for place in order)
    assert [ends[one.sha256] for one in links] == ["first"] + ["follows"] * 6


def test_the_same_stamp_again_changes_nothing() -> None:
    one, two = chain(2)
    known = [replace(one, state="first"), replace(two, state="follows")]
    assert judge_chain(two, known) == ("follows", {})


@given(st.permutations(range(5)))
@settings(max_examples=60, deadline=None)
def test_a_fork_is_seen_in_any_order_of_arrival(order: list[int]) -> None:
    links = chain(4)
    twin = link("copied phone", 3, links[1], at=31)
    ends = arrive([*links, twin][place] for place in order)
    assert ends[twin.sha256] == ends[links[2].sha256] == "fork"
    assert [ends[one.sha256] for one in links[:2]] == ["first", "follows"]
    assert ends[links[3].sha256] == "follows"


def test_two_first_stamps_are_a_fork() -> None:
    one, other = link("a", 1, None), link("b", 1, None)
    assert judge_chain(other, [replace(one, state="first")]) == ("fork", {one.sha256: "fork"})


def test_two_that_follow_the_same_are_a_fork_whatever_their_numbers() -> None:
    one, two, _ = chain(3)
    skipped = link("rolled back", 3, one)
    known = [replace(one, state="first"), replace(two, state="follows")]
    assert judge_chain(skipped, known) == ("fork", {two.sha256: "fork"})


def test_broken() -> None:
    one, two = chain(2)
    other = link("another first", 1, None)
    assert judge_chain(two, [replace(other, state="first")])[0] == "broken"
    assert judge_chain(replace(two, prev=NO_HASH), [replace(one, state="first")])[0] == "broken"
    assert judge_chain(replace(one, prev=b"\x01" * 8), [])[0] == "broken"


def test_reorder_by_time_and_by_number() -> None:
    one, two, _ = chain(3)
    earlier = replace(two, captured_at=one.captured_at - 121)
    assert judge_chain(earlier, [one])[0] == "reorder"
    assert judge_chain(replace(two, captured_at=one.captured_at - 120), [one])[0] == "follows"
    jumped = replace(two, seq=9)
    assert judge_chain(jumped, [one])[0] == "reorder"


def test_a_late_predecessor_that_is_another_breaks_its_successor() -> None:
    _, two, three = chain(3)
    forged = replace(two, sha256=sha256(b"forged").digest())
    assert judge_chain(forged, [replace(three, state="gap")]) == ("gap", {three.sha256: "broken"})


def test_a_fork_stays_a_fork() -> None:
    one, two, three = chain(3)
    known = [replace(three, state="fork"), replace(one, state="first")]
    assert judge_chain(two, known) == ("follows", {})
