"""Selects of connectors and deliveries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from app.core.db import first, rows, value, values
from app.core.errors import NotFound
from app.core.outbox import Task
from app.photos.models import REMOVED, Connector, Delivery, Photo, PhotoRecord

PAGE = 30
TEST = "connector-test"
OPEN = ("waiting", "sent")
CONNECTOR_COLUMNS = (
    "id", "organisation_id", "kind", "name", "url", "account", "wrapped_key", "secret",
    "enabled", "created_at",
)  # fmt: skip


@dataclass(frozen=True)
class ConnectorRow:
    """Where an organisation's photos are handed over; `secret` is sealed."""

    id: str
    organisation_id: str
    kind: str
    name: str
    url: str
    account: str
    wrapped_key: bytes | None
    secret: bytes | None
    enabled: bool
    created_at: int


@dataclass(frozen=True)
class DeadRow:
    """A delivery that was given up, and which photo it is of."""

    id: str
    photo_id: str
    error: str | None
    tries: int
    created_at: int
    site: str
    position: int
    captured_at: int


@dataclass(frozen=True)
class DueRow:
    """A delivery that a worker may take up now."""

    id: str
    organisation_id: str
    connector_id: str
    photo_id: str
    key: str
    state: str
    tries: int
    created_at: int
    leased_until: int
    blocked: int | None = None
    blocked_since: int | None = None
    perhaps_there: bool | None = None


_CONNECTOR = select(*(getattr(Connector, name) for name in CONNECTOR_COLUMNS))


def list_connectors(organisation_id: str) -> list[ConnectorRow]:
    """The organisation's connectors: those in use first, then by name."""
    query = _CONNECTOR.where(
        Connector.organisation_id == organisation_id, ~Connector.url.startswith(REMOVED)
    )
    found = rows(query.order_by(Connector.enabled.desc(), Connector.name, Connector.id))
    return [ConnectorRow(*row) for row in found]


def find_connector(connector_id: str) -> ConnectorRow | None:
    """The connector of an id, in any organisation: for what a delivery names."""
    row = first(_CONNECTOR.where(Connector.id == connector_id))
    return ConnectorRow(*row) if row else None


def get_connector(organisation_id: str, connector_id: str) -> ConnectorRow:
    """The connector of an id.

    Raises:
        NotFound: when there is none in this organisation, or it was removed.
    """
    row = find_connector(connector_id)
    if row is None or row.organisation_id != organisation_id or row.url.startswith(REMOVED):
        raise NotFound
    return row


def list_enabled() -> list[ConnectorRow]:
    """The connectors in use, of all organisations."""
    found = rows(_CONNECTOR.where(Connector.enabled.is_(True)).order_by(Connector.id))
    return [ConnectorRow(*row) for row in found]


def list_enabled_ids(organisation_id: str) -> list[str]:
    """The ids of the connectors in use."""
    query = select(Connector.id).where(Connector.organisation_id == organisation_id)
    return values(query.where(Connector.enabled.is_(True)).order_by(Connector.id))


def count_states(organisation_id: str) -> dict[str, dict[str, int]]:
    """How many deliveries of each connector are in each state: `{connector: {state: number}}`."""
    query = (
        select(Delivery.connector_id, Delivery.state, func.count())
        .where(Delivery.organisation_id == organisation_id)
        .group_by(Delivery.connector_id, Delivery.state)
    )
    found: dict[str, dict[str, int]] = {}
    for connector_id, state, number in rows(query):
        found.setdefault(connector_id, {})[state] = number
    return found


def list_dead(
    organisation_id: str, connector_id: str, page: int, size: int = PAGE
) -> tuple[list[DeadRow], int]:
    """A page (from 1) of what a connector has given up, newest photo first; and how many in all."""
    query = (
        select(
            Delivery.id, Delivery.photo_id, Delivery.error, Delivery.tries, Delivery.created_at,
            PhotoRecord.site, Photo.position, Photo.captured_at,
        )
        .join(Photo, Photo.id == Delivery.photo_id)
        .join(PhotoRecord, PhotoRecord.id == Photo.record_id)
        .where(
            Delivery.organisation_id == organisation_id,
            Delivery.state == "dead",
            Delivery.connector_id == connector_id,
        )
    )  # fmt: skip
    total = value(select(func.count()).select_from(query.subquery()))
    query = query.order_by(Photo.captured_at.desc(), Delivery.id)
    found = rows(query.offset((page - 1) * size).limit(size))
    return [DeadRow(*row) for row in found], total


