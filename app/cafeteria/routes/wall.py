"""A screen on a wall, by a link without an account."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_wall", __name__, template_folder="../templates")
