"""When a sign-in must wait: too many failures of one account or from one address."""

from __future__ import annotations

WINDOW = 15 * 60
PER_ACCOUNT = 5
# A whole office may stand behind one address.
PER_ADDRESS = 300
KEEP = 24 * 3600


def wait_seconds(account: tuple[int, int], address: tuple[int, int], now: int) -> int:
    """How long the next try must wait.

    Each waits from its own newest failure: a colleague's slip behind the same address must not
    begin the wait of a person anew.

    Args:
        account: how often the account failed in the last WINDOW seconds, and when (Unix seconds)
            for the last time; 0 when never.
        address: the same of the address.
        now: Unix seconds.

    Returns:
        Seconds, 0 when the try may go on.
    """
    return max(_wait(*account, PER_ACCOUNT, now), _wait(*address, PER_ADDRESS, now))


def _wait(failures: int, newest: int, most: int, now: int) -> int:
    """30 s at the limit; doubles with each failure past it, up to WINDOW."""
    over = failures - most
    if over < 0:
        return 0
    pause = min(30 << min(over, 10), WINDOW)
    return max(0, newest + pause - now)
