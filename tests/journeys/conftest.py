"""The real product and the real browser, and phones that people hold in their hands."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright
from sqlalchemy import select

from app.accounts.models import Department, Person
from app.accounts.service import people
from app.admin import gateways
from app.core import db
from tests.bench import chromium, stage
from tests.bench.stage import Server
from tests.journeys.pages import Phone
from tests.journeys.watch import Watch
from tools import browser as installed

# Said again, because Chromium hears the last one: its test camera shows 5 frames a second, not 20.
FEW_FRAMES = "--use-fake-device-for-media-stream=fps=5"


class Product:
    """A running product: its server, its instance folder, and its demonstration's people."""

    def __init__(self, server: Server, home: Path) -> None:
        """Take a running server over an instance folder."""
        self.server, self.home, self.url = server, home, server.url
        self.story = gateways.read_story()
        numbered = {f"2026{n:04d}": one for n, one in enumerate(self.story.people, 1)}
        self.names = {number: name for number, (name, _, _) in numbered.items()}
        self.officers = iter([n for n, (_, _, role) in numbered.items() if role == "officer"][1:])
        self.newcomers = itertools.count(1)

    @property
    def password(self) -> str:
        """The demonstration's password."""
        return gateways.read_password(self.home)

    def next_officer(self) -> str:
        """The staff number of an officer whom no other journey uses; made when none is left."""
        found = next(self.officers, None)
        return found or self.newcomer()

    def newcomer(self) -> str:
        """One more officer, who agreed to nothing; department and password of the first."""
        place = next(self.newcomers)
        number, name = f"NEW-{place:03d}", f"새내기{place}"
        model = select(Person.organisation_id, Department.name, Person.password_hash)
        model = model.join(Department).where(Person.role == "officer")
        with stage.application(self.home).app_context(), db.transaction():
            organisation, department, hashed = db.first(model) or ("", "", "")
            people.add_person(organisation, name, number, department, "officer", hashed)
        self.names[number] = name
        return number

    def name_of(self, staff_number: str) -> str:
        """Whose staff number it is."""
        return self.names[staff_number]


class Phones:
    """Gives out phones (fresh browser profiles) and takes them back at the end."""

    def __init__(self, browser: Browser, watch: Watch) -> None:
        """Remember where phones come from and who watches them."""
        self.browser, self.watch = browser, watch
        self.given: list[BrowserContext] = []

    def __call__(self, product: Product, **changes: Any) -> Phone:
        """A phone with the product's address; `changes` are the context's settings."""
        context = chromium.phone(self.browser, product.url, **changes)
        self.watch.follow(context, product.url)
        self.given.append(context)
        return Phone(context.new_page())

    def desk(self, product: Product, **changes: Any) -> Phone:
        """A computer on a desk."""
        large: dict[str, Any] = {"viewport": chromium.DESK, "has_touch": False, "is_mobile": False}
        return self(product, **large | changes)

    def ready(self, product: Product, **changes: Any) -> Phone:
        """A phone on which an officer of one's own has signed in and set everything up."""
        phone = self(product, **changes)
        phone.number = product.next_officer()
        phone.signed_in(product.story.code, phone.number, product.password)
        phone.set_up()
        return phone

    def take_back(self) -> None:
        """Close every phone."""
        for context in self.given:
            context.close()


@pytest.fixture(autouse=True, scope="session")
def one_demonstration(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The demonstration's month is made once for all processes of the run."""
    own = tmp_path_factory.getbasetemp()
    stage.share(own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The browser's driver."""
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all journeys; the whole browser starts where it is itself killed."""
    path = installed.engine() or chromium.program()
    args = [*installed.FLAGS, FEW_FRAMES]
    found = playwright.chromium.launch(executable_path=path, args=args)
    yield found
    found.close()


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The product as `make run` starts it, in demo mode; never stopped, shared by journeys."""
    home = stage.instance()
    with stage.served(home) as server:
        yield Product(server, home)


@pytest.fixture
def mortal() -> Iterator[Product]:
    """A product of one's own, whose server may be killed and started again."""
    home = stage.instance()
    with stage.served(home) as server:
        yield Product(server, home)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the journey at its end when a page complained or talked to another host."""
    found = Watch()
    # The bell may ask once more while its page is logging out; the answer is what ends it.
    found.expect(r"401 .*/api/notices/live")
    yield found
    found.check()


@pytest.fixture
def phones(browser: Browser, watch: Watch) -> Iterator[Phones]:
    """Phones for this journey."""
    found = Phones(browser, watch)
    yield found
    found.take_back()
