"""What counters send: believed when signed, once each, at its time; or refused with a word."""

from __future__ import annotations

import json
import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cafeteria.queries import readings as reads
from app.cafeteria.routes.ingest_api import OF_A_DAY, OF_A_NETWORK, READINGS
from app.cafeteria.rules import feed
from app.cafeteria.rules.feed import Earlier, Told
from app.cafeteria.rules.feed_refusals import ClockAhead, TooOld
from app.cafeteria.service import devices, ingest
from app.core.db import transaction
from tests.cafeteria.counters import Counter, make_counter, sign, stop_clock
from tests.conftest import hold_the_minute
from tests.factories import sign_in_of
from tests.scene import Scene, scene

__all__ = ["scene"]
NOON = 1_795_662_000.0  # 2026-11-26 12:00 in Seoul
STATE = "seen_ms, last_seq, skew_ms, fault, fault_at, test_until, swapped"


def problem(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.get_json(force=True)["code"]


def nothing_changed(counter: Counter, before: Any) -> None:
    """Neither a reading nor the counter's own row."""
    assert (counter.rows(), counter.row(STATE)) == before


def state(counter: Counter) -> Any:
    """What `nothing_changed` compares with."""
    return counter.rows(), counter.row(STATE)


def test_a_signed_reading_is_taken_once(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene)
    first = counter.send(seq=7, ts=NOON - 2, entered=3, left=1)
    assert first.status_code == 200
    assert first.get_json() == {
        "accepted": 1, "known": 0, "doubtful": 0, "now": NOON, "testing": False,
    }  # fmt: skip
    assert counter.rows() == [(7, 3, 1, None, None, None)]
    before = state(counter)
    stop_clock(scene, NOON + 60)
    again = counter.send(seq=7, ts=NOON - 2, sent=NOON + 60, entered=3, left=1)
    assert (again.status_code, again.get_json()["known"], again.get_json()["accepted"]) == (
        200,
        1,
        0,
    )
    nothing_changed(counter, before)


@pytest.mark.parametrize(
    ("measures", "values", "stored"),
    [
        ("in", {"entered": 2}, (0, 2, None, None, None, None)),
        ("out", {"left": 2}, (0, None, 2, None, None, None)),
        ("both", {"left": 0}, (0, None, 0, None, None, None)),
        ("people", {"count": 31}, (0, None, None, 31, None, None)),
        ("level", {"level": 4}, (0, None, None, None, 4, None)),
    ],
)
def test_each_kind_of_counter_tells_its_own(
    scene: Scene, measures: str, values: dict[str, Any], stored: tuple[Any, ...]
) -> None:
    counter = make_counter(scene, measures)
    assert counter.send(seq=0, **values).status_code == 200
    assert counter.rows() == [stored]


def test_what_a_counter_does_not_measure_is_refused_by_name(scene: Scene) -> None:
    counter = make_counter(scene, "in")
    answer = counter.send(seq=1, entered=1, left=1)
    assert problem(answer) == (422, "bad-input")
    assert [one["field"] for one in answer.get_json(force=True)["errors"]] == ["out"]
    assert counter.rows() == []


FORGED = ["", "v1=", "v1=" + "0" * 64, "v1=zz", "v2=" + "0" * 64, "v1=" + "é" * 64, "0" * 64]


@pytest.mark.parametrize("signature", FORGED)
def test_a_forged_request_changes_nothing(scene: Scene, signature: str) -> None:
    counter = make_counter(scene)
    before = state(counter)
    body = json.dumps({"device": counter.id, "seq": 1, "in": 1}).encode()
    assert problem(counter.post(body, signature.encode().decode("latin-1"))) == (
        401,
        "canteen-unsigned",
    )
    nothing_changed(counter, before)


def test_one_changed_byte_is_forged(scene: Scene) -> None:
    counter = make_counter(scene)
    body = json.dumps({"device": counter.id, "seq": 1, "in": 1}).encode()
    right = sign(counter.secret, body)
    assert problem(counter.post(body.replace(b'"in": 1', b'"in": 2'), right))[0] == 401
    assert problem(counter.post(body, sign(counter.secret[:-1] + "x", body)))[0] == 401
    assert counter.post(body, right).status_code == 200


def told_of(answer: Any) -> dict[str, Any]:
    """A refusal without its own number."""
    found = answer.get_json(force=True)
    found.pop("request_id")
    return dict(found)


def test_wrong_unknown_and_revoked_are_told_alike(scene: Scene) -> None:
    counter, gone = make_counter(scene), make_counter(scene)
    with scene.app.app_context(), transaction():
        devices.revoke(sign_in_of(scene.office.people["administrator"]), gone.id)
    unknown = Counter(scene, str(uuid.uuid4()), counter.secret, counter.made)
    wrong = counter.send(secret="0" * 64, seq=1, entered=1)
    answers = [wrong, unknown.send(seq=1, entered=1), gone.send(seq=1, entered=1)]
    assert [one.status_code for one in answers] == [401] * 3
    assert told_of(answers[0]) == told_of(answers[1]) == told_of(answers[2])
    assert gone.rows() == []


def test_a_counter_of_a_removed_line_is_unknown(scene: Scene) -> None:
    counter = make_counter(scene)
    scene.rows("UPDATE canteen_lines SET removed_at = 1")
    assert problem(counter.send(seq=1, entered=1)) == (401, "canteen-unsigned")


def test_a_new_secret_ends_the_old_one(scene: Scene) -> None:
    counter = make_counter(scene)
    with scene.app.app_context(), transaction():
        secret = devices.change_secret(sign_in_of(scene.office.people["administrator"]), counter.id)
    assert counter.send(seq=1, entered=1).status_code == 401
    assert counter.send(secret=secret, seq=1, entered=1).status_code == 200


def test_a_number_used_for_something_else_marks_the_counter(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene)
    counter.send(seq=1, ts=NOON, entered=1)
    answer = counter.send(seq=1, ts=NOON, entered=2)
    assert problem(answer) == (409, "canteen-seq-reused")
    assert answer.get_json(force=True)["seq"] == 1
    assert counter.rows() == [(1, 1, None, None, None, None)]
    assert counter.row("fault, fault_at") == ("two-devices", int(NOON))


def test_a_batch_is_taken_whole(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene)
    many = [{"seq": n, "ts": NOON - 1000 + 10 * n, "in": n % 3, "out": 1} for n in range(100)]
    body: dict[str, Any] = {"sent": NOON, "readings": many}
    assert len(json.dumps(body)) < 64 * 1024
    assert counter.send(**body).get_json()["accepted"] == 100
    assert counter.send(**body).get_json()["known"] == 100
    assert counter.row("last_seq, seen_ms") == (99, int(NOON * 1000))


def test_a_batch_of_the_longest_numbers_fits(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene)
    one = {"ts": NOON - 86_000.123456789, "in": 1_000_000, "out": 1_000_000}
    many = [{"seq": 2**53 - 1 - n, **one} for n in range(100)]
    answer = counter.send(sent=NOON, readings=many)
    assert (answer.status_code, answer.get_json()["doubtful"]) == (200, 100)


@pytest.mark.parametrize(
    ("bad", "status", "place"),
    [
        ({"seq": 50, "ts": NOON, "in": -1}, 422, "readings.1.in"),
        ({"seq": 50, "in": 1}, 422, "readings.1.ts"),
        ({"seq": 50, "ts": NOON, "count": 1}, 422, "readings.1.count"),
        ({"seq": 50, "ts": NOON + 4000, "in": 1}, 422, "readings.1"),
        ({"seq": 50, "ts": NOON - 90_000, "in": 1}, 422, "readings.1"),
        ({"seq": 1, "ts": NOON, "in": 9}, 409, "readings.1"),
    ],
)
def test_a_batch_is_refused_whole_and_the_place_is_named(
    scene: Scene, bad: dict[str, Any], status: int, place: str
) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene)
    counter.send(seq=1, ts=NOON, entered=1)
    good = {"seq": 40, "ts": NOON, "in": 1}
    answer = counter.send(sent=NOON, readings=[good, bad, {**good, "seq": 41}])
    found = answer.get_json(force=True)
    named = found.get("place") or found["errors"][0]["field"]
    assert (answer.status_code, named) == (status, place)
    assert [row[0] for row in counter.rows()] == [1]


