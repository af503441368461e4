"""Whether what is stored of a photo is what the phone signed: rows compared column by column.

The danger removed here: a row that was changed in the database while the signed record lies
untouched beside it. Rows are only a quick copy of the record; each column that the record or a
receipt speaks of must say the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.photos.rules.reasons import WORDS
from app.photos.rules.receipt import Receipt
from app.photos.rules.record import Promised, Record, board_text, marks_of, site_of

HERE: Final = (b"arrived", b"ready", b"refused")
STATES: Final = (b"expected", *HERE)
MADE: Final = ("ready_at", "large_sha256", "small_sha256", "seal")  # of a photo that is ready only


@dataclass(frozen=True)
class Check:
    """One question and its answer: `ok` is None when it cannot be asked yet; `wrong` names the
    columns or the reason."""

    name: str
    ok: bool | None
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Examination:
    """What came of all questions: `genuine`, `waiting` (not here yet), `unsealed` (genuine, but of
    the copies nothing is known), `refused` (at the door) or `changed`."""

    verdict: str
    checks: tuple[Check, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        """The names of the questions with a wrong answer."""
        return tuple(check.name for check in self.checks if check.ok is False)


@dataclass(frozen=True)
class Owner:
    """Whose key signed: ids of person and organisation, and how the record names them; the key was
    enrolled at `enrolled_at` (Unix seconds)."""

    kid: bytes
    person_id: str
    organisation_id: str
    staff_number: str
    organisation_code: str
    enrolled_at: int


def examine(checks: tuple[Check, ...]) -> Examination:
    """Sum up: one wrong answer is enough, an answer that is still to come is none."""
    if any(check.ok is False for check in checks):
        return Examination("changed", checks)
    unknown = {check.name for check in checks if check.ok is None}
    if unknown == {"copies"}:
        return Examination("unsealed", checks)
    return Examination("waiting" if unknown else "genuine", checks)


def refused(found: Examination) -> Examination:
    """The same for a photo that was refused at the door: nothing is genuine of what is not here."""
    return found if found.verdict == "changed" else Examination("refused", found.checks)


def answer(name: str, *wrong: str) -> Check:
    """A question's answer: good when nothing is wrong."""
    return Check(name, not wrong, wrong)


def owner_faults(record: Record, owner: Owner) -> tuple[str, ...]:
    """What the record says of its maker that is not so of the key's owner."""
    said = {"staff_number": record.staff_number, "organisation": record.organisation}
    true = {"staff_number": owner.staff_number, "organisation": owner.organisation_code}
    return tuple(name for name in said if said[name] != true[name])


def record_faults(row: Mapping[str, Any], record: Record, owner: Owner) -> tuple[str, ...]:
    """The columns of a record's row that differ from the signed record."""
    true = {
        "id": record.id.encode(),
        "organisation_id": owner.organisation_id.encode(),
        "person_id": owner.person_id.encode(),
        "device_kid": owner.kid,
        "series": record.series.encode(),
        "replaces": _text(record.replaces),
        "trip": _text(record.trip),
        "stamp_sha256": record.stamp_sha256,
        "site": site_of(record.board, record.place).encode(),
        "place": _text(record.place),
        "board": board_text(record.board).encode(),
        "practice": int(record.practice),
        "captured_at": record.captured_at,
        "marks": marks_of(record, owner.enrolled_at).encode(),
    }
    return _differing(row, true)


def photo_faults(
    row: Mapping[str, Any], record: Record, promised: Promised, owner: Owner
) -> tuple[str, ...]:
    """The columns of a photo's row that differ from what the record promises."""
    true = {
        "id": promised.id.encode(),
        "record_id": record.id.encode(),
        "organisation_id": owner.organisation_id.encode(),
        "person_id": owner.person_id.encode(),
        "position": record.photos.index(promised),
        "sha256": promised.sha256,
        "size": promised.size,
        "captured_at": promised.captured_at,
        "phase": promised.phase.encode(),
        "source": promised.source.encode(),
    }
    return _differing(row, true)


def state_faults(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Whether state, arrival, receipt, reason and what was made of a photo tell one story."""
    state = row["state"]
    here, ready = state in HERE and not at_the_door(row), state == b"ready"
    told = (row["receipt"] is not None, row["arrived_at"] is not None)
    made = (row["ready_at"] is not None,) if ready else tuple(row[name] is None for name in MADE)
    why = (row["reason"] is not None) == (state == b"refused")
    whole = state in STATES and told == (here, here) and all(made)
    return (*(() if whole else ("state",)), *(() if why and _known(row) else ("reason",)))


def _known(row: Mapping[str, Any]) -> bool:
    """Whether a reason is one of those that we give."""
    return row["reason"] is None or row["reason"].decode("utf-8", "replace") in WORDS


def at_the_door(row: Mapping[str, Any]) -> bool:
    """Whether a photo was refused before it was taken in: its first bytes were no picture's, so
    nothing of it was kept and no receipt was given."""
    none = row["receipt"] is None and row["arrived_at"] is None
    return bool(row["state"] == b"refused" and none)


def receipt_faults(receipt: Receipt, sha256: bytes, stored_at: Any, named: str) -> tuple[str, ...]:
    """What a receipt says that is not so."""
    told = {"sha256": receipt.sha256, "stored_at": receipt.stored_at, "id": receipt.id}
    true = {"sha256": sha256, "stored_at": stored_at, "id": named}
    return tuple(name for name in told if told[name] != true[name])


def find_promised(record: Record, photo_id: bytes) -> Promised | None:
    """What the record says of a photo."""
    return next((one for one in record.photos if one.id.encode() == photo_id), None)


def _differing(row: Mapping[str, Any], true: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in true.items() if row[name] != value)


def _text(value: str | None) -> bytes | None:
    return None if value is None else value.encode()
