"""The kitchen's buttons: what a page of them shows of a canteen's lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.cafeteria.queries import places, taps
from app.cafeteria.queries.places import CanteenRow, LineRow
from app.cafeteria.queries.taps import TapRow
from app.cafeteria.rules.presses import UNDO_MS
from app.cafeteria.service.taps import now_ms
from app.core.ids import new_id


@dataclass(frozen=True)
class PanelLine:
    """A line, and what was pressed of it last. `fresh`: within the time in which it is undone."""

    line: LineRow
    last: TapRow | None
    ago_s: int
    fresh: bool


@dataclass(frozen=True)
class Panel:
    """The buttons of a canteen. `page` is this drawing's own id: a form of it that is sent twice
    counts once."""

    canteen: CanteenRow
    lines: Sequence[PanelLine]
    chosen: str
    page: str


def describe(canteen: CanteenRow, line_id: str) -> Panel:
    """The buttons of a canteen; the line that was chosen before comes first to the eye.

    Args:
        canteen: whose.
        line_id: of the chosen line; the first one when there is none of that id.
    """
    lines = [_line(one) for one in places.list_lines(canteen.id)]
    ids = [one.line.id for one in lines]
    chosen = line_id if line_id in ids else next(iter(ids), "")
    return Panel(canteen, lines, chosen, new_id())


def _line(line: LineRow) -> PanelLine:
    last = taps.find_last_tap(line.id)
    ago_ms = max(0, now_ms() - last.at_ms) if last else 0
    return PanelLine(line, last, ago_ms // 1000, last is not None and ago_ms < UNDO_MS)
