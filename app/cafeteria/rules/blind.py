"""Whether counters that report "nobody" see at all.

The danger removed here: a sensor that hangs in the dark and says zero for ever, shown as a line in
which nobody stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.cafeteria.rules.counted import Wait
from app.cafeteria.rules.replay import PHONE, Event

QUIET_S: Final = 75.0
STOOD: Final = 8.0  # people of whom one would have been served meanwhile


def blind_since(
    events: Sequence[Event], shown: Sequence[tuple[float, Wait]], now_s: float
) -> float | None:
    """The second at which a line's counters saw somebody last, if people stood there who cannot
    all have stood still since; None when all is well, or nobody counts who passes.

    Args:
        events: what was reported of the line, in order of time.
        shown: seconds, and what was said of the line then, in order.
        now_s: the present second.
    """
    seen = (one for one in reversed(events) if one.device != PHONE)
    last = next(seen, None)
    if last is None or last.kind == "tap" or now_s - last.t <= QUIET_S:
        return None
    before = next((wait for at, wait in reversed(shown) if at <= last.t), None)
    return last.t if before is not None and before.people >= STOOD else None