def test_a_number_twice_in_a_batch_is_refused(scene: Scene) -> None:
    counter = make_counter(scene)
    many = [{"seq": 1, "ts": NOON, "in": 1}, {"seq": 1, "ts": NOON, "in": 2}]
    assert problem(counter.send(readings=many)) == (422, "bad-input")


@pytest.mark.parametrize("body", [b'{"device": "', b"", b"\xff\xfe", b"[" * 5000, b'{"seq": NaN}'])
def test_half_a_body_is_400(scene: Scene, body: bytes) -> None:
    counter = make_counter(scene)
    assert problem(counter.post(body, sign(counter.secret, body))) == (400, "canteen-not-json")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"entered": -1}, "in"),
        ({"entered": 1.5}, "in"),
        ({"entered": "1"}, "in"),
        ({"entered": True}, "in"),
        ({"entered": 1_000_001}, "in"),
        ({"entered": 10**400}, "in"),
        ({"seq": -1}, "seq"),
        ({"seq": 2**53}, "seq"),
        ({"ts": -1}, "ts"),
        ({"ts": 1e300}, "ts"),
        ({"ts": "2026-11-26"}, "ts"),
        ({"sent": 1e300}, "sent"),
        ({"level": 5, "entered": None}, "level"),
        ({"count": 3}, "body"),
        ({"entered": None}, "body"),
        ({"device": "x"}, "device"),
        ({"mac": "00:11:22:33:44:55"}, "mac"),
        ({"image": "data:"}, "image"),
    ],
)
def test_what_does_not_fit_is_named(scene: Scene, change: dict[str, Any], field: str) -> None:
    counter = make_counter(scene)
    answer = counter.send(**({"seq": 1, "entered": 1} | change))
    assert problem(answer) == (422, "bad-input")
    assert field in [one["field"] for one in answer.get_json(force=True)["errors"]]
    assert counter.rows() == []


