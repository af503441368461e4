"""Which office a cell names: 경남 창원시, 창원시청, or 창원시 when only one is so called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from app.directory.rules.text import fold

TAIL: Final = re.compile(r"(청|청사|본청)$")
GAPS: Final = re.compile(r"[\s\W_]+")
# What may follow an office's name in a title; 창원시설관리공단 and 성남시의료원 are other bodies.
AFTER: Final = re.compile(
    r"(청장|청|본청|청사)?"
    r"((와|과|및|직원|직무|업무|사무|조직|담당|공무원|전화|연락처|행정|부서|명단|현황|\d).*)?"
)
BEFORE: Final = re.compile(r"^\d+(년도|년|월|일)?")
LONGEST_NAME: Final = 3  # words


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
        self._sido = dict[int, str]()
        self._provinces = set[int]()
        for number, name, sido, aliases in known:
            local = name.removeprefix(sido).strip()
            self._sido[number] = sido
            if not local:
                self._provinces.add(number)
            whole = {name, *(f"{one} {local}" for one in (*aliases, sido))}
            for text in (*whole, local) if local else (name, *aliases):
                found.setdefault(_plain(text), set()).add(number)
        self._found = found

    def mentioned(self, text: str) -> int | None:
        """The office that a title or a file's name speaks of (2026년 창원시 직원 현황), by the
        longest name in it, and a town before its province; None for none or several."""
        words = [BEFORE.sub("", one) for one in GAPS.split(fold(text))]
        found = dict[int, int]()
        for start in range(len(words)):
            for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
                for number, length in self._named("".join(words[start:end])):
                    found[number] = max(length, found.get(number, 0))
        towns = {self._sido[one] for one in found if one not in self._provinces}
        left = {one: n for one, n in found.items() if not self._stands_for(one, towns)}
        most = max(left.values(), default=0)
        numbers = [one for one, length in left.items() if length == most]
        return numbers[0] if len(numbers) == 1 else None

    def _stands_for(self, number: int, towns: Collection[str]) -> bool:
        """Whether an office is the province of a town that is named as well."""
        return number in self._provinces and self._sido[number] in towns

    def _named(self, text: str) -> Iterator[tuple[int, int]]:
        """Offices with whose name a text without gaps begins, and its length."""
        for name, numbers in self._found.items():
            exact = text in {name, f"{name}청"}
            goes_on = len(name) > 2 and text.startswith(name) and AFTER.fullmatch(text[len(name) :])
            if exact or goes_on:
                yield from ((number, len(name)) for number in numbers)

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
