"""Selects of one photo's page: what its record says beside the picture, and where it was handed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, exists, select

from app.core.db import first, rows, value
from app.core.errors import NotFound
from app.photos.models import Connector, Delivery, Photo, PhotoRecord


@dataclass(frozen=True)
class RecordFacts:
    """What the page of one photo shows of its record; `board` is text as it is stored, and
    `replaced_by` a newer record with photos of its own."""

    id: str
    board: str
    replaces: str | None
    replaced_by: str | None
    captured_at: int
    received_at: int


@dataclass(frozen=True)
class Handed:
    """A photo's delivery through one connector."""

    name: str
    kind: str
    state: str
    tries: int
    next_at: int
    error: str | None
    done_at: int | None


def get_facts(organisation_id: str, record_id: str) -> RecordFacts:
    """What the page of a photo shows of its record.

    Raises:
        NotFound: there is none in the organisation.
    """
    newer, own = PhotoRecord.__table__.alias(), Photo.__table__.alias()
    later = (
        select(newer.c.id)
        .where(newer.c.organisation_id == organisation_id, newer.c.series == PhotoRecord.series)
        .where(newer.c.replaces == PhotoRecord.id, newer.c.person_id == PhotoRecord.person_id)
        .where(exists().where(own.c.record_id == newer.c.id))
        .limit(1)
        .scalar_subquery()
    )
    query = select(
        PhotoRecord.id,
        PhotoRecord.board,
        PhotoRecord.replaces,
        later,
        PhotoRecord.captured_at,
        PhotoRecord.received_at,
    ).where(and_(PhotoRecord.organisation_id == organisation_id, PhotoRecord.id == record_id))
    row = first(query)
    if row is None:
        raise NotFound
    return RecordFacts(*row)


def find_first_photo(organisation_id: str, record_id: str) -> str | None:
    """The id of a record's first photo."""
    query = select(Photo.id).where(
        Photo.organisation_id == organisation_id, Photo.record_id == record_id
    )
    found: str | None = value(query.order_by(Photo.position).limit(1))
    return found


def list_deliveries(organisation_id: str, photo_id: str) -> list[Handed]:
    """Where a photo was handed over, or is to be."""
    query = (
        select(
            Connector.name,
            Connector.kind,
            Delivery.state,
            Delivery.tries,
            Delivery.next_at,
            Delivery.error,
            Delivery.done_at,
        )
        .join(Connector, Connector.id == Delivery.connector_id)
        .where(Delivery.organisation_id == organisation_id, Delivery.photo_id == photo_id)
        .order_by(Connector.name, Connector.id)
    )
    return [Handed(*row) for row in rows(query)]
