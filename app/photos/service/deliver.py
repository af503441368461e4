"""Handing photos over to the work system; runs in the worker only.

The danger removed here: a photo that the office never gets, or gets twice, because a worker was
killed or a line broke between the other side's having it and our knowing so. A delivery is claimed
by a lease; what is done to the other side may be repeated under the same key (gateways say how);
and what the database says last is written only by who still holds the lease.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update

from app.core import clock, db, ids, outbox
from app.photos.models import Delivery, Photo
from app.photos.queries import deliveries as deliveries_q
from app.photos.queries.deliveries import ConnectorRow, DueRow
from app.photos.rules import delivery as rules
from app.photos.rules.delivery import DEAD, DONE, SENT, Failure, Parcel
from app.photos.service import connectors, outgoing
from app.photos.service.outgoing import Gateway

LOG = logging.getLogger("app.photos.deliver")
LEASE_S = 180  # longer than a gateway may take for everything together
Chance = Callable[[], float]
_TURN = threading.Lock()
_IN_HAND = set[str]()  # connectors that a lane of this process serves just now


@dataclass(frozen=True)
class Held:
    """A delivery that this worker holds until its lease is over."""

    due: DueRow
    until: int


def deliver_due(most: int = 50, chance: Chance = random.random) -> int:
    """Hand over what is due, one after the other, and test the connectors that are to be tested.

    Args:
        most: how many are tried at most.
        chance: from 0 to 1, for the spread of the pauses.

    Returns:
        How many the other side has acknowledged.
    """
    outbox.work_off({deliveries_q.TEST: _test}, most=5)
    _give_up_refused()
    done, down, served = 0, set[str](), set[str]()
    for _ in range(most):
        held = _claim_in_turn(down, served)
        if held is None:
            break
        try:
            done += _try(held, down, chance())
        finally:
            _IN_HAND.discard(held.due.connector_id)
    return done


def _claim_in_turn(down: set[str], served: set[str]) -> Held | None:
    """Take one of a connector that had no turn yet, so that many photos of a slow one let those of
    the others by; a new turn begins when all had theirs. A connector that another lane of this
    process serves just now is left to it: one that is slow holds up one lane, never all."""
    with _TURN:
        held = claim(down | served | _IN_HAND)
        if held is None and served:
            served.clear()
            held = claim(down | _IN_HAND)
        if held is not None:
            served.add(held.due.connector_id)
            _IN_HAND.add(held.due.connector_id)
    return held


def claim(left_out: set[str]) -> Held | None:
    """Take the delivery that waits longest, in a transaction of its own; None when nothing is
    due."""
    now = clock.now()
    if deliveries_q.find_due(now, left_out) is None:
        return None
    with db.transaction():
        found = deliveries_q.find_due(now, left_out)
        if found is None:
            return None
        held = _taken(found, now + LEASE_S)
        change = {
            "leased_until": held.until, "tries": held.due.tries,
            "perhaps_there": held.due.perhaps_there,
        }  # fmt: skip
        db.run(update(Delivery).where(Delivery.id == found.id).values(change))
    return held


def _taken(found: DueRow, until: int) -> Held:
    """A delivery with one try more. Whoever ends a try gives the lease back: one that only ran out
    is of a try whose end nobody knows, as its worker was killed or was too slow."""
    unknown_end = found.leased_until > 0
    perhaps_there = bool(found.perhaps_there) or unknown_end
    due = replace(found, tries=found.tries + 1, leased_until=until, perhaps_there=perhaps_there)
    return Held(due, until)


def _try(held: Held, down: set[str], jitter: float) -> bool:
    """One try; whether the delivery is done. A connector that is down joins `down`."""
    try:
        return _deliver(held) == DONE
    except LeaseLostError:
        return False
    except Exception as error:
        failure = outgoing.as_failure(error)
        blocked = _blocked(held.due, failure)
        failure.blocks = failure.blocks and not _is_alone(held.due)
        if failure.blocks:
            down.add(held.due.connector_id)
        with suppress(LeaseLostError):
            _fail(held, failure, blocked, jitter)
        return False


def _blocked(due: DueRow, failure: Failure) -> dict[str, int | None]:
    """How often in a row the delivery has met a connector that seems to be down, and since when."""
    if not failure.blocks:
        return {"blocked": 0, "blocked_since": None}
    since = due.blocked_since or clock.now()
    return {"blocked": (due.blocked or 0) + 1, "blocked_since": since}


def _is_alone(due: DueRow) -> bool:
    """Whether others have got through since this one began to fail again and again: then its
    tries count, and it holds up nobody."""
    if due.blocked_since is None or not rules.may_be_its_own_fault(due.blocked or 0):
        return False
    return deliveries_q.has_done_since(due.connector_id, due.blocked_since)


def _deliver(held: Held) -> str:
    """Hand one over; its state now."""
    connector = deliveries_q.get_connector(held.due.organisation_id, held.due.connector_id)
    parcel = outgoing.parcel_of(held.due)
    with closing(outgoing.gateway_of(connector)) as gateway:
        if held.due.state == rules.WAITING and gateway.prepare(parcel):
            _keep(held, {"state": SENT})
        return _publish(held, gateway, parcel)


def _publish(held: Held, gateway: Gateway, parcel: Parcel) -> str:
    """The last step; what nobody foresaw may break it after the other side has the photo."""
    try:
        state = gateway.publish(parcel)
        if state == DONE:
            _keep(held, {"state": DONE, "done_at": clock.now(), "error": None, "leased_until": 0})
            gateway.tidy(parcel)
        else:
            _look_again(held)
    except (Failure, LeaseLostError):
        raise
    except Exception as error:
        raise outgoing.as_failure(error).after_sending() from error
    return state


def _look_again(held: Held) -> None:
    """It is handed over and not acknowledged: that is no failed try."""
    age = clock.now() - held.due.created_at
    change = {
        "state": SENT, "tries": held.due.tries - 1, "leased_until": 0, "error": None,
        "next_at": clock.now() + rules.look_again(age), "blocked": 0, "blocked_since": None,
    }  # fmt: skip
    if rules.waits_too_long(age):
        change |= {"state": DEAD, "error": "no-answer"}
    _keep(held, change)


def _fail(held: Held, failure: Failure, blocked: Mapping[str, int | None], jitter: float) -> None:
    """Try again later, or give up; a connector that is down keeps all its photos waiting, and
    that counts against none of them."""
    tries = blocked["blocked"] or held.due.tries
    later = clock.now() + max(failure.wait, rules.pause(tries, jitter))
    change: dict[str, Any] = {
        "error": failure.reason, "leased_until": 0,
        # One second behind the others: a photo that the other side always breaks at lets them by.
        "next_at": later + failure.blocks,
        "tries": held.due.tries - failure.blocks,
        "perhaps_there": held.due.perhaps_there or failure.perhaps_there, **blocked,
    }  # fmt: skip
    if rules.gives_up(failure, held.due.tries):
        change["state"] = DEAD
    facts = {"delivery": held.due.id, "reason": failure.reason, "tries": tries}
    LOG.warning("delivery failed", extra={"facts": facts})
    _keep(held, change, held.due.connector_id if failure.blocks else "", later)


def _keep(held: Held, change: Mapping[str, Any], hold_back: str = "", later: int = 0) -> None:
    """Write what is known now, unless another worker has taken over in the meantime."""
    mine = (Delivery.id == held.due.id, Delivery.leased_until == held.until)
    with db.transaction():
        kept = db.run(update(Delivery).where(*mine).values(**change))
        if kept and hold_back:
            waiting = (
                Delivery.connector_id == hold_back,
                Delivery.state.in_(deliveries_q.OPEN),
                Delivery.next_at < later,
            )
            db.run(update(Delivery).where(*waiting).values(next_at=later))
    if not kept:
        raise LeaseLostError


class LeaseLostError(RuntimeError):
    """The lease was over before the work was: another worker repeats it under the same key."""


def _give_up_refused() -> None:
    """What turned out to be no picture is not handed over."""
    refused = select(Photo.id).where(Photo.state == "refused")
    lost = (Delivery.state.in_(deliveries_q.OPEN), Delivery.photo_id.in_(refused))
    if db.first(select(Delivery.id).where(*lost).limit(1)) is not None:
        with db.transaction():
            db.run(update(Delivery).where(*lost).values(state=DEAD, error="refused-photo"))


def _test(given: Mapping[str, Any]) -> None:
    """The verb of the task `connector-test`: try a connector out and keep how it went."""
    connector = deliveries_q.find_connector(given["connector_id"])
    if connector is not None:
        connectors.keep_trial(connector, _reason_of_test(connector))


def _reason_of_test(connector: ConnectorRow) -> str:
    try:
        with closing(outgoing.gateway_of(connector)) as gateway:
            gateway.test(ids.new_id())
    except Exception as error:
        return outgoing.as_failure(error).reason
    return ""


__all__ = ["LEASE_S", "Held", "LeaseLostError", "Parcel", "claim", "deliver_due"]