@pytest.mark.parametrize(
    "body", [b"[]", b"1", b"null", b'"x"', b'{"readings": 1}', b'{"readings": []}']
)
def test_json_of_another_form_is_422(scene: Scene, body: bytes) -> None:
    counter = make_counter(scene)
    assert problem(counter.post(body, sign(counter.secret, body))) == (422, "bad-input")


def test_a_body_that_is_too_large_is_413(scene: Scene) -> None:
    counter = make_counter(scene)
    body = b" " * (64 * 1024 + 1)
    assert counter.post(body, sign(counter.secret, body)).status_code == 413


@pytest.mark.parametrize(
    ("measures", "values"), [("both", {"left": 51}), ("people", {"count": 501})]
)
def test_absurd_numbers_are_kept_and_do_not_count(
    scene: Scene, measures: str, values: dict[str, Any]
) -> None:
    counter = make_counter(scene, measures)
    answer = counter.send(seq=1, **values)
    assert (answer.status_code, answer.get_json()["doubtful"]) == (200, 1)
    assert counter.rows("why_not") == [("absurd",)]
    with scene.app.app_context():
        assert reads.list_readings(counter.made.line_id, 0, 2**53) == []


def test_many_after_a_long_silence_are_not_absurd(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene, "in")
    counter.send(seq=1, entered=50)
    stop_clock(scene, NOON + 60)
    assert counter.send(seq=2, entered=300).get_json()["doubtful"] == 0
    assert counter.send(seq=3, entered=51).get_json()["doubtful"] == 1


@pytest.mark.parametrize("skew", [0.0, -1800.0, 1800.0])
def test_the_future_and_a_year_ago_are_refused(scene: Scene, skew: float) -> None:
    """By the clock as it was, and by one that has just been put right."""
    stop_clock(scene, NOON)
    counter = make_counter(scene, "in")
    counter.send(seq=1, ts=NOON + skew, entered=1)
    before = state(counter)
    ahead, behind = max(skew, 0) + 3601, min(skew, 0) - 86_401
    for ts, code in ((ahead, "canteen-clock-ahead"), (behind, "canteen-too-old")):
        answer = counter.send(seq=2, ts=NOON + ts, entered=1)
        assert problem(answer) == (422, code)
        assert answer.get_json(force=True)["now"] == NOON
    for ts, code in ((3601, "canteen-clock-ahead"), (-86_401, "canteen-too-old")):
        exact = counter.send(seq=2, ts=NOON + ts + 12_345, sent=NOON + 12_345, entered=1)
        assert problem(exact) == (422, code)
    assert problem(counter.send(seq=2, ts=NOON - 365 * 86_400, entered=1))[1] == "canteen-too-old"
    nothing_changed(counter, before)
    assert counter.send(seq=3, ts=NOON + skew - 86_000, entered=1).status_code == 200


