"""The chain around a stamp as an auditor reads it: a fork stands beside the stamp it collides with,
so that neither of the two tokens can hide behind the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from app.core import clock
from app.trips.queries import desk as desk_q
from app.trips.queries.desk import ForkRow
from app.trips.queries.stamps import StampRow
from app.trips.rules.claims import KIND_NAMES, KINDS
from app.trips.rules.token import token_text
from app.trips.rules.verdict_texts import MARKS
from app.trips.service import seals

AROUND = 2


@dataclass(frozen=True)
class Neighbours:
    """Stamps and forks in the order of their numbers; `cut` when there are more forks."""

    rows: list[dict[str, Any]]
    cut: bool


def describe(kid: bytes, seq: int, sha256: bytes) -> Neighbours:
    """The stamps and forks of a device around a sequence number, and what the token of that hash
    collides with; the token itself is never among the forks that are left out."""
    stamps = desk_q.list_device_stamps(kid, seq, AROUND, sha256)
    rows = [_stamp_row(row, seq, sha256) for row in stamps]
    numbers = {row.id: row.seq for row in stamps}
    forks, cut = desk_q.list_forks(tuple(numbers), sha256)
    rows += [_fork_row(fork, numbers[fork.stamp_id], seq, sha256) for fork in forks]
    return Neighbours(sorted(rows, key=lambda row: int(row["seq"])), cut)


def _stamp_row(row: StampRow, seq: int, sha256: bytes) -> dict[str, Any]:
    words = [gettext("취소함")] if row.voided_at is not None else []
    words += [str(MARKS[mark][0]) for mark in row.mark_list if mark in MARKS]
    return {
        "seq": row.seq,
        "kind": KIND_NAMES[row.kind & KINDS],
        "captured_at": clock.in_seoul(row.captured_at),
        "state": ", ".join(words) or gettext("이상 없음"),
        "url": "/S/" + token_text(row.token),
        "relation": _relation(row.seq, seq, row.token_sha256 == sha256),
    }


def _fork_row(fork: ForkRow, stamp_seq: int, seq: int, sha256: bytes) -> dict[str, Any]:
    """What the fork itself says; the number of its stamp and no more once it cannot be opened."""
    claims = seals.open_claims(fork.token_sha256.hex(), fork.wrapped_key, fork.sealed)
    own_seq = claims.seq if claims else stamp_seq
    return {
        "seq": own_seq,
        "kind": claims.kind_name if claims else "",
        "captured_at": clock.in_seoul(claims.captured_at if claims else fork.received_at),
        "state": gettext("갈라진 순번"),
        "url": "/S/" + token_text(fork.token),
        "relation": _relation(own_seq, seq, fork.token_sha256 == sha256),
    }


def _relation(number: int, seq: int, mine: bool) -> str:
    relation = gettext("앞") if number < seq else gettext("뒤")
    if number == seq:
        relation = gettext("이 도장") if mine else gettext("같은 순번")
    return str(relation)
