"""The record that a phone signs for one visit, read strictly (docs/formats/photo-record.md).

The danger removed here: a photo that arrives but belongs nowhere, or of which nobody can say that
it is the one that was taken. The record goes first and names each photo's hash; what it names
never changes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.photos.rules.refusals import BadRecord

MAX_PHOTOS: Final = 60
MAX_RECORD_BYTES: Final = 16 * 1024
MAX_PHOTO_BYTES: Final = 40 * 1024 * 1024
BEFORE_KEY_S: Final = 120  # a phone's clock may be off by so much
MAX_FIELDS, MAX_NAME, MAX_VALUE = 20, 20, 200
PHASES: Final = ("", "before", "during", "after")
SOURCES: Final = ("camera", "picked")
KNOWN: Final = {1, 2, 6, 7, -70002}
INNER: Final = {1, 2, 3, 4, 5, 6, 7, 8}


@dataclass(frozen=True)
class Promised:
    """One photo that a record names; `size` in bytes, `captured_at` in Unix seconds."""

    id: str
    sha256: bytes
    size: int
    captured_at: int
    phase: str
    source: str


@dataclass(frozen=True)
class Record:
    """What one visit signed; times in Unix seconds, ids as UUID text. One without photos corrects
    the board of the record that it `replaces`, and nothing else."""

    id: str
    organisation: str
    staff_number: str
    captured_at: int
    trip: str | None
    stamp_sha256: bytes | None
    board: dict[str, str]
    photos: tuple[Promised, ...]
    series: str
    replaces: str | None
    practice: bool
    place: str | None


def read_record(payload: Any) -> Record:
    """Read a decoded payload.

    Raises:
        BadRecord: with the reason.
    """
    outer = _map(payload, KNOWN, KNOWN)
    inner = _map(outer[-70002], {3, 4, 5, 7}, INNER)
    return Record(
        id=_uuid(outer[7]),
        organisation=_text(outer[1], 16),
        staff_number=_text(outer[2], 32),
        captured_at=_number(outer[6], 1, 2**32 - 1),
        trip=_text(inner[1], 16) if 1 in inner else None,
        stamp_sha256=_bytes(inner[2], 32) if 2 in inner else None,
        board=_board(inner[3]),
        photos=_photos(inner[4], least=0 if 6 in inner else 1),
        series=_uuid(inner[5]),
        replaces=_uuid(inner[6]) if 6 in inner else None,
        practice=_number(inner[7], 0, 1) == 1,
        place=_text(inner[8], 80) if 8 in inner else None,
    )


def payload_of(record: Record) -> dict[int, object]:
    """The payload of a record, ready to be encoded: what `read_record` reads."""
    photos = [
        [_raw(one.id), one.sha256, one.size, one.captured_at,
         PHASES.index(one.phase), SOURCES.index(one.source)]
        for one in record.photos
    ]  # fmt: skip
    inner: dict[int, object] = {
        3: [list(pair) for pair in record.board.items()],
        4: photos,
        5: _raw(record.series),
        7: int(record.practice),
    }
    if record.trip is not None:
        inner[1] = record.trip
    if record.stamp_sha256 is not None:
        inner[2] = record.stamp_sha256
    if record.replaces is not None:
        inner[6] = _raw(record.replaces)
    if record.place is not None:
        inner[8] = record.place
    return {
        1: record.organisation, 2: record.staff_number, 6: record.captured_at,
        7: _raw(record.id), -70002: inner,
    }  # fmt: skip


def site_of(board: Mapping[str, str], place: str | None) -> str:
    """What photos are grouped by: the first field that is filled in, else the place, else ""."""
    for value in board.values():
        if value.strip():
            return value.strip()[:120]
    return place or ""


def board_text(board: Mapping[str, str]) -> str:
    """A board as it is stored."""
    return json.dumps(dict(board), ensure_ascii=False)


def board_of(text: Any) -> dict[str, str]:
    """A board out of what is stored; one that can no longer be read is empty, and the check of the
    record says so."""
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if type(found) is dict else {}


def marks_of(record: Record, enrolled_at: int) -> str:
    """What is odd about a record, as it is stored: it names a time before the key that signed it
    was enrolled (Unix seconds)."""
    return "before-key" if record.captured_at < enrolled_at - BEFORE_KEY_S else ""


def _photos(value: Any, least: int) -> tuple[Promised, ...]:
    if type(value) is not list or not least <= len(value) <= MAX_PHOTOS:
        raise BadRecord("photo-count")
    found = tuple(_photo(one) for one in value)
    if len({one.id for one in found}) != len(found):
        raise BadRecord("photo-twice")
    return found


def _photo(value: Any) -> Promised:
    if type(value) is not list or len(value) != 6:
        raise BadRecord("photo")
    return Promised(
        _uuid(value[0]),
        _bytes(value[1], 32),
        _number(value[2], 1, MAX_PHOTO_BYTES),
        _number(value[3], 1, 2**32 - 1),
        PHASES[_number(value[4], 0, len(PHASES) - 1)],
        SOURCES[_number(value[5], 0, len(SOURCES) - 1)],
    )


def _board(value: Any) -> dict[str, str]:
    if type(value) is not list or len(value) > MAX_FIELDS:
        raise BadRecord("board")
    board: dict[str, str] = {}
    for pair in value:
        if type(pair) is not list or len(pair) != 2 or str(pair[0]) in board:
            raise BadRecord("board")
        board[_text(pair[0], MAX_NAME)] = _text(pair[1], MAX_VALUE, 0)
    return board


def _map(value: Any, needed: set[int], known: set[int]) -> dict[int, Any]:
    if type(value) is not dict or value.keys() - known:
        raise BadRecord("unknown-label")
    if needed - value.keys():
        raise BadRecord("missing-label")
    return value


def _text(value: Any, longest: int, shortest: int = 1) -> str:
    if type(value) is not str or not shortest <= len(value) <= longest:
        raise BadRecord("text")
    return value


def _bytes(value: Any, length: int) -> bytes:
    if type(value) is not bytes or len(value) != length:
        raise BadRecord("bytes")
    return value


def _number(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise BadRecord("number")
    return value


def _uuid(value: Any) -> str:
    return str(uuid.UUID(bytes=_bytes(value, 16)))


def _raw(text: str) -> bytes:
    return uuid.UUID(text).bytes