@pytest.mark.parametrize("offset", [-NOON + 100, -86_400.0 * 365, 7200.0, 1e9])
def test_sent_puts_any_clock_right(scene: Scene, offset: float) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene, "in")
    answer = counter.send(seq=1, ts=NOON + offset - 30, sent=NOON + offset, entered=1)
    assert answer.status_code == 200
    assert counter.rows("at_ms, received_ms") == [(int(NOON - 30) * 1000, int(NOON) * 1000)]
    assert counter.row("skew_ms") == (round(-offset * 1000),)


def test_without_sent_the_clock_is_learned(scene: Scene) -> None:
    counter = make_counter(scene, "in")
    behind = 600
    for seq, late in enumerate([9.0, 4.0, 0.5, 30.0]):
        at = NOON + 60 * seq
        stop_clock(scene, at + late)
        assert counter.send(seq=seq, ts=at - behind, entered=1).status_code == 200
    assert counter.row("skew_ms") == (600_500,)
    assert counter.rows("at_ms")[-1] == (int((NOON + 180.5) * 1000),)
    assert all(at <= received for at, received in counter.rows("at_ms, received_ms"))


def test_a_clock_that_was_put_right_is_believed_at_once(scene: Scene) -> None:
    counter = make_counter(scene, "in")
    stop_clock(scene, NOON)
    counter.send(seq=1, ts=NOON - 3000, entered=1)
    stop_clock(scene, NOON + 10)
    counter.send(seq=2, ts=NOON + 9.9, entered=1)
    assert counter.row("skew_ms") == (100,)


def test_a_reading_without_a_time_is_of_now(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene, "in")
    counter.send(seq=1, entered=1)
    assert counter.rows("at_ms, told_ms") == [(int(NOON) * 1000,) * 2]
    assert counter.row("skew_ms") == (None,)
    assert counter.send(seq=1, entered=1).get_json()["known"] == 1


def test_readings_that_come_late_stand_at_their_time(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene, "in")
    counter.send(seq=9, ts=NOON, sent=NOON, entered=9)
    late = [{"seq": n, "ts": NOON - 100 + 10 * n, "in": n} for n in (3, 1, 2)]
    counter.send(sent=NOON, readings=late)
    with scene.app.app_context():
        found = reads.list_readings(counter.made.line_id, 0, 2**53)
    assert [one.seq for one in found] == [1, 2, 3, 9]
    assert counter.row("last_seq") == (9,)


def test_what_is_sent_in_a_test_counts_for_nothing(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene, "in")
    with scene.app.app_context(), transaction():
        devices.set_test(sign_in_of(scene.office.people["administrator"]), counter.id, on=True)
    assert counter.send(seq=1, entered=1).get_json()["testing"] is True
    stop_clock(scene, NOON + 301)
    assert counter.send(seq=2, entered=1).get_json()["testing"] is False
    assert counter.rows("seq, why_not") == [(1, "test"), (2, None)]
    with scene.app.app_context():
        found = reads.list_readings(counter.made.line_id, 0, 2**53)
    assert [one.seq for one in found] == [2]


def test_a_counter_that_was_turned_round_is_put_right_when_read(scene: Scene) -> None:
    counter = make_counter(scene)
    counter.send(seq=1, entered=3, left=1)
    with scene.app.app_context():
        with transaction():
            devices.swap(sign_in_of(scene.office.people["administrator"]), counter.id)
        found = reads.list_readings(counter.made.line_id, 0, 2**53)[0]
        minute = reads.list_minutes([counter.made.line_id], 0)[0]
    assert (found.entered, found.left, found.swapped) == (1, 3, True)
    assert (minute.entered, minute.left) == (1, 3)
    assert counter.rows("entered, left") == [(3, 1)]


