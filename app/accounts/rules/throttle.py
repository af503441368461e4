"""When a sign-in must wait: too many failures of one account or from one address."""

from __future__ import annotations

WINDOW = 15 * 60
PER_ACCOUNT = 5
# A whole office may stand behind one address.
PER_ADDRESS = 300
KEEP = 24 * 3600


def wait_seconds(account_failures: int, address_failures: int, newest: int, now: int) -> int:
    """How long the next try must wait.

    Args:
        account_failures: failures of the account in the last WINDOW seconds.
        address_failures: failures from the address in the same time.
        newest: Unix seconds of the newest of them (0 when there is none).
        now: Unix seconds.

    Returns:
        Seconds, 0 when the try may go on; doubles with each failure past the limit up to WINDOW.
    """
    over = max(account_failures - PER_ACCOUNT, address_failures - PER_ADDRESS)
    if over < 0:
        return 0
    pause = min(30 << min(over, 10), WINDOW)
    return max(0, newest + pause - now)
