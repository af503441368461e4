"""Jobs of the canteen: the lanes that bring it up to now and learn, and what the schedule calls."""

from __future__ import annotations

from app.cafeteria.service import learning, practice
from app.cafeteria.service.live import Live
from app.core.lanes import Lane


def forget_reports() -> int:
    """Delete what is kept for a time only."""
    return learning.forget_old()


def renew_practice_menus() -> int:
    """Write the coming menus of the demonstration's canteen."""
    return practice.renew_menus()


LANES: tuple[Lane, ...] = (
    Lane("canteen-live", Live().turn, pause_s=0.4),
    Lane("canteen-practice", practice.teach_one, pause_s=30.0),
    Lane("canteen-learn", learning.learn_due, pause_s=60.0),
)
