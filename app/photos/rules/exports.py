"""Where a sheet or a bundle stands, as the office is told: what comes again and what does not."""

from __future__ import annotations

from typing import Final

# Codes of orders that can never be made; whatever else broke is tried again.
FINAL: Final = {"no-photos", "bad-order", "too-many-photos"}


def stage(state: str, error: str | None, live: bool) -> str:
    """Where it stands: making, again (it broke and is made again), done, never (the order cannot
    be made), or gave-up (it was to be made again, and nobody does any more).

    Args:
        state: of the export's row: waiting, working, done or failed.
        error: the code of what broke.
        live: whether a task is still to make it.
    """
    if state == "done":
        return "done"
    if state == "failed" and error in FINAL:
        return "never"
    if not live:
        return "gave-up"
    return "again" if state == "failed" else "making"
