"""Counters: put up, tried, watched, revoked."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("canteen_devices", __name__, template_folder="../templates")