def test_what_was_told_before_it_was_revoked_still_counts(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene)
    counter.send(seq=1, entered=3)
    with scene.app.app_context():
        with transaction():
            devices.revoke(sign_in_of(scene.office.people["administrator"]), counter.id)
        line = counter.made.line_id
        assert len(reads.list_readings(line, 0, 2**53)) == 1
        assert reads.list_readings(line, 0, int(NOON) * 1000) == []


def test_a_counter_that_reports_without_end_is_slowed_down(scene: Scene) -> None:
    hold_the_minute(scene.patch)
    counter, other = make_counter(scene, "in"), make_counter(scene, "in")
    for seq in range(240):
        assert counter.send(seq=seq // 100, ts=1.0, sent=1.0, entered=1).status_code == 200
    answer = counter.send(seq=999, entered=1)
    assert problem(answer) == (429, "too-many-tries")
    assert int(answer.headers["Retry-After"]) > 0
    assert counter.row("fault") == ("flood",)
    assert other.send(seq=1, entered=1).status_code == 200


def test_forged_requests_use_up_nothing_of_the_counter(scene: Scene) -> None:
    hold_the_minute(scene.patch)
    counter = make_counter(scene, "in")
    for seq in range(250):
        assert counter.send(secret="0" * 64, seq=seq, entered=1).status_code == 401
    assert counter.send(seq=1, entered=1).status_code == 200
    assert counter.row("fault") == (None,)


def test_what_nobody_signed_is_counted_to_its_network_and_shuts_no_counter_off(
    scene: Scene,
) -> None:
    hold_the_minute(scene.patch)
    counter = make_counter(scene, "in")
    assert counter.post(b"{", "").status_code == 400
    counts = scene.app.extensions["turnstile"]._counts
    [network] = [key for key in counts if key[0] == "canteen readings"]
    counts[network] = OF_A_NETWORK - 1
    assert counter.send(secret="0" * 64, seq=1, entered=1).status_code == 401
    body = json.dumps({"device": counter.id, "seq": -1, "in": 1}).encode()
    for junk, signature in ((b"{", ""), (b"{}", ""), (body, sign("0" * 64, body))):
        assert problem(counter.post(junk, signature)) == (429, "too-many-tries")
    assert counter.send(seq=1, entered=1).status_code == 200
    assert counter.row("fault") == (None,)


def test_a_counter_may_bring_a_day_at_once_and_then_as_much_as_is_usual(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter, other = make_counter(scene, "in"), make_counter(scene, "in")
    body: dict[str, Any] = {"sent": NOON}
    for start in range(0, OF_A_DAY, 80):
        many = [{"seq": start + n, "ts": NOON - start - n, "in": 0} for n in range(80)]
        assert counter.send(**body, readings=many).status_code == 200
    answer = counter.send(**body, readings=many)
    assert problem(answer) == (429, "too-many-tries")
    assert answer.headers["Retry-After"] == str(60 * 80 // READINGS)
    assert counter.row("fault") == ("flood",)
    assert other.send(seq=1, entered=1).status_code == 200
    stop_clock(scene, NOON + 60)
    for _ in range(READINGS // 80):
        assert counter.send(**body, readings=many).status_code == 200
    assert counter.send(**body, readings=many).status_code == 429


def test_many_readings_of_one_moment_share_what_can_pass_in_it(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene, "in")
    many = [{"seq": n, "ts": NOON - 60, "in": 50} for n in range(100)]
    answer = counter.send(sent=NOON, readings=many)
    assert answer.get_json()["doubtful"] == 99
    again = [{"seq": 100 + n, "ts": NOON - 60 + n % 60, "in": 50} for n in range(100)]
    counter.send(sent=NOON, readings=again)
    counted = "SELECT sum(entered) FROM canteen_readings WHERE why_not IS NULL"
    assert scene.rows(counted)[0][0] <= 5 * 70


def test_a_day_that_waited_is_believed_in_whatever_order_it_comes(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter = make_counter(scene, "in")
    many = [{"seq": n, "ts": NOON - 3000 + 10 * n, "in": 45} for n in range(300)]
    for batch in (many[200:], many[:100], many[100:200]):
        assert counter.send(sent=NOON, readings=batch).get_json()["doubtful"] == 0


def forget(counter: Counter, before: float) -> None:
    """Delete what a counter reported before a moment."""
    with counter.scene.app.app_context(), transaction():
        ingest.note_forgotten(counter.id, int(before) * 1000)
    words = "DELETE FROM canteen_readings WHERE device_id = ? AND at_ms < ?"
    counter.scene.rows(words, counter.id, int(before) * 1000)


def test_a_recorded_request_counts_no_second_time_when_its_reading_was_forgotten(
    scene: Scene,
) -> None:
    stop_clock(scene, NOON)
    counter, other = make_counter(scene, "in"), make_counter(scene, "in")
    body: dict[str, Any] = {"seq": 5, "ts": NOON, "sent": NOON, "entered": 40}
    assert counter.send(**body).get_json()["accepted"] == 1
    counter.send(seq=2, ts=NOON - 60, sent=NOON, entered=1)
    later = NOON + 31 * 86_400
    stop_clock(scene, later)
    forget(counter, later - 30 * 86_400)
    forget(other, later - 30 * 86_400)
    assert (counter.row("forgotten_seq"), other.row("forgotten_seq")) == ((5,), (None,))
    assert problem(counter.send(**body)) == (409, "canteen-seq-reused")
    assert counter.rows() == []
    assert counter.row("fault") == ("two-devices",)
    late: dict[str, Any] = {"ts": later - 80_000, "sent": later, "entered": 1}
    assert counter.send(seq=9, **late).get_json()["accepted"] == 1
    assert counter.send(seq=6, **late).get_json()["accepted"] == 1  # it waited, and is no replay
    assert counter.send(seq=6, **late).get_json()["known"] == 1
    forget(counter, later - 90_000)
    assert counter.row("forgotten_seq") == (5,)
    with scene.app.app_context(), transaction():
        secret = devices.change_secret(sign_in_of(scene.office.people["administrator"]), counter.id)
    assert counter.row("forgotten_seq") == (None,)
    assert counter.send(secret=secret, seq=0, **late).get_json()["accepted"] == 1


def test_the_same_at_the_same_moment_counts_once(scene: Scene) -> None:
    counter = make_counter(scene, "in")
    body = json.dumps({"device": counter.id, "seq": 1, "ts": time.time(), "in": 3}).encode()
    right = sign(counter.secret, body)
    with ThreadPoolExecutor(8) as many:
        found = list(many.map(lambda _: counter.post(body, right).get_json(), range(16)))
    assert sum(one["accepted"] for one in found) == 1
    assert sum(one["known"] for one in found) == 15
    assert counter.rows("entered") == [(3,)]


def test_the_secret_lies_nowhere_in_clear(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        counter = make_counter(scene)
        counter.send(seq=1, entered=1)
        counter.send(secret="0" * 64, seq=2, entered=1)
        with scene.app.app_context(), transaction():
            new = devices.change_secret(
                sign_in_of(scene.office.people["administrator"]), counter.id
            )
    for secret in (counter.secret, new):
        assert secret.encode() not in scene.disk()
        assert bytes.fromhex(secret) not in scene.disk()
        assert secret not in caplog.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = ("seq", "ts", "sent", "in", "out", "count", "level", "readings", "device", "x")
FIELDS = st.dictionaries(
    st.sampled_from(NAMES),
    JSON | st.integers(-2, 2**54) | st.floats(-1, 1e12) | st.integers(0, 60),
    max_size=6,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=FIELDS, many=st.none() | st.lists(FIELDS, max_size=3))
def test_nothing_that_is_sent_makes_the_server_fail(
    scene: Scene, body: dict[str, Any], many: list[Any] | None
) -> None:
    """The strict client fails the test at a 5xx, and at a refusal that is no problem document."""
    counter = scene.app.extensions.setdefault("counter", None) or make_counter(scene)
    scene.app.extensions["counter"] = counter
    scene.app.extensions["turnstile"]._counts.clear()
    whole = body | ({} if many is None else {"readings": many})
    answer = counter.send(**({"seq": 1, "in": 1} | whole if many is None else whole))
    assert answer.status_code in {200, 400, 401, 409, 422}


MOMENTS = st.none() | st.integers(0, 10**14)


@given(st.lists(MOMENTS, min_size=1, max_size=30), st.integers(10**12, 2 * 10**12))
def test_no_reading_is_later_than_it_came(told: list[int | None], received_ms: int) -> None:
    fresh = [Told(seq, at) for seq, at in enumerate(told)]
    skew = feed.learn_skew(fresh, received_ms, [])
    moments = [feed.moment(one, skew or 0, received_ms) for one in fresh]
    assert all(at <= received_ms for at in moments)
    assert (skew is None) == all(at is None for at in told)
    if skew is not None:  # the least delay is none at all
        assert received_ms in moments


@given(st.integers(-3_600_000, 86_400_000), st.integers(-(10**9), 10**9))
def test_what_is_of_the_last_day_is_never_refused(late_ms: int, skew_ms: int) -> None:
    received_ms = 1_795_662_000_000
    told = Told(1, received_ms - late_ms - skew_ms)
    feed.check_time(told, skew_ms, received_ms)
    feed.check_time(told, skew_ms, received_ms, exact=True)
    feed.check_time(Told(1, received_ms - late_ms), skew_ms, received_ms)  # it was put right
    ahead = Told(1, received_ms + max(-skew_ms, 0) + 3_600_001)
    old = Told(1, received_ms - max(skew_ms, 0) - 86_400_001)
    for exact in (False, True):
        with pytest.raises(ClockAhead):
            feed.check_time(ahead, min(skew_ms, 0), received_ms, exact=exact)
        with pytest.raises(TooOld):
            feed.check_time(old, max(skew_ms, 0), received_ms, exact=exact)


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=40), st.integers(-(10**6), 10**6))
def test_the_clock_is_learned_within_the_least_delay(delays: list[int], behind_ms: int) -> None:
    """However late reports come, what is learned is wrong by the least delay of the last twenty."""
    earlier: list[Earlier] = []
    for n, delay in enumerate(delays):
        at = 1_795_662_000_000 + 10_000 * n
        told = Told(n, at - behind_ms)
        skew = feed.learn_skew([told], at + delay, earlier)
        earlier.insert(0, Earlier(at - behind_ms, at + delay))
        seen = [one for one in delays[max(0, n - 19) : n + 1] if behind_ms + one != 0]
        assert skew is not None
        if behind_ms + delay != 0:
            assert skew == behind_ms + min(seen)


def told_every_ten(count: int, behind_ms: int, first: int = 0) -> list[Earlier]:
    """Readings of a clock that is behind, the highest number first; each takes 200 ms to come."""
    moments = [1_795_662_000_000 + 10_000 * (first + n) for n in range(count)]
    return [Earlier(at - behind_ms, at + 200) for at in reversed(moments)]


@pytest.mark.parametrize("back_ms", [90_000, 1_020_000, 10_800_000])
def test_a_clock_that_is_put_back_is_learned_by_the_third_report(back_ms: int) -> None:
    before, after = told_every_ten(20, 0), told_every_ten(3, back_ms, 20)
    for count, skew in ((1, 200), (2, 200), (3, back_ms + 200)):
        fresh, earlier = after[-count], [*after[len(after) - count + 1 :], *before]
        told = Told(20 + count, fresh.told_ms)
        assert feed.learn_skew([told], fresh.received_ms, earlier[:20]) == skew


def test_old_reports_under_new_numbers_are_not_a_clock_put_back() -> None:
    """A counter that was offline sends the newest first, each under a number of its own."""
    now = 1_795_662_400_000
    earlier = told_every_ten(20, 0)
    for n in range(10):
        fresh = Told(100 + n, now - 60_000 * (n + 1))
        assert feed.learn_skew([fresh], now + 10_000 * n, earlier[:20]) == 200
        earlier.insert(0, Earlier(now - 60_000 * (n + 1), now + 10_000 * n))


def test_readings_of_one_report_differ_by_every_value() -> None:
    base = Told(1, 1000, 1, 2)
    others = [Told(1, 1001, 1, 2), Told(1, 1000, 2, 1), Told(1, None, 1, 2), Told(1, 1000, 1)]
    assert len({one.digest for one in (base, *others)}) == 5
    assert Told(1, 1000, 1, 2, place="readings.4").digest == base.digest
