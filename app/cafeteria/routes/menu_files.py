"""Menu sheets that are pasted or brought as a file: read, looked at and corrected by somebody, and
only then saved. The addresses stand in `menus`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from app.cafeteria.queries import places
from app.cafeteria.queries.places import CanteenRow, MenuRow
from app.cafeteria.routes import menu_table
from app.cafeteria.rules import menu_problems
from app.cafeteria.rules.form_words import WORDS, messages
from app.cafeteria.rules.meals import MEALS
from app.cafeteria.rules.menu_words import monday_of
from app.cafeteria.schemas.menus import MOST_MEALS, MealForm, WeekAsked
from app.cafeteria.service import menu_files, menus
from app.cafeteria.service.menu_files import Reading
from app.cafeteria.service.menus import State, Wanted
from app.core import body, clock, guard
from app.core.db import transaction
from app.core.guard import get_viewer
from app.core.sheets.lines import Unreadable

AROUND: Final = 64 * 1024  # bytes of a form around its file
LONGEST_NAME: Final = 80
MOST_TEXT: Final = 512 * 1024  # bytes of what is pasted, or of the form that is confirmed


@dataclass(frozen=True)
class Entry:
    """A meal in the form that is looked at: as it was understood, or as somebody corrected it.
    `known`: what it would replace."""

    day: str
    meal: str
    items: str
    take: bool
    state: State | str = ""
    known: MenuRow | None = None


def ask(canteen_id: object) -> ResponseReturnValue:
    """The form for a table or a file."""
    return _ask(_canteen(canteen_id), {}, None)


@guard.limit(20, by=guard.asking_person)
def bring(canteen_id: object) -> ResponseReturnValue:
    """Read what was brought, and show what was understood."""
    canteen = _canteen(canteen_id)
    request.max_content_length = menu_files.MOST_BYTES + AROUND
    request.max_form_memory_size = MOST_TEXT
    try:
        with guard.alone("canteen menu", guard.asking_person()), body.slot():
            reading = _read()
    except RequestEntityTooLarge:
        said = str(menu_problems.fault("too-large"))
        return _ask(canteen, {"file": said}, None, is_read=False)
    except Unreadable as error:
        return _ask(canteen, {"file": _of_file(menu_problems.fault(str(error)))}, None)
    if reading is None:
        said = gettext("표를 붙여 넣거나 파일을 골라 주세요.")
        return _ask(canteen, {"text": said}, None)
    if not reading.parsed.menus:
        said = gettext("메뉴를 찾지 못했어요. 날짜나 요일이 적힌 칸까지 함께 가져와 주세요.")
        wrong = {"file": _of_file(said)} if _is_file() else {"text": said}
        return _ask(canteen, wrong, reading)
    return _check(canteen, _entries(canteen, reading), reading, {})


def _is_file() -> bool:
    given = request.files.get("file")
    return bool(given and given.filename)


def _of_file(said: Any) -> str:
    """What is said of the file, with its name before it."""
    name = (request.files["file"].filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return f"{name[:LONGEST_NAME]}: {said}"


def _read() -> Reading | None:
    """What was understood; None when nothing was brought."""
    text, week = request.form.get("text", ""), _week()
    if _is_file():
        return menu_files.read_file(request.files["file"].stream, week)
    return menu_files.read_text(text, week) if text.strip() else None


def _week() -> date:
    """The week that weekdays without a date are of."""
    try:
        return WeekAsked.model_validate({"week": request.values.get("week", "")}).week
    except ValidationError:
        return monday_of(clock.seoul_day(clock.now()))


def _entries(canteen: CanteenRow, reading: Reading) -> list[Entry]:
    offers = menu_files.offers(canteen.id, menu_files.wanted_of(reading.parsed))
    return [
        Entry(
            one.wanted.day.isoformat(), one.wanted.meal, "\n".join(one.wanted.items), True,
            one.state, one.known,
        )
        for one in offers[:MOST_MEALS]
    ]  # fmt: skip


def save_brought(canteen_id: object) -> ResponseReturnValue:
    """Save everything that somebody has looked at, or nothing while something does not fit."""
    canteen = _canteen(canteen_id)
    request.max_content_length = request.max_form_memory_size = MOST_TEXT
    entries = _typed()
    wanted, errors = _wanted(entries)
    if not wanted and not errors:
        errors = {"body": gettext("저장할 끼니를 하나 이상 골라 주세요.")}
    if errors:
        return _check(canteen, entries, None, errors)
    with transaction():
        counts, undo = menus.save_menus(canteen.id, wanted)
    flash(_said(counts))
    more = {"undo": undo} if undo else {}
    return redirect(table_url(canteen.id, min(one.day for one in wanted), **more), 303)


def _said(counts: dict[State, int]) -> str:
    if not counts["new"] and not counts["changed"]:
        return str(gettext("이미 같은 내용이라 바뀐 것이 없어요."))
    return str(
        gettext(
            "메뉴를 저장했어요. 새로 %(new)s끼, 고친 것 %(changed)s끼.",
            new=counts["new"],
            changed=counts["changed"],
        )
    )


def _typed() -> list[Entry]:
    """The form that was looked at."""
    form = request.form
    count = min(form.get("count", 0, type=int), MOST_MEALS)
    return [
        Entry(
            form.get(f"day-{at}", ""), form.get(f"meal-{at}", ""), form.get(f"items-{at}", ""),
            f"take-{at}" in form,
        )
        for at in range(count)
    ]  # fmt: skip


def _wanted(entries: list[Entry]) -> tuple[list[Wanted], dict[str, str]]:
    """The meals that are to be saved, and what is wrong with which."""
    found, errors = dict[tuple[date, str], Wanted](), dict[str, str]()
    for at, one in enumerate(entries):
        if not one.take:
            continue
        try:
            form = MealForm(day=one.day, meal=one.meal, items=one.items)  # type: ignore[arg-type]
        except ValidationError as error:
            errors |= {f"{name}-{at}": said for name, said in messages(error).items()}
            continue
        if (form.day, form.meal) in found:
            errors[f"day-{at}"] = str(WORDS["menu_twice"])
        found[form.day, form.meal] = Wanted(form.day, form.meal, form.items)
    return list(found.values()), errors


def _canteen(canteen_id: object) -> CanteenRow:
    return places.get_canteen(get_viewer().organisation_id, str(canteen_id))


def table_url(canteen_id: str, day: date, **more: Any) -> str:
    """Where the table of a day's week stands."""
    return f"/canteen/menus/{canteen_id}?" + urlencode({"week": monday_of(day).isoformat(), **more})


def _ask(
    canteen: CanteenRow, errors: dict[str, str], reading: Reading | None, *, is_read: bool = True
) -> ResponseReturnValue:
    """The form; after a refusal with what was typed, unless that was too much to be read."""
    html = render_template(
        "cafeteria/menu_bring.html",
        canteen=canteen,
        week=_week() if is_read else monday_of(clock.seoul_day(clock.now())),
        text=request.form.get("text", "") if is_read else "",
        errors=errors,
        problems=reading.problems if reading else (),
        said=menu_problems,
    )
    return html, 422 if errors else 200


def _check(
    canteen: CanteenRow, entries: list[Entry], reading: Reading | None, errors: dict[str, str]
) -> ResponseReturnValue:
    """The form that somebody is to look at before anything is saved."""
    problems = reading.problems if reading else ()
    html = render_template(
        "cafeteria/menu_check.html",
        canteen=canteen,
        entries=entries,
        reading=reading,
        wrong=[one for one in problems if one.code in menu_problems.WRONG],
        left_out=[one for one in problems if one.code in menu_problems.LEFT_OUT],
        errors=errors,
        said=menu_problems,
        words=MEALS,
        shown_day=menu_table.shown_day,
        named=menu_table.named,
    )
    return html, 422 if errors else 200