def get_delivery(organisation_id: str, delivery_id: str) -> tuple[str, str]:
    """Connector and state of a delivery.

    Raises:
        NotFound: when there is none in this organisation.
    """
    query = select(Delivery.connector_id, Delivery.state).where(
        Delivery.id == delivery_id, Delivery.organisation_id == organisation_id
    )
    row = first(query)
    if row is None:
        raise NotFound
    return row[0], row[1]


def find_last_error(organisation_id: str, connector_id: str) -> str | None:
    """The reason why the delivery that was tried most failed, of those still on their way."""
    query = select(Delivery.error).where(
        Delivery.organisation_id == organisation_id,
        Delivery.connector_id == connector_id,
        Delivery.state.in_(OPEN),
        Delivery.error.is_not(None),
    )
    often = func.coalesce(Delivery.blocked, 0) + Delivery.tries
    found: str | None = value(query.order_by(often.desc(), Delivery.id).limit(1))
    return found


def find_next_try(organisation_id: str, connector_id: str) -> int | None:
    """When the next of those is tried that wait after a failed try; Unix seconds, or None."""
    query = select(func.min(Delivery.next_at)).where(
        Delivery.organisation_id == organisation_id,
        Delivery.connector_id == connector_id,
        Delivery.state.in_(OPEN),
        Delivery.error.is_not(None),
    )
    found: int | None = value(query)
    return found


def list_recent_photo_ids(organisation_id: str, since: int) -> list[str]:
    """The ids of the photos that have arrived since a moment, oldest first."""
    query = select(Photo.id).where(
        Photo.organisation_id == organisation_id,
        Photo.arrived_at >= since,
        Photo.state.in_(("arrived", "ready")),
    )
    return values(query.order_by(Photo.arrived_at, Photo.id))


def due(now: int, left_out: Collection[str] = ()) -> Select[*tuple[Any, ...]]:
    """The delivery that waits longest among those that may be tried now.

    Args:
        now: Unix seconds.
        left_out: connectors that are not to be tried in this round.
    """
    return (
        select(
            Delivery.id, Delivery.organisation_id, Delivery.connector_id, Delivery.photo_id,
            Delivery.key, Delivery.state, Delivery.tries, Delivery.created_at,
            Delivery.leased_until, Delivery.blocked, Delivery.blocked_since, Delivery.perhaps_there,
        )
        .join(Photo, Photo.id == Delivery.photo_id)
        .join(Connector, Connector.id == Delivery.connector_id)
        .where(
            Delivery.state.in_(OPEN),
            Delivery.next_at <= now,
            Delivery.leased_until <= now,
            Delivery.connector_id.not_in(left_out),
            Photo.state == "ready",
            Connector.enabled.is_(True),
        )
        .order_by(Delivery.next_at, Delivery.id)
        .limit(1)
    )  # fmt: skip


def find_due(now: int, left_out: Collection[str] = ()) -> DueRow | None:
    """The delivery that a worker takes up next, or None."""
    row = first(due(now, left_out))
    return DueRow(*row) if row else None


def has_done_since(connector_id: str, moment: int) -> bool:
    """Whether the connector has handed a photo over after a moment."""
    query = select(Delivery.id).where(
        Delivery.connector_id == connector_id, Delivery.state == "done", Delivery.done_at > moment
    )
    return first(query.limit(1)) is not None


def is_being_tested(connector_id: str) -> bool:
    """Whether the worker has a test of the connector before it."""
    query = select(Task.id).where(
        Task.kind == TEST, Task.key == connector_id, Task.dead_at.is_(None)
    )
    return first(query) is not None
