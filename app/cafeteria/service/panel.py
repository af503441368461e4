"""The kitchen's buttons: what a page of them shows of a canteen's lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.cafeteria.queries import places, taps
from app.cafeteria.queries.places import CanteenRow, LineRow
from app.cafeteria.queries.taps import TapRow
from app.cafeteria.rules import document
from app.cafeteria.rules.presses import UNDO_MS
from app.cafeteria.service import plans
from app.cafeteria.service.plans import Today
from app.cafeteria.service.taps import now_ms
from app.core.ids import new_id


@dataclass(frozen=True)
class PanelLine:
    """A line, its state as the kitchen said it, and what was pressed of it last. `fresh`: within
    the time in which it is undone."""

    line: LineRow
    state: str
    last: TapRow | None
    ago_s: int
    fresh: bool


@dataclass(frozen=True)
class Panel:
    """The buttons of a canteen. `page` is this drawing's own id: a form of it that is sent twice
    counts once, `made_ms` when it was drawn."""

    canteen: CanteenRow
    lines: Sequence[PanelLine]
    chosen: str
    page: str
    made_ms: int


def describe(canteen: CanteenRow, line_id: str) -> Panel:
    """The buttons of a canteen; the line that was chosen before comes first to the eye.

    Args:
        canteen: whose.
        line_id: of the chosen line; the first one when there is none of that id.
    """
    now = plans.today(canteen)
    lines = [_line(one, now) for one in places.list_lines(canteen.id)]
    ids = [one.line.id for one in lines]
    chosen = line_id if line_id in ids else next(iter(ids), "")
    return Panel(canteen, lines, chosen, new_id(), now_ms())


def states_of(canteen: CanteenRow) -> dict[str, str]:
    """Whether each line of a canteen is open, closed or sold out, by its id; see `state_of`."""
    now = plans.today(canteen)
    return {one.id: state_of(one.id, now) for one in places.list_lines(canteen.id)}


def state_of(line_id: str, now: Today) -> str:
    """What the kitchen said last of a line at the present meal, or at the one that comes soon; open
    while it said nothing, and `none` while there is no meal."""
    at, since_ms = now.clock, now.since_ms
    if now.meal is None:
        since_ms = now.coming.opens_ms - plans.EARLY_MS if now.coming else at.now_ms
        if since_ms >= at.now_ms:
            return document.NONE
    pressed = taps.list_taps(line_id, at.real(since_ms), at.real_ms + 1)
    said = [one.kind for one in pressed if one.kind != "mark"]
    return said[-1] if said else document.OPEN


def _line(line: LineRow, now: Today) -> PanelLine:
    last = taps.find_last_tap(line.id)
    ago_ms = max(0, now_ms() - last.at_ms) if last else 0
    state = state_of(line.id, now)
    return PanelLine(line, state, last, ago_ms // 1000, last is not None and ago_ms < UNDO_MS)
