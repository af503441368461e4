"""What a lock held by another process does to a write."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core import db


def held(app: Flask) -> sqlite3.Connection:
    """Another program's connection that holds the write lock."""
    path = Path(app.extensions["office_config"].instance_dir) / "office.db"
    assert path.exists()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_lock_that_does_not_end_is_the_database_s_error(app: Flask) -> None:
    with app.app_context():
        db.value(text("PRAGMA busy_timeout=20"))
        other = held(app)
        with pytest.raises(OperationalError, match="locked"), db.transaction():
            db.run(text("DELETE FROM consents"))
        other.close()
        with db.transaction():
            assert db.run(text("DELETE FROM consents")) == 0


def test_the_driver_s_own_call_fails_as_any_other(app: Flask) -> None:
    with app.app_context(), pytest.raises(OperationalError, match="no such table"):
        db.quick("SELECT 1 FROM nothing_of_this_name")


def test_reading_needs_no_lock(app: Flask) -> None:
    with app.app_context():
        other = held(app)
        assert db.value(text("SELECT count(*) FROM consents")) == 0
        other.close()
