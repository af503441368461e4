"""How long who joins now waits, in a story of a line."""

from __future__ import annotations

from typing import Final

import numpy as np

from app.cafeteria.rules.likelihood import CV2, Floats

SLOW_S: Final = (300.0, 900.0)
SLOW_EACH_S: Final = 1 / 4800
MISFIT_S: Final = 6.0


def waits(
    line: Floats, rate: Floats, slow_left: Floats, slower: Floats, misfit: Floats,
    random: np.random.Generator,
) -> Floats:  # fmt: skip
    """Seconds for each story, with the chance that serving becomes slow meanwhile.

    Args:
        line: people in it.
        rate: people a second who are served, when it is not slow.
        slow_left: seconds for which it is slow still; 0 when it is not.
        slower: how many times as long serving takes while it is slow.
        misfit: part of a wait by which real lunches are no such stories.
        random: where chance comes from.
    """
    size = len(line)
    ahead = line + 0.5
    served_slow = rate / slower
    in_slow = np.where(slow_left > 0, np.minimum(ahead, slow_left * served_slow), 0.0)
    rest = (ahead - in_slow) / rate
    starts = random.exponential(1 / SLOW_EACH_S, size)
    late = np.clip(rest - starts, 0.0, None)
    lasts = random.uniform(*SLOW_S, size)
    rest += np.minimum(late * (slower - 1), lasts * (1 - 1 / slower))
    known = in_slow / served_slow + rest
    spread = np.sqrt(CV2 * ahead / rate**2 + (misfit * known) ** 2 + MISFIT_S**2)
    found: Floats = np.maximum(0.0, known + random.normal(0, 1, size) * spread)
    return found
