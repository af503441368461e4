"""The board's template (보드판): which fields an organisation's photos carry beside the picture."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

KINDS: Final = ("text", "choice", "date")
MAX_FIELDS, MAX_NAME, MAX_CHOICES, MAX_CHOICE = 20, 20, 30, 40
MAX_COLUMNS: Final = 40
OTHERS: Final = "그 밖의 항목"  # of a document of a Korean office
MOVES: Final = ("up", "down", "drop")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Field:
    """One field of the board; `choices` only for the kind "choice"."""

    name: str
    kind: str = "text"
    choices: tuple[str, ...] = ()


DEFAULT: Final = (
    Field("공사명"), Field("공종"), Field("위치"), Field("내용"), Field("날짜", "date"),
)  # fmt: skip


def to_text(board: Iterable[Field]) -> str:
    """A template as it is stored."""
    return json.dumps([to_json(field) for field in board], ensure_ascii=False)


def from_text(text: str) -> tuple[Field, ...]:
    """A stored template."""
    return tuple(
        Field(one["name"], one["kind"], tuple(one.get("choices", ()))) for one in json.loads(text)
    )


def to_json(field: Field) -> dict[str, Any]:
    """A field as the phone reads it."""
    plain: dict[str, Any] = {"name": field.name, "kind": field.kind}
    return plain | ({"choices": list(field.choices)} if field.kind == "choice" else {})


def read_rows(rows: Iterable[tuple[str, str, str]]) -> tuple[Field, ...]:
    """The fields of a form's rows `(name, kind, choices)`; a row without a name is left out."""
    return tuple(_field(*row) for row in rows if row[0].strip())


def _field(name: str, kind: str, choices: str) -> Field:
    kind = kind if kind in KINDS else "text"
    found = tuple(dict.fromkeys(one.strip() for one in choices.replace("\n", ",").split(",")))
    return Field(name.strip(), kind, tuple(one for one in found if one) if kind == "choice" else ())


def faults(board: Sequence[Field]) -> list[tuple[int, str]]:
    """What is wrong with a template: `(place, what)`, what being count, long, twice or choices."""
    found: list[tuple[int, str]] = []
    if not 1 <= len(board) <= MAX_FIELDS:
        found.append((0, "count"))
    for place, field in enumerate(board):
        if len(field.name) > MAX_NAME or any(ord(sign) < 32 for sign in field.name):
            found.append((place, "long"))
        if field.name in {other.name for other in board[:place]}:
            found.append((place, "twice"))
        if field.kind == "choice" and not _choices_fit(field.choices):
            found.append((place, "choices"))
    return found


def _choices_fit(choices: Sequence[str]) -> bool:
    return 1 <= len(choices) <= MAX_CHOICES and all(len(one) <= MAX_CHOICE for one in choices)


def moved(board: Sequence[Row], act: str) -> list[Row]:
    """Rows after one act: `up-2`, `down-0` or `drop-1`; any other act changes nothing."""
    verb, _, digits = act.partition("-")
    place = int(digits) if digits.isascii() and digits.isdigit() else -1
    changed = list(board)
    if verb not in MOVES or not 0 <= place < len(changed):
        return changed
    row = changed.pop(place)
    if verb != "drop":
        changed.insert(max(0, place + (-1 if verb == "up" else 1)), row)
    return changed


def columns(boards: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """The names that get a column of their own in a table of many boards: those that most boards
    have, at most MAX_COLUMNS, in the order in which they first come. Boards of strangers may name
    thousands, and a table would grow with names times boards; `others` holds what is left."""
    counts: Counter[str] = Counter()  # of equal counts, what comes first stays first
    for board in boards:
        counts.update(name for name, value in board.items() if name and value)
    kept = {name for name, _ in counts.most_common(MAX_COLUMNS)}
    return tuple(name for name in counts if name in kept)


def others(board: Mapping[str, str], columns: Collection[str]) -> str:
    """What a board holds beside the columns, as one text; "" when there is nothing."""
    left = [(name, value) for name, value in board.items() if name and value]
    return " · ".join(f"{name}: {value}" for name, value in left if name not in columns)
