"""The same stamps from many threads at once, as a phone's retries and its worker send them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from tests.scene import Scene


def post(scene: Scene, path: str, body: dict[str, Any]) -> tuple[int, str]:
    """`(status, receipt)` of one post, with a client of its own."""
    answer = FlaskClient(scene.app).post(path, json=body)
    return answer.status_code, answer.get_json().get("receipt", "")


def at_once(scene: Scene, path: str, bodies: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Post all of them at the same time."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda body: post(scene, path, body), bodies))


def test_each_stamp_is_stored_once_and_gets_one_receipt(scene: Scene) -> None:
    bodies = [scene.body() for _ in range(6)]
    answers = at_once(scene, "/api/stamps", bodies * 4)
    assert {status for status, _ in answers} == {200}
    assert len({receipt for _, receipt in answers}) == 6
    chain = scene.rows("SELECT seq, chain FROM stamps ORDER BY seq")
    assert chain == [(1, "first"), *((seq, "follows") for seq in range(2, 7))]
    assert scene.rows("SELECT count(*) FROM trips") == [(1,)]
    assert scene.rows("SELECT count(*) FROM stamp_forks") == [(0,)]


def test_rivals_are_one_stamp_and_its_forks(scene: Scene) -> None:
    claims = scene.claims()
    with scene.app.app_context():
        rivals = [
            dict(scene.phone.body(replace(claims, jitter_dm=number), move=False))
            for number in range(4)
        ]
    answers = at_once(scene, "/api/stamps", rivals * 3)
    assert {status for status, _ in answers} == {200}
    assert len({receipt for _, receipt in answers}) == 4
    assert scene.rows("SELECT chain FROM stamps") == [("fork",)]
    assert scene.rows("SELECT count(*) FROM stamp_forks") == [(3,)]


def test_a_stamp_is_cancelled_once_however_often_it_is_sent(scene: Scene) -> None:
    sent = scene.stamp()
    with scene.app.app_context():
        body = scene.phone.void_body(sent.token, sent.stamp["captured_at"])
    answers = at_once(scene, "/api/voids", [dict(body)] * 12)
    assert {status for status, _ in answers} == {200}
    assert len({receipt for _, receipt in answers}) == 1
    assert scene.rows("SELECT count(*) FROM stamp_voids") == [(1,)]
