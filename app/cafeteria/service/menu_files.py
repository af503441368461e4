"""Menu sheets that people paste or bring as a file: what was understood of them. Nothing is kept
before somebody has looked at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from app.cafeteria.gateways import menu_files
from app.cafeteria.queries import places
from app.cafeteria.queries.places import MenuRow
from app.cafeteria.rules import menu, menu_text
from app.cafeteria.rules.menu import Parsed, Problem
from app.cafeteria.service.menus import State, Wanted, state_of

MOST_BYTES = menu_files.MOST_BYTES


@dataclass(frozen=True)
class Offer:
    """A meal as it was understood, what it would change, and what it would replace."""

    wanted: Wanted
    state: State
    known: MenuRow | None


@dataclass(frozen=True)
class Reading:
    """What was understood of a sheet. `sheet`: its name, where a workbook has several."""

    sheet: str
    parsed: Parsed

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was not."""
        return self.parsed.problems


def read_text(text: str, week: date) -> Reading:
    """Understand what was pasted, for the week that begins with that Monday."""
    return Reading("", menu.parse(menu_text.lines_of(text), week))


def read_file(source: IO[bytes], week: date) -> Reading:
    """Understand a file; of a workbook the sheet with most meals that are not over, else with most.

    Raises:
        Unreadable: it is no table that is known here.
    """
    sheets = menu_files.read(source)
    found = [Reading(one.name, menu.parse(one.lines, week)) for one in sheets]
    best = max(found, key=lambda one: _promise(one.parsed, week))
    return best if len(found) > 1 else Reading("", best.parsed)


def _promise(parsed: Parsed, week: date) -> tuple[int, int]:
    return sum(one.day >= week for one in parsed.menus), len(parsed.menus)


def offers(canteen_id: str, wanted: Sequence[Wanted]) -> list[Offer]:
    """What each meal would change."""
    known = known_of(canteen_id, (one.day for one in wanted))
    return [
        Offer(one, state_of(old, one.items), old)
        for one in wanted
        for old in [known.get((one.day.isoformat(), one.meal))]
    ]


def known_of(canteen_id: str, days: Iterable[date]) -> dict[tuple[str, str], MenuRow]:
    """The menus from the first to the last of some days, by day and meal."""
    asked = sorted(days)
    if not asked:
        return {}
    found = places.list_menus(canteen_id, asked[0].isoformat(), asked[-1].isoformat())
    return {(one.day, one.meal): one for one in found}


def wanted_of(parsed: Parsed) -> list[Wanted]:
    """The meals that were understood."""
    return [Wanted(one.day, one.meal, one.items) for one in parsed.menus]
