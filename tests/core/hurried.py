"""The product, as the server loads it, with a second for each body."""

from __future__ import annotations

from app.core import body
from wsgi import app

__all__ = ["app"]
app.extensions["body_pace"] = body.Pace(whole_s=1.5, grace_s=1.0, least_rate=1024)
