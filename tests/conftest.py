"""What every test stands on: a fresh application, a strict client, and no way to the outside.

The database is migrated once in a test run (once in each xdist process) and its file copied for
each test, with the instance's secrets, so a test pays milliseconds for a whole installation.
Compiled page templates are kept between tests and runs (Jinja checks each against its source).
"""

from __future__ import annotations

import importlib.util
import ipaddress
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from werkzeug.routing import Rule

from app.core import clock
from app.core.config import Config
from app.core.db import db
from app.factory import create_app
from tests.client import StrictClient

# Plain `pip install -r requirements.txt && pytest` has no browser; `make test` runs the journeys.
collect_ignore_glob = [] if importlib.util.find_spec("playwright") else ["journeys/*"]
MakeApp = Callable[..., Flask]
COMPILED = Path(__file__).parent.parent / "build" / "templates"
REAL_CONNECT, REAL_CONNECT_EX, REAL_SENDTO = (
    socket.socket.connect,
    socket.socket.connect_ex,
    socket.socket.sendto,
)

_engines: dict[str, Engine] = {}


class LeavesTheMachineError(AssertionError):
    """A test tried to reach another machine."""


def allow(family: int, address: Any) -> None:
    """Let a socket reach this machine only; names other than localhost are refused unresolved.

    Raises:
        LeavesTheMachineError: for every other address.
    """
    if family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = str(address[0]).partition("%")[0]
    if host == "localhost":
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise LeavesTheMachineError(f"a test tried to reach {address!r}")


def guarded_connect(self: socket.socket, address: Any) -> None:
    """`connect`, for this machine only."""
    allow(self.family, address)
    REAL_CONNECT(self, address)


def guarded_connect_ex(self: socket.socket, address: Any) -> int:
    """`connect_ex`, for this machine only."""
    allow(self.family, address)
    return REAL_CONNECT_EX(self, address)


def guarded_sendto(self: socket.socket, *words: Any) -> int:
    """`sendto`, for this machine only."""
    allow(self.family, words[-1])
    return REAL_SENDTO(self, *words)


@pytest.fixture(autouse=True, scope="session")
def no_socket_leaves_the_machine() -> Iterator[None]:
    """Guard every socket of the test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        yield


@pytest.fixture(autouse=True, scope="session")
def routes_are_compiled_once() -> Iterator[None]:
    """Werkzeug parses each rule of each application, writes code for it and compiles that: 50 ms a
    test.

    What comes of it depends on the rule's text and on the kinds of converters, and the code takes
    the rule itself as its first argument, so every application of a run may share it.
    """
    original = Rule.compile
    known: dict[tuple[Any, ...], Any] = {}

    def remembered(rule: Rule) -> None:
        assert rule.map is not None
        kinds = (rule.map.host_matching, frozenset(rule.map.converters.items()))
        text = (rule.host, rule.subdomain, rule.rule, repr(rule.defaults), rule.merge_slashes)
        first = known.get((*kinds, *text))
        if first is None:
            original(rule)
            known[(*kinds, *text)] = rule
            return
        rule._parts, rule._trace, rule._converters = first._parts, first._trace, first._converters
        rule.arguments.update(first.arguments)
        rule._build = first._build.__func__.__get__(rule, None)
        rule._build_unknown = first._build_unknown.__func__.__get__(rule, None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", remembered)
        yield


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with secrets and a migrated, empty database; copy it, never use it."""
    folder = tmp_path_factory.mktemp("installation")
    app = make_app_in(folder, {})
    with app.app_context():
        upgrade()
    close(app)
    return folder


def make_app_in(folder: Path, settings: dict[str, str]) -> Flask:
    """An application over an instance folder, with settings as in the environment."""
    app = create_app(Config.from_env({"INSTANCE_DIR": str(folder), "DEMO": "1"} | settings))
    COMPILED.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(COMPILED))
    share_statements(app)
    app.testing = True
    app.test_client_class = StrictClient
    return app


def share_statements(app: Flask) -> None:
    """Let every application of a run use what SQLAlchemy compiled for the first one: each has an
    engine of its own, which would compile each statement anew."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        first = _engines.setdefault(engine.dialect.driver, engine)
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


def close(app: Flask) -> None:
    """Give back every database connection; an open one at the end of a test is a fault."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def make_app(installation: Path, tmp_path: Path) -> Iterator[MakeApp]:
    """Makes applications on a fresh installation: `make_app(DEMO="0", PUBLIC_URL=…)`."""
    made: list[Flask] = []
    folder = tmp_path / "instance"

    def make(**settings: str) -> Flask:
        if not folder.exists():
            shutil.copytree(installation, folder)
        made.append(make_app_in(folder, settings))
        return made[-1]

    yield make
    for app in made:
        close(app)


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """A fresh application in demo mode."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A signed-out client; every answer is checked."""
    return client_of(app)


def hold_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock: limits count by the minute, and a slow machine may cross into the next."""
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)


def client_of(app: Flask) -> StrictClient:
    """Another client of an application, with cookies of its own."""
    client = app.test_client()
    assert isinstance(client, StrictClient)
    return client


def sign_in(client: StrictClient, organisation: str, staff_number: str, password: str) -> None:
    """Sign in through the real form; fails the test when the form refuses."""
    form = {"organisation": organisation, "staff_number": staff_number, "password": password}
    response = client.post("/login", data=form)
    assert response.status_code in {302, 303}, response.get_data(as_text=True)[:300]
    assert client.signed_in
