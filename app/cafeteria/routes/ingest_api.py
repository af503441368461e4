"""Where counters report. Each request is signed with the counter's secret; docs/counters tells how.

The body is read (400, 422), its signature is checked (401), then the counter's own requests and
readings are counted. Nothing is written before that. An office has one address for all its counters
and for whoever else sits there: to the address only what no counter has signed is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.cafeteria.queries.devices import DeviceRow
from app.cafeteria.rules import feed
from app.cafeteria.rules.feed import Told
from app.cafeteria.rules.feed_refusals import NotJson, SeqReused, Unsigned
from app.cafeteria.schemas import readings
from app.cafeteria.schemas.readings import ManyIn, OneIn, TakenOut
from app.cafeteria.service import devices, ingest
from app.core import clock, guard
from app.core.buckets import Buckets
from app.core.db import transaction
from app.core.errors import BadInput, TooManyTries

bp = Blueprint("canteen_ingest", __name__)
OF_A_NETWORK = 3000  # requests a minute that are not signed by a counter
OF_A_COUNTER = 240
OF_A_DAY, READINGS = 8640, 600  # readings at once (a day, every 10 s), and a minute
DESCRIPTION = Path(__file__).parents[1] / "data" / "openapi.json"


@bp.record
def _make_buckets(state: BlueprintSetupState) -> None:
    state.app.extensions["canteen_readings"] = Buckets(OF_A_DAY, READINGS)


@bp.post("/api/canteen/readings")
def take() -> ResponseReturnValue:
    """Take in what a counter sends; the same again changes nothing."""
    received_ms = clock.precise() // 1000
    try:
        counter, given = _signed()
    except (NotJson, ValidationError, Unsigned):
        guard.count("canteen readings", guard.asking_network(), OF_A_NETWORK)
        raise
    try:
        _count(counter, given)
        return _store(counter, given, received_ms)
    except (TooManyTries, SeqReused) as refusal:
        _note(counter, "flood" if isinstance(refusal, TooManyTries) else "two-devices")
        raise


def _signed() -> tuple[DeviceRow, OneIn | ManyIn]:
    """What came, and which counter signed it."""
    body = request.get_data()
    given = readings.read(body)
    signature = request.headers.get("X-Canteen-Signature", "")
    return ingest.authenticate(str(given.device), body, signature), given


def _count(counter: DeviceRow, given: OneIn | ManyIn) -> None:
    """Count a counter's requests, and what is in them.

    Raises:
        TooManyTries: beyond that, with the seconds to wait.
    """
    guard.count("canteen readings of", counter.id, OF_A_COUNTER)
    found: Buckets = current_app.extensions["canteen_readings"]
    wait = found.seconds_to_wait(counter.id, len(given.readings_told()), clock.now())
    if wait:
        raise TooManyTries(wait)


def _store(counter: DeviceRow, given: OneIn | ManyIn, received_ms: int) -> ResponseReturnValue:
    told = given.readings_told()
    _check_kind(told, counter.measures)
    sent_ms = None if given.sent is None else round(given.sent * 1000)
    with transaction():
        taken = ingest.store(counter, told, sent_ms, received_ms)
    out = TakenOut(
        accepted=taken.accepted, doubtful=taken.doubtful, known=taken.known,
        now=received_ms / 1000, testing=taken.testing,
    )  # fmt: skip
    return jsonify(out.model_dump())


def _check_kind(told: Sequence[Told], measures: str) -> None:
    """Refuse what the counter was not put up for.

    Raises:
        BadInput: with each field that it does not measure.
    """
    words = gettext("이 기기가 세는 것이 아니에요. 기기 화면에서 무엇을 세는지 확인해 주세요.")
    wrong = [
        {"field": f"{one.place}.{name}".lstrip("."), "message": words}
        for one in told
        for name in feed.unfit(one, measures)
    ]
    if wrong:
        raise BadInput(wrong)


def _note(counter: DeviceRow, fault: str) -> None:
    """What happened to a counter stays written down though its request is refused."""
    if devices.is_worth_noting(counter, fault):
        with transaction():
            devices.note_fault(counter.id, fault)


@bp.get("/api/canteen/openapi.json")
@guard.limit(60)
def describe() -> ResponseReturnValue:
    """The description of this interface (OpenAPI 3.1), which tools/describe_feed.py makes."""
    answer = Response(DESCRIPTION.read_bytes(), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    return answer.make_conditional(request)
