"""The database: one engine, one place that commits.

Dangers removed here (measured on SQLite, WAL):
- a read transaction that turns into a write fails with SQLITE_BUSY when another process wrote in
  between, so a write transaction says so at its start (BEGIN IMMEDIATE);
- eight threads that fight for the write lock starve one another for seconds, so a process lets
  one thread write at a time;
- an answer "received" must survive a power cut, so synchronous is FULL.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask_migrate import Migrate, upgrade
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Executable, MetaData, event, inspect
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

from app.core.config import ROOT, Config


class Base(DeclarativeBase):
    """The base of every table; constraints get predictable names, so migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


MAPPED = 1 << 30  # bytes of the database
db = SQLAlchemy(model_class=Base)
migrate = Migrate()
# Text that is no UTF-8 any more reads with signs in its place: one such row, of whatever table,
# must not take down every list that it stands in. Who judges rows reads them as bytes.
READABLE = partial(str, encoding="utf-8", errors="replace")
_write_lock = threading.Lock()
_writing: ContextVar[bool] = ContextVar("writing", default=False)


def _connection() -> Connection:
    """The connection of this request or job, borrowed from the pool at its first statement.

    Statements are Core's and prepared; rows become frozen dataclasses. An ORM session would cost
    a stamp more than its signatures do (docs/performance.md).
    """
    found: Connection | None = g.get("db_connection")
    if found is None:
        found = g.db_connection = db.engine.connect()
    return found


def rows(statement: Executable, given: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Every row of a statement, as plain tuples; `given` fills its bind parameters."""
    return [tuple(row) for row in _connection().execute(statement, given)]


def first(statement: Executable, given: Mapping[str, Any] | None = None) -> tuple[Any, ...] | None:
    """The first row of a statement as a plain tuple, or None."""
    row = _connection().execute(statement, given).first()
    return None if row is None else tuple(row)


def value(statement: Executable, given: Mapping[str, Any] | None = None) -> Any:
    """The first column of the first row, or None."""
    row = _connection().execute(statement, given).first()
    return None if row is None else row[0]


def values(statement: Executable, given: Mapping[str, Any] | None = None) -> list[Any]:
    """The first column of every row."""
    return [row[0] for row in _connection().execute(statement, given)]


def quick(statement: str, given: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Every row of a read, by the driver's own call: for what an answer asks forty times (0.02 ms
    each; SQLAlchemy's call takes 0.15).

    Args:
        statement: in the database's own words.
        given: what its question marks stand for.
    """
    connection = _connection()
    if not connection.in_transaction():
        connection.begin()  # all reads of an answer see the same state
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        return raw.execute(statement, given).fetchall()
    except sqlite3.OperationalError as error:  # a busy database is told from a fault by its kind
        raise OperationalError(statement, None, error) from error


def run(statement: Executable, given: Mapping[str, Any] | None = None) -> int:
    """Run a write; how many rows it changed.

    Raises:
        RuntimeError: outside `transaction()`.
    """
    if not _writing.get():
        raise RuntimeError("a write outside a transaction")
    return _connection().execute(statement, given).rowcount


def run_many(statement: Executable, given: Sequence[Mapping[str, Any]]) -> None:
    """Run one write for each of many sets of values; nothing for none.

    Raises:
        RuntimeError: outside `transaction()`.
    """
    if not _writing.get():
        raise RuntimeError("a write outside a transaction")
    if given:
        _connection().execute(statement, given)


@contextmanager
def transaction() -> Iterator[None]:
    """The one write transaction of a request or of a job's step; commits at its end.

    Slow work (password hashing, signatures, the network) belongs before it. On an exception
    nothing of it stays.

    Raises:
        RuntimeError: when another transaction is open already.
    """
    if _writing.get():
        raise RuntimeError("a transaction is open already")
    connection = _connection()
    connection.rollback()  # ends the read snapshot: the write must see the newest state
    with _write_lock:
        mark = _writing.set(True)
        try:
            yield
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        finally:
            _writing.reset(mark)


def _give_back(_error: BaseException | None) -> None:
    found: Connection | None = g.pop("db_connection", None)
    if found is not None:
        found.close()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own
    connection.text_factory = READABLE
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    words = "BEGIN IMMEDIATE" if _writing.get() else "BEGIN"
    try:
        raw.execute(words)  # the driver's own call: SQLAlchemy's costs ten times as much
    except sqlite3.OperationalError as error:
        raise OperationalError(words, None, error) from error


def init_app(app: Flask, config: Config) -> None:
    """Connect the application to its database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": 20,
        "max_overflow": 0,
        "pool_use_lifo": True,  # the same few connections: what they have read stays with them
    }
    db.init_app(app)
    app.teardown_appcontext(_give_back)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        engine: Engine = db.engine
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)


def map_pages(app: Flask) -> None:
    """Read the database's pages where the system keeps them from now on, and do not copy each: a
    search of the directory reads thousands. For who answers people: what is mapped counts as a
    process's memory, and who brings in a country's officials touches all of it."""

    def prepare(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA mmap_size={MAPPED}")

    with app.app_context():
        event.listen(db.engine, "connect", prepare)
        db.engine.dispose()  # who is connected already


def migrate_if_new(app: Flask) -> bool:
    """Bring an absent or empty database to the newest schema, for whoever starts without
    `make run`; an existing one is never migrated by itself. True when it was new."""
    folder: Path = app.extensions["office_config"].instance_dir
    with app.app_context(), (folder / "migrating.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several web processes start at once
        if inspect(db.engine).has_table("alembic_version"):
            return False
        upgrade()
        return True
