"""A whole office to attack: an application, its people and phones, and what lies on its disk."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.accounts.service import sign_in
from app.core import db as core_db
from app.core.db import db, transaction
from app.core.ids import from_b64u
from app.trips.rules.claims import Claims
from app.trips.rules.token import token_text
from app.trips.rules.verdict_texts import TITLES
from app.trips.service import keys
from tests.client import StrictClient
from tests.conftest import close, make_app_in
from tests.factories import Office, Phone, make_office, make_phone


@dataclass(frozen=True)
class Sent:
    """A stamp that was posted, and what came back."""

    body: dict[str, Any]
    response: TestResponse

    @property
    def token(self) -> bytes:
        """The sealed token."""
        return from_b64u(str(self.body["token"]))

    @property
    def sha256(self) -> str:
        """The token's hash, in hex."""
        return hashlib.sha256(self.token).hexdigest()

    @property
    def url(self) -> str:
        """The path that the QR opens."""
        return "/S/" + token_text(self.token)

    @property
    def stamp(self) -> dict[str, Any]:
        """The stamp in the answer; fails the test when it was refused."""
        assert self.response.status_code == 200, self.response.get_data(as_text=True)
        found = self.json["stamp"]
        assert isinstance(found, dict)
        return found

    @property
    def json(self) -> dict[str, Any]:
        """The answer's body."""
        found = json.loads(self.response.get_data())
        assert isinstance(found, dict)
        return found

    @property
    def refusal(self) -> tuple[int, str]:
        """`(status, code)` of a refusal."""
        return self.response.status_code, self.json.get("code", "")


class Scene:
    """An application with one organisation in it, and ways to act in it as anybody."""

    def __init__(
        self, app: Flask, patch: pytest.MonkeyPatch | None = None, *, practice: bool = False
    ) -> None:
        """Make the organisation; who wants to turn the clock gives a patch."""
        self.app = app
        self.patch = patch or pytest.MonkeyPatch()
        with app.app_context():
            self.office: Office = make_office(practice=practice)
        self.phone: Phone = self.office.phone

    @property
    def folder(self) -> Path:
        """The instance folder."""
        found = self.app.extensions["office_config"].instance_dir
        assert isinstance(found, Path)
        return found

    def visitor(self) -> StrictClient:
        """Somebody with a new browser, signed out."""
        client = self.app.test_client()
        assert isinstance(client, StrictClient)
        return client

    def enter(self, role: str, office: Office | None = None) -> StrictClient:
        """The office's person of that role, signed in."""
        return self.enter_as((office or self.office).people[role])

    def enter_as(self, person_id: str) -> StrictClient:
        """A person, signed in without the login's cost."""
        with self.app.app_context(), transaction():
            sign_in_id = sign_in.open_sign_in(person_id, "시험 기기")
        client = self.visitor()
        with client.session_transaction() as session:
            session["_user_id"] = sign_in_id
            session["_fresh"] = True
            session.permanent = True
        return client

    def other_office(self, *, practice: bool = False) -> Office:
        """A second organisation."""
        with self.app.app_context():
            return make_office(practice=practice)

    def new_phone(self, role: str, office: Office | None = None) -> Phone:
        """Another enrolled phone, of the office's person of that role."""
        at = office or self.office
        with self.app.app_context():
            return make_phone(at.organisation_id, at.code, at.people[role], at.staff_numbers[role])

    def claims(self, phone: Phone | None = None, **changes: Any) -> Claims:
        """Claims of the phone's next stamp."""
        with self.app.app_context():
            return (phone or self.phone).claims(**changes)

    def body(
        self, phone: Phone | None = None, *, move: bool = True, **changes: Any
    ) -> dict[str, Any]:
        """What the phone would post for its next stamp."""
        with self.app.app_context():
            writer = phone or self.phone
            return dict(writer.body(writer.claims(**changes), move=move))

    def post(self, body: dict[str, Any], **more: Any) -> Sent:
        """Post a stamp as a phone does: without a session."""
        body = body | more
        return Sent(body, self.visitor().post("/api/stamps", json=body))

    def stamp(self, phone: Phone | None = None, **changes: Any) -> Sent:
        """Make a stamp and post it."""
        return self.post(self.body(phone, **changes))

    def void(self, sent: Sent, at: int, phone: Phone | None = None, **more: Any) -> TestResponse:
        """Cancel a stamp by the phone's signed record."""
        with self.app.app_context():
            body = (phone or self.phone).void_body(sent.token, at, **more)
        return self.visitor().post("/api/voids", json=body)

    def later(self, seconds: int) -> None:
        """Let the product's clock stand so many seconds ahead from now on."""
        self.patch.setattr("app.core.clock.now", lambda: int(time.time()) + seconds)

    def verdict(self, url: str, client: StrictClient | None = None) -> str:
        """The state that the page behind a QR speaks of, by its heading in Korean."""
        page = text_of((client or self.visitor()).get(url))
        heading = re.search(r'<h1 id="finding">(.*?)</h1>', page)
        assert heading is not None
        with self.app.test_request_context():
            states = [state for state, title in TITLES.items() if str(title) == heading[1]]
        assert len(states) == 1, heading[1]
        return states[0]

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a statement finds in the database's file, read past the application."""
        connection = sqlite3.connect(self.folder / "office.db")
        try:
            found = connection.execute(statement, values).fetchall()
            connection.commit()
            return found
        finally:
            connection.close()

    def disk(self) -> bytes:
        """Every byte of the database: its file and its write-ahead log."""
        return b"".join(one.read_bytes() for one in sorted(self.folder.glob("office.db*")))

    def receipt_key(self) -> keys.PublicKey:
        """The key that phones pin."""
        with self.app.app_context():
            return keys.receipt_key()

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Gathers the SQL statements of what happens inside."""
        found: list[str] = []

        def note(*words: Any) -> None:
            """Keep one statement."""
            found.append(str(words[2]))

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        quick = core_db.quick

        def noted(words: str, given: Sequence[object] = ()) -> list[tuple[Any, ...]]:
            """The driver's own call, and keep its statement too."""
            found.append(words)
            return quick(words, given)

        self.patch.setattr(core_db, "quick", noted)
        try:
            yield found
        finally:
            self.patch.setattr(core_db, "quick", quick)
            event.remove(engine, "before_cursor_execute", note)


def text_of(response: TestResponse) -> str:
    """The answer's text."""
    return str(response.get_data(as_text=True))


@pytest.fixture
def scene(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """An office in demo mode."""
    return Scene(app, monkeypatch)


@pytest.fixture(scope="module")
def shared(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One office for a file's tests that leave nothing behind; its clock is not to be turned."""
    folder = tmp_path_factory.mktemp("shared") / "instance"
    shutil.copytree(installation, folder)
    app = make_app_in(folder, {})
    yield Scene(app)
    close(app)
