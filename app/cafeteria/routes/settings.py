"""Canteens, lines, hours, days and links."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_settings", __name__, template_folder="../templates")
