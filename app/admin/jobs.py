"""Periodic jobs of the installation."""

from __future__ import annotations

from app.admin.service import demo


def refresh_demo() -> bool:
    """Keep the demonstration's dates near today."""
    return demo.refresh()
