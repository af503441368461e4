"""The kitchen's five buttons, by a link without an account."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_kiosk", __name__, template_folder="../templates")
