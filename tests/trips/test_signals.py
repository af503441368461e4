"""Each sign of a made-up position: when it is raised, by whom and with which weight."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.trips.rules import claims
from app.trips.rules.claims import Claims
from app.trips.rules.signals import (
    WEIGHTS,
    Context,
    Point,
    Signal,
    judge_signals,
    kilometres,
    phone_signals,
    score,
    signal_bits,
)
from tests.trips import token_maker as maker

HONEST = claims.decode_claims(maker.CLAIMS)
NOW = HONEST.captured_at
ON_TIME = Context(received_at=NOW + 3, key_created_at=NOW - 86_400)
SEOUL, BUSAN, TONGYEONG = (37.5547, 126.9706), (35.1151, 129.0413), (34.8544, 128.4331)


def moved(place: tuple[float, float], accuracy: float = 11.0) -> Claims:
    lat, lon = place
    return replace(HONEST, fix=replace(HONEST.fix, lat=lat, lon=lon, accuracy=accuracy))


def numbers(made: Claims, context: Context = ON_TIME) -> list[int]:
    return [signal.number for signal in judge_signals(made, context)[0]]


def test_an_honest_stamp_has_none() -> None:
    assert judge_signals(HONEST, ON_TIME) == ([], 0)


@pytest.mark.parametrize("number", range(1, 15))
def test_what_the_phone_reports_counts(number: int) -> None:
    reported = replace(HONEST, signals=1 << (number - 1))
    assert judge_signals(reported, ON_TIME) == (
        [Signal(number, WEIGHTS[number], "phone")],
        WEIGHTS[number],
    )
    assert phone_signals(1 << (number - 1)) == {number}


def test_coarse_6() -> None:
    assert numbers(moved(SEOUL, accuracy=100.0)) == []
    assert numbers(moved(SEOUL, accuracy=100.5)) == [6]


def test_clock_7() -> None:
    assert numbers(replace(HONEST, captured_at=HONEST.fix.time + 30)) == []
    assert numbers(replace(HONEST, captured_at=HONEST.fix.time + 31)) == [7]
    assert numbers(replace(HONEST, captured_at=HONEST.fix.time - 31)) == [7]
    assert numbers(HONEST, replace(ON_TIME, received_at=NOW - 120)) == []
    assert numbers(HONEST, replace(ON_TIME, received_at=NOW - 121)) == [7]
    late = replace(ON_TIME, received_at=NOW + 86_400 * 30)
    assert numbers(HONEST, late) == []
    assert numbers(HONEST, replace(late, sent_at=late.received_at - 120)) == []
    assert numbers(HONEST, replace(late, sent_at=late.received_at - 121)) == [7]
    assert numbers(HONEST, replace(late, sent_at=late.received_at + 121)) == [7]


def seconds_at(kmh: float, way: float) -> int:
    return round(way / kmh * 3600)


@pytest.mark.parametrize(
    ("kmh", "by_car", "weight"),
    [
        (300, False, 0),
        (328, False, 0),
        (332, False, 40),
        (2000, False, 40),
        (140, True, 0),
        (149, True, 0),
        (152, True, 20),
        (329, True, 20),
        (340, True, 40),
    ],
)
def test_haste_8(kmh: float, by_car: bool, weight: int) -> None:
    here = moved(BUSAN, accuracy=0.0)
    last = Point(*SEOUL, 0.0, 0)
    way = kilometres(here.fix, last)
    assert 300 < way < 350
    last = replace(last, time=NOW - seconds_at(kmh, way))
    found, points = judge_signals(here, replace(ON_TIME, previous=last, by_car=by_car))
    assert points == weight
    assert [signal.number for signal in found] == ([8] if weight else [])


def test_haste_8_gives_the_accuracy_of_both_fixes_the_benefit_of_the_doubt() -> None:
    here = moved(TONGYEONG, accuracy=80.0)
    way = Point(TONGYEONG[0] + 0.002, TONGYEONG[1], 150.0, NOW - 1)
    assert kilometres(here.fix, way) > 0.2
    assert numbers(here, replace(ON_TIME, previous=way)) == []
    assert numbers(here, replace(ON_TIME, previous=replace(way, accuracy=1.0))) == [8]


def test_haste_8_takes_the_accuracy_off_a_long_way_too() -> None:
    here = moved(BUSAN, accuracy=5000.0)
    last = Point(*SEOUL, 5000.0, 0)
    last = replace(last, time=NOW - seconds_at(337, kilometres(here.fix, last)))
    assert 8 not in numbers(here, replace(ON_TIME, previous=last))
    assert 8 in numbers(here, replace(ON_TIME, previous=replace(last, accuracy=0.0)))


def test_haste_8_at_the_same_second_and_backwards_in_time() -> None:
    last = Point(*SEOUL, 10.0, NOW)
    assert numbers(moved(BUSAN), replace(ON_TIME, previous=last)) == [8]
    assert numbers(moved(BUSAN), replace(ON_TIME, previous=replace(last, time=NOW + 90))) == [8]
    assert numbers(moved(SEOUL), replace(ON_TIME, previous=last)) == []


def test_haste_8_looks_at_the_next_stamp_too() -> None:
    here, next_one = moved(BUSAN, accuracy=0.0), Point(*SEOUL, 0.0, 0)
    way = kilometres(here.fix, next_one)
    for kmh, found in ((328, []), (332, [8])):
        after = replace(next_one, time=NOW + seconds_at(kmh, way))
        assert numbers(here, replace(ON_TIME, following=after)) == found
    slow = replace(next_one, time=NOW - 86_400)
    fast = replace(next_one, time=NOW + 60)
    assert judge_signals(here, replace(ON_TIME, previous=slow, following=fast))[1] == 40


def test_same_point_9() -> None:
    earlier = replace(ON_TIME, same_point_other_day=True)
    other = replace(ON_TIME, same_point_other_officer=True)
    both = replace(earlier, same_point_other_officer=True)
    assert judge_signals(HONEST, earlier) == ([Signal(9, 25, "server")], 25)
    assert judge_signals(HONEST, other) == ([Signal(9, 20, "server")], 20)
    assert judge_signals(HONEST, both) == ([Signal(9, 25, "server")], 25)


def test_country_11() -> None:
    assert numbers(HONEST, replace(ON_TIME, country="KR")) == []
    assert numbers(HONEST, replace(ON_TIME, country="JP")) == [11]


def test_young_key_13() -> None:
    assert numbers(HONEST, replace(ON_TIME, key_created_at=NOW - 600)) == []
    assert numbers(HONEST, replace(ON_TIME, key_created_at=NOW - 599)) == [13]
    assert numbers(HONEST, replace(ON_TIME, key_created_at=None)) == []


def test_seen_by_both_counts_once() -> None:
    reported = replace(moved(SEOUL, accuracy=500.0), signals=0b100001)
    found, points = judge_signals(reported, ON_TIME)
    assert found == [Signal(1, 30, "phone"), Signal(6, 10, "both")]
    assert points == 40
    assert signal_bits(found) == 0b100001


def test_score_ends_at_100() -> None:
    everything = replace(HONEST, signals=claims.MAX_SIGNALS)
    found, points = judge_signals(everything, ON_TIME)
    assert len(found) == 14
    assert points == 100
    assert score([]) == 0
    assert signal_bits(found) == claims.MAX_SIGNALS


def test_distance_is_that_of_the_ellipsoid() -> None:
    """One degree of longitude on the equator is 111.3195 km, of latitude there 110.574 km."""
    base = Point(0.0, 0.0, 0.0, 0)
    assert kilometres(base, replace(base, lon=1.0)) == pytest.approx(111.3195, abs=0.001)
    assert kilometres(base, replace(base, lat=1.0)) == pytest.approx(110.5744, abs=0.001)


def test_the_date_line_costs_no_exception() -> None:
    last = Point(10.0, -179.999, 5.0, NOW - 3600)
    assert numbers(moved((10.0, 179.999)), replace(ON_TIME, previous=last)) == []
