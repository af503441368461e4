"""The twelve faults that counters have: what each makes of ten seconds' reports. Two more are kinds
of them: a counter that is frozen at zero, and one that is dead while its neighbour goes on."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cafeteria.fault_lunch import Feed

PAIR, BOTH, PEOPLE = ("in", "out"), ("both",), ("people",)
SKEWS_S = (-17 * 60, 17 * 60, -3 * 3600, 50 * 60, -90)
CROWDS = (120, 300, 900, 220, 410)
NOTICED = 12  # people who stand in the line before anybody can tell a door's two sides


def _nothing(_feed: Feed) -> None:
    pass


@dataclass(frozen=True)
class Fault:
    """A fault: what `kinds` of counters have it, how it acts, what happens at its end.

    `stops`: nothing true comes through. `hides`: what people did meanwhile is lost, so the estimate
    may be wrong after it. `told_apart_s`: for so long nobody can tell what is told from what is
    true.
    """

    name: str
    kinds: tuple[str, ...]
    act: Callable[[Feed], None]
    end: Callable[[Feed], None] = _nothing
    stops: bool = False
    hides: bool = False
    told_apart_s: float = 0.0


def _dead(feed: Feed) -> None:
    """Nothing comes; nobody is counted."""
    list(feed.readings())


def _frozen(feed: Feed) -> None:
    """One number again and again; in odd spells a small one, as a slow line has too. The first of
    them is as good as any."""
    begins = feed.spell != feed.frozen_spell
    feed.frozen_spell = feed.spell
    for counter, values in feed.readings():
        last = feed.values.get(counter.id, values)
        most = 2 if feed.spell % 2 else 50
        stuck = {name: min(max(1, last[name]), most) for name in values}
        assert feed.send(counter, feed.dated(stuck) | {"sent": feed.clock}) == 200
    feed.newest = feed.at if begins else feed.newest


def _blind(feed: Feed) -> None:
    """It reports that nobody passes, whoever does."""
    for counter, values in feed.readings():
        told = dict.fromkeys(values, 0)
        assert feed.send(counter, feed.dated(told) | {"sent": feed.clock}) == 200


def _half_dead(feed: Feed) -> None:
    """The counter of entries is silent; that of exits goes on, and what it tells is true."""
    for counter, values in feed.readings():
        if "out" in values:
            assert feed.send(counter, feed.dated(values) | {"sent": feed.clock}) == 200


def _jump(feed: Feed) -> None:
    """Two reports of three are of a crowd that is not there, each time another one; some of one
    that cannot be."""
    wrong = feed.at // 10 % 3 != 0
    more = CROWDS[feed.at // 10 % len(CROWDS)] if wrong else 0
    for counter, values in feed.readings():
        told = {name: number + more for name, number in values.items()}
        assert feed.send(counter, feed.dated(told) | {"sent": feed.clock}) == 200
        feed.newest = feed.newest if wrong else feed.at


def _double(feed: Feed) -> None:
    """Each report is sent three times, once in the words of another request."""
    for counter, values in feed.readings():
        body = feed.dated(values)
        for sent in (feed.clock, feed.clock, feed.clock + 0.05):
            assert feed.send(counter, body | {"sent": sent}) == 200
    feed.newest = feed.at


def _bias(feed: Feed) -> None:
    """Three of ten who come in are not seen, and one of ten who leave."""
    for counter, values in feed.readings():
        missed = {"in": 0.3, "out": 0.1}
        told = {
            name: sum(feed.chance.random() >= missed[name] for _ in range(number))
            for name, number in values.items()
        }
        assert feed.send(counter, feed.dated(told) | {"sent": feed.clock}) == 200
    feed.newest = feed.at


def _swapped(feed: Feed) -> None:
    """It is mounted the wrong way round."""
    feed.wrong_way = True
    feed.tell_all()
    if feed.waiting <= NOTICED:
        feed.newest = feed.at


def _turn_round(feed: Feed) -> None:
    """The administrator says so. It hangs as before, and all that it told is taken the other
    way."""
    client = feed.scene.enter("administrator")
    for counter in feed.counters:
        answer = client.post(f"/canteen/devices/{counter.id}/swap")
        assert answer.status_code in {302, 303}


def _skew(feed: Feed) -> None:
    """Its clock is wrong, and it does not say what it shows."""
    off = SKEWS_S[(feed.spell + feed.seed) % len(SKEWS_S)]
    for counter, values in feed.readings():
        body = feed.dated(values)
        if feed.send(counter, body | {"ts": body["ts"] + off}) == 200:
            feed.newest = feed.at


def _replay(feed: Feed) -> None:
    """Somebody sends old reports again; the counters themselves are silent."""
    list(feed.readings())
    for counter, body, signature in feed.sent[-12:]:
        assert counter.post(body, signature).get_json()["accepted"] == 0


def _out_of_order(feed: Feed) -> None:
    """Each report comes up to a minute late, before or after others."""
    for counter, values in feed.readings():
        due = feed.at + feed.chance.choice((0, 10, 20, 40, 60))
        feed.held.append((due, counter, feed.dated(values)))
    feed.chance.shuffle(feed.held)
    _deliver(feed, [one for one in feed.held if one[0] <= feed.at])


def _all_held(feed: Feed) -> None:
    _deliver(feed, list(feed.held))


def _deliver(feed: Feed, due: list[tuple[float, Any, dict[str, Any]]]) -> None:
    for one in due:
        feed.held.remove(one)
        assert feed.send(one[1], one[2]) == 200
        feed.newest = max(feed.newest, one[2]["ts"] - feed.zero)


def _negative(feed: Feed) -> None:
    """Fewer than nobody."""
    for counter, values in feed.readings():
        body = feed.dated({name: -1 - number for name, number in values.items()})
        assert feed.send(counter, body | {"sent": feed.clock}) == 422


def _hold(feed: Feed) -> None:
    """The network is gone; the counters keep what they would have sent."""
    for counter, values in feed.readings():
        feed.held.append((feed.at, counter, feed.dated(values)))


def _burst(feed: Feed) -> None:
    """All of it comes at once, and much of it twice."""
    for counter in feed.counters:
        kept = [body for _, other, body in feed.held if other is counter]
        for begin in range(0, len(kept), 100):
            many = {"readings": kept[begin : begin + 100], "sent": feed.clock}
            assert feed.send(counter, many) == 200
            assert feed.send(counter, many) == 200
        for body in kept[-40:]:
            assert feed.send(counter, body | {"sent": feed.clock}) == 200
    feed.held.clear()


def _forged(feed: Feed) -> None:
    """Somebody else reports, who does not have the secret; the counters are silent."""
    for counter, values in feed.readings():
        body = feed.dated(values) | {"sent": feed.clock}
        assert feed.send(counter, body, secret="0" * 64) == 401
        given = json.dumps({"device": counter.id} | body).encode()
        assert counter.post(given, "").status_code == 401


FAULTS = (
    Fault("dead", PAIR, _dead, stops=True, hides=True),
    Fault("frozen", PAIR, _frozen, stops=True, hides=True, told_apart_s=90),
    Fault("jump", PEOPLE, _jump),
    Fault("double", PAIR, _double),
    Fault("bias", PAIR, _bias, hides=True),
    Fault("swapped", BOTH, _swapped, _turn_round, stops=True, told_apart_s=90),
    Fault("clock skew", PAIR, _skew),
    Fault("replay", PAIR, _replay, stops=True, hides=True),
    Fault("out of order", PAIR, _out_of_order, _all_held),
    Fault("negative", PAIR, _negative, stops=True, hides=True),
    Fault("burst", PAIR, _hold, _burst, stops=True),
    Fault("forged", BOTH, _forged, stops=True, hides=True),
)
KINDS = (
    Fault("frozen at zero", BOTH, _blind, stops=True, hides=True, told_apart_s=90),
    Fault("entries dead", PAIR, _half_dead, stops=True, hides=True, told_apart_s=math.inf),
)
