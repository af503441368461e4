"""What is to be handed over to the work system: rows that the worker takes up.

Light on purpose: the web process imports this; what reaches out is service/deliver.py.
"""

from __future__ import annotations

from sqlalchemy import false, update
from sqlalchemy.dialects.sqlite import insert

from app.core import clock, db
from app.core.ids import new_id
from app.photos.models import Delivery
from app.photos.queries import deliveries as deliveries_q
from app.photos.rules.delivery import DEAD, WAITING

DAY_S = 24 * 3600
AT_ONCE = 500
GIVEN_UP = "given-up"  # rules/delivery_words.py says it in words
_UNDER_WAY = (Delivery.leased_until > 0) | Delivery.perhaps_there.is_(True)


def add_for_photo(organisation_id: str, photo_id: str) -> None:
    """Write one delivery for every connector in use, in the open transaction; once, however often
    it is called."""
    connectors = deliveries_q.list_enabled_ids(organisation_id)
    _add([(connector_id, photo_id) for connector_id in connectors], organisation_id)


def add_recent(organisation_id: str, connector_id: str, days: int) -> int:
    """Hand the photos of the last days to one connector too, in the open transaction; those it
    has are left alone.

    Returns:
        How many were added.
    """
    since = clock.now() - days * DAY_S
    photo_ids = deliveries_q.list_recent_photo_ids(organisation_id, since) if days else []
    return _add([(connector_id, photo_id) for photo_id in photo_ids], organisation_id)


def resend(organisation_id: str, delivery_id: str) -> str:
    """Try a delivery again that was given up, under its old key, so that the other side knows it.

    Returns:
        The connector's id.

    Raises:
        NotFound: there is no such delivery in this organisation, or its connector was removed.
    """
    connector_id, _ = deliveries_q.get_delivery(organisation_id, delivery_id)
    deliveries_q.get_connector(organisation_id, connector_id)
    db.run(
        update(Delivery).where(Delivery.id == delivery_id, Delivery.state == DEAD).values(**_anew())
    )
    return connector_id


def resend_all(organisation_id: str, connector_id: str) -> int:
    """The same for everything that a connector has given up; how many."""
    deliveries_q.get_connector(organisation_id, connector_id)
    return db.run(
        update(Delivery)
        .where(
            Delivery.organisation_id == organisation_id,
            Delivery.connector_id == connector_id,
            Delivery.state == DEAD,
        )
        .values(**_anew())
    )


def try_now(connector_id: str) -> None:
    """Let what waits for the next try be tried at once: the connector was changed or tested."""
    db.run(
        update(Delivery)
        .where(Delivery.connector_id == connector_id, Delivery.state.in_(deliveries_q.OPEN))
        .values(next_at=clock.now())
    )


def start_anew(connector_id: str, same_server: bool) -> None:
    """Let what is on its way begin anew, at once: the connector leads elsewhere from now on, also
    for what was handed over there and not acknowledged. A try that is under way is not counted.

    Args:
        connector_id: of the connector.
        same_server: whether it may have there what it was sent before. At another server a 409 is
            no word of having the photo.
    """
    there = _UNDER_WAY if same_server else false()
    db.run(
        update(Delivery)
        .where(Delivery.connector_id == connector_id, Delivery.state.in_(deliveries_q.OPEN))
        .values(perhaps_there=there, **_anew())
    )


def give_up(connector_id: str) -> int:
    """Give up whatever waits for a connector that is off, until it is sent again; how many. A try
    that is under way loses its lease, and may have left its photo at the other side."""
    open_ = Delivery.connector_id == connector_id, Delivery.state.in_(deliveries_q.OPEN)
    change = {
        "state": DEAD, "error": GIVEN_UP, "leased_until": 0, "perhaps_there": _UNDER_WAY,
    }  # fmt: skip
    return db.run(update(Delivery).where(*open_).values(change))


def _anew() -> dict[str, object]:
    return {
        "state": WAITING, "tries": 0, "next_at": clock.now(), "leased_until": 0, "error": None,
        "created_at": clock.now(), "blocked": 0, "blocked_since": None,
    }  # fmt: skip


def _add(pairs: list[tuple[str, str]], organisation_id: str) -> int:
    added, now = 0, clock.now()
    for start in range(0, len(pairs), AT_ONCE):
        given = [
            {
                "id": new_id(), "organisation_id": organisation_id, "connector_id": connector_id,
                "photo_id": photo_id, "key": new_id(), "state": WAITING, "tries": 0,
                "next_at": now, "leased_until": 0, "created_at": now,
            }
            for connector_id, photo_id in pairs[start : start + AT_ONCE]
        ]  # fmt: skip
        once = ["connector_id", "photo_id"]
        added += db.run(insert(Delivery).values(given).on_conflict_do_nothing(index_elements=once))
    return added
