"""The kitchen's buttons for who is signed in."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_duty", __name__, template_folder="../templates")
