"""Nobody enters unseen: every blueprint has a guard, and the guard turns strangers away."""

from __future__ import annotations

import pytest
from flask import Blueprint, Flask
from werkzeug.routing import BuildError, Rule

from app.core import guard
from app.factory import DOORS
from tests.client import StrictClient
from tests.house.routes import address, methods, routes_of

# Opening a door to everyone is a decision, so it is made here as well as in the factory.
OPEN = {
    "assets",
    "health",
    "home",
    "camera",
    "directory_mine",
    "canteen_page",
    "canteen_live",
    "canteen_ingest",
    "canteen_kiosk",
    "canteen_wall",
    "verdict",
    "photo_check",
    "public_api",
    "stamp_api",
    "record_api",
    "upload_api",
    "sign_in",
    "first_run",
}
FREE = (guard.public, guard.device_signed, guard.ticketed)


def test_every_door_has_a_guard() -> None:
    for blueprint, _prefix, keeper in DOORS:
        assert callable(keeper), blueprint.name
    names = [door[0].name for door in DOORS]
    assert len(names) == len(set(names))


def test_only_the_listed_doors_are_open() -> None:
    assert {door[0].name for door in DOORS if door[2] in FREE} <= OPEN


def test_every_route_belongs_to_a_guarded_blueprint(app: Flask) -> None:
    guarded = {door[0].name for door in DOORS}
    strays = [
        rule.endpoint for rule in app.url_map.iter_rules() if blueprint_of(rule) not in guarded
    ]
    assert strays == []
    assert set(app.blueprints) <= guarded


def test_strangers_are_turned_away(app: Flask, client: StrictClient) -> None:
    closed = {door[0].name for door in DOORS if door[2] not in FREE}
    walked = 0
    for rule in routes_of(app):
        if blueprint_of(rule) not in closed:
            continue
        for method in methods(rule):
            response = client.open(address(rule), method=method)
            led_away = response.status_code == 302 and "/login" in response.headers["Location"]
            assert led_away or response.status_code == 401, f"{method} {rule.rule}"
            walked += 1
    assert walked >= len(closed)


def test_a_blueprint_without_a_guard_is_closed(app: Flask) -> None:
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/stray", view_func=lambda: "open", endpoint="page")
    app.register_blueprint(stray)
    assert app.test_client().get("/stray").status_code == 403


def test_another_site_cannot_send_a_form(client: StrictClient) -> None:
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ):
        assert client.post("/logout", headers=headers).status_code == 403


def test_an_address_is_built_for_every_kind_of_argument(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        try:
            assert address(rule).startswith("/")
        except (BuildError, KeyError) as error:
            pytest.fail(f"{rule.rule}: {error}")


def blueprint_of(rule: Rule) -> str:
    """The blueprint's name of a rule, or ""."""
    return rule.endpoint.rpartition(".")[0]
