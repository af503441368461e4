"""The page of one canteen, which every change comes back to: as it is, or with the form that did
not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.cafeteria.queries import links, places, removed
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.routes import menu_table
from app.cafeteria.rules.hours_form import shown
from app.cafeteria.rules.meals import MEALS, WEEKDAYS
from app.cafeteria.rules.special_days import spans
from app.cafeteria.service import lines as lines_s
from app.cafeteria.service import timetable
from app.core import clock
from app.core.guard import get_viewer


@dataclass(frozen=True)
class Wrong:
    """A form of the page that did not fit: which, what was typed, and what is wrong with it."""

    section: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, section: str, name: str, known: Any = "") -> Any:
        """What stands in a field: what was typed, or what is known."""
        return self.form.get(name, "") if section == self.section else known

    def error(self, section: str, name: str) -> str:
        """What is wrong with a field."""
        return self.errors.get(name, "") if section == self.section else ""


NOTHING = Wrong()


def get_canteen(canteen_id: object) -> CanteenRow:
    """The canteen of an address.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    return places.get_canteen(get_viewer().organisation_id, str(canteen_id))


def back(canteen_id: str, said: str, part: str = "") -> ResponseReturnValue:
    """Back to the page after a change, which says what was done."""
    flash(said)
    return redirect(f"/canteen/settings/{canteen_id}{part and f'#{part}'}", 303)


def page(canteen: CanteenRow, wrong: Wrong = NOTHING) -> ResponseReturnValue:
    """The page of a canteen."""
    today = clock.seoul_day(clock.now())
    found = links.list_links(canteen.id)
    html = render_template(
        "cafeteria/settings_one.html",
        canteen=canteen,
        wrong=wrong,
        lines=places.list_lines(canteen.id),
        most_lines=lines_s.MOST,
        removed_lines=removed.list_removed_lines(canteen.id),
        week=_week(canteen.id),
        spans=spans(places.list_special_days(canteen.id, today.isoformat())),
        holidays=timetable.coming_holidays(today),
        links=[one for one in found if one.revoked_at is None],
        today=today,
        named=menu_table.named,
        meals=MEALS,
        shown=shown,
    )
    return html, 422 if wrong.errors else 200


def _week(canteen_id: str) -> list[tuple[Any, list[Any]]]:
    """Each weekday with the hours of its meals."""
    hours = places.list_hours(canteen_id)
    return [
        (name, [one for one in hours if one.weekday == weekday])
        for weekday, name in enumerate(WEEKDAYS)
    ]
