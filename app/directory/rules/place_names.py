"""Which office a cell names: 경남 창원시, 창원시청, or 창원시 when only one is so called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from app.directory.rules.text import fold

TAIL: Final = re.compile(r"(청|청사|본청)$")
GAPS: Final = re.compile(r"[\s\W_]+")


def _plain(text: str) -> str:
    return TAIL.sub("", GAPS.sub("", fold(text)))


class Offices:
    """The offices by everything that they are called."""

    def __init__(self, known: Iterable[tuple[int, str, str, Sequence[str]]]) -> None:
        """Take up offices.

        Args:
            known: number, whole name, province, and short names of the province.
        """
        found: dict[str, set[int]] = {}
        for number, name, sido, aliases in known:
            local = name.removeprefix(sido).strip()
            whole = {name, *(f"{one} {local}" for one in (*aliases, sido))}
            for text in (*whole, local) if local else (name, *aliases):
                found.setdefault(_plain(text), set()).add(number)
        self._found = found

    def mentioned(self, text: str) -> int | None:
        """The office that a title or a file's name speaks of (2026년 창원시 직원 현황), by the
        longest name in it; None for none or several. Two letters count as a whole word only."""
        folded = fold(text)
        plain, words = GAPS.sub("", folded), {_plain(one) for one in GAPS.split(folded)}
        found = [one for one in self._found if one in (plain if len(one) > 2 else words)]
        most = max(map(len, found), default=0)
        numbers = {number for one in found if len(one) == most for number in self._found[one]}
        return numbers.pop() if len(numbers) == 1 else None

    def find(self, text: str, province: str = "") -> int | None:
        """The office that a text names, or None for none or several.

        Args:
            text: as in the file.
            province: of the file's other column or of the office that it is for, when known.
        """
        for asked in (_plain(text), _plain(f"{province} {text}")):
            numbers = self._found.get(asked, set())
            if len(numbers) == 1:
                return next(iter(numbers))
        return None
