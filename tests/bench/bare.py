"""The yardstick: a bare Flask + Flask-SQLAlchemy application with one durable write a request.

Served by granian's --factory as `tests.bench.bare:make`; BARE_DB names its SQLite file.
"""

from __future__ import annotations

import os
import uuid
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The base of the one table."""


class Note(Base):
    """A row about as large as a stamp."""

    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
    body: Mapped[str]


def make() -> Flask:
    """The application with `POST /write`, `GET /hello` and the health page."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['BARE_DB']}"
    db = SQLAlchemy(model_class=Base)
    db.init_app(app)

    @app.get("/health/live")
    @app.get("/hello")
    def hello() -> Response:
        return jsonify(ok=True)

    @app.post("/write")
    def write() -> Response:
        given = request.get_json()
        note = Note(id=str(uuid.uuid4()), token=given["token"], body=given["cose_sign1"])
        db.session.add(note)
        db.session.commit()
        return jsonify(id=note.id)

    with app.app_context():
        event.listen(db.engine, "connect", prepare)
        db.create_all()
    return app


def prepare(connection: Any, _record: object) -> None:
    """As durable as the product: WAL, synchronous=FULL."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
