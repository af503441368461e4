"""Where counters report."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_ingest", __name__)
