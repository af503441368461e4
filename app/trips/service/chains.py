"""A stamp's place in its device's chain and in a trip."""

from __future__ import annotations

from sqlalchemy import insert, update

from app.accounts.service.devices import Signer
from app.core import clock, db
from app.core.ids import new_id
from app.trips.models import Stamp, Trip
from app.trips.queries import arrivals as arrivals_q
from app.trips.rules.chain import Link, State, judge_chain
from app.trips.rules.claims import Claims


def add_trip(signer: Signer, claims: Claims, now: int) -> str:
    """Make the person's trip of the code that the phone made, with its first stamp; its id."""
    trip_id = new_id()
    db.run(
        insert(Trip).values(
            id=trip_id,
            organisation_id=signer.organisation_id,
            person_id=signer.person_id,
            code=claims.trip,
            day=clock.seoul_day(claims.captured_at).isoformat(),
            created_at=now,
        )
    )
    return trip_id


def join(kid: bytes, claims: Claims, sha256: bytes) -> State:
    """Where a new stamp stands in its chain; stamps whose place it changes are updated."""
    near = arrivals_q.list_neighbours(kid, claims.seq, claims.prev, sha256[:8])
    ids = {row.token_sha256: row.id for row in near}
    state, changes = judge_chain(
        Link(sha256, claims.seq, claims.prev, claims.captured_at),
        [_link(row) for row in near],
    )
    for changed, new_state in changes.items():
        _set_state(ids[changed], new_state)
    return state


def mark_fork(stamp_id: str) -> None:
    """A second token came under this stamp's identity."""
    _set_state(stamp_id, "fork")


def _link(row: arrivals_q.Neighbour) -> Link:
    states: dict[str, State] = {
        "first": "first",
        "follows": "follows",
        "gap": "gap",
        "reorder": "reorder",
        "broken": "broken",
        "fork": "fork",
    }
    return Link(row.token_sha256, row.seq, row.prev, row.captured_at, states.get(row.chain))


def _set_state(stamp_id: str, state: State) -> None:
    db.run(update(Stamp).where(Stamp.id == stamp_id).values(chain=state))
