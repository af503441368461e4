"""A placeholder until the delivery to work systems is merged."""

from __future__ import annotations


def deliver_due(most: int = 50) -> int:
    """Deliver nothing yet."""
    return 0 * most
