"""What there is to eat: pasted, brought as a file, changed."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_menus", __name__, template_folder="../templates")
