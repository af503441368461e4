"""Periodic jobs of the installation."""

from __future__ import annotations

from app.admin.service import demo, demo_sheets


def refresh_demo() -> bool:
    """Keep the demonstration's dates near today."""
    return demo.refresh()


def renew_demo_sheets() -> int:
    """Keep a photo sheet in the demonstration's inbox."""
    return demo_sheets.renew()


def renew_demo_directory() -> int:
    """Keep the demonstration's directory whole, and let somebody new come in it every day."""
    return demo.renew_directory()
