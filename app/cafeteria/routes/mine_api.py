"""What a signed-in person's pages ask: their canteens, check-ins, wishes."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_mine", __name__)
