"""What open pages ask for again and again, by a signed address."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_live", __name__)
