"""Organisations never see one another: every route that takes an id, walked with foreign ids.

People of organisation A, in every role, and a stranger ask by every method for living ids of
organisation B. Whom the blueprint's guard lets in must be told 404, everybody else meets its
closed door (302, 401, 403), and an id which never existed is answered alike. The walk reads the
site map, so it grows with each feature: an argument without a foreign id in tests/factories.py
fails it. B's own people show that the ids are real: each route opens for at least one of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response
from flask_login import login_user
from werkzeug.routing import Rule

from app.core import guard as guards
from app.core.errors import Forbidden, SignInNeeded
from app.core.guard import Viewer
from app.photos.queries import photos
from app.photos.service import tickets
from app.trips.rules.token import token_text
from tests import factories
from tests.client import StrictClient
from tests.conftest import client_of, close, sign_in
from tests.factories import Office
from tests.house.routes import address, methods, routes_of

# Public by design: what they answer is the same for everyone, whoever's id stands in the path.
PUBLIC = {
    "/static/pwa/dist/<path:name>",  # files of the front end
    "/static/pwa/src/<path:name>",
    "/S/<path:text>",  # a verdict: opened by any camera, by citizens too
    "/s/<path:text>",
    "/S/<path:text>/ask",  # a citizen's question to the audit office
    "/s/<path:text>/ask",
    "/P/<path:text>",  # whether the office keeps a picture of a sheet: opened by any camera
    "/p/<path:text>",
    "/qr/<text>.svg",  # draws the code that it was given
    "/api/outlines/<code>",  # outlines of municipalities
    "/canteen/kiosk/<link>",  # a link opens for whoever holds it (tests/cafeteria/test_taps.py)
    "/canteen/kiosk/<link>/undo",
    "/api/canteen/taps/<link>",
    "/api/canteen/taps/<link>/<uuid:tap_id>/undo",
    "/api/canteen/live/<token>",  # a signed address (tests/cafeteria/test_live_api.py)
    "/api/canteen/chart/<token>",
    "/canteen/wall/<wall>",  # a signed link: whoever holds it sees its screen
    "/api/canteen/wall/<wall>",
    "/directory/synonyms/<uuid:group_id>",  # the directory is one for the installation
    "/directory/synonyms/<uuid:group_id>/remove",
    "/directory/removals/<uuid:removal_id>/take-back",  # requests are everybody's too
    "/directory/entry/<uuid:uid>",  # what offices publish: the same for everyone who is signed in
    # The directory is one for the installation: any administrator keeps its sources.
    "/directory/sources/<uuid:source_id>",
    "/directory/sources/<uuid:source_id>/edit",
    "/directory/sources/<uuid:source_id>/progress",
    "/directory/sources/<uuid:source_id>/refresh",
    "/directory/sources/<uuid:source_id>/remove",
    "/directory/sources/<uuid:source_id>/seen",
    "/directory/sources/<uuid:source_id>/switch",
    "/directory/sources/<uuid:source_id>/try",
}
# What a form must hold, so that its route comes as far as looking for the id.
FORMS: dict[str, dict[str, str]] = {
    "/directory/synonyms/<uuid:group_id>": {"words": "가, 나"},
    "/people/<uuid:person_id>": {"name": "홍길동", "department": "감사관실", "role": "officer"},
    "/people/<uuid:person_id>/devices/<hex8:kid>/revoke": {"reason": "lost"},
    "/photos/<uuid:photo_id>/original": {"reason": "audit"},
    "/directory/reports/<uuid:report_id>": {"state": "done"},
    "/canteen/devices/<uuid:device_id>/revoke": {"sure": "1"},
}
CLOSED = {302, 401, 403}
# Routes without a session: whoever asks shows a ticket of their own organisation's record.
TICKETED = {
    "/api/photos/uploads/<uuid:upload_id>",
    "/api/photos/<uuid:photo_id>/receipt",
}
PIECE = {
    "Tus-Resumable": "1.0.0",
    "Content-Type": "application/offset+octet-stream",
    "Upload-Offset": "10",
    "X-HTTP-Method-Override": "HEAD",
}


@dataclass
class Walk:
    """What a walk saw."""

    routes: int = 0
    calls: int = 0
    leaks: list[str] = field(default_factory=list)


def targets(app: Flask) -> list[Rule]:
    """Every rule that takes an argument and is not public by design."""
    return [rule for rule in routes_of(app) if rule.arguments and rule.rule not in PUBLIC]


def ask(
    client: StrictClient, rule: Rule, method: str, ids: dict[str, Any], ticket: str = ""
) -> int:
    """The status of one request with these ids, and with the ticket where one is asked for."""
    form: dict[str, Any] = {} if method == "GET" else {"data": FORMS.get(rule.rule, {})}
    if rule.rule in TICKETED:
        form = {"headers": PIECE | {"Authorization": f"Bearer {ticket}"}}
    path = address(rule, {name: ids[name] for name in rule.arguments if name in ids})
    return client.open(path, method=method, **form).status_code


def admits(app: Flask, rule: Rule, role: str) -> bool:
    """Whether the guard of the rule's blueprint lets somebody of that role in."""
    guard = app.extensions["guards"][rule.endpoint.rpartition(".")[0]]
    with app.test_request_context():
        if role != "stranger":
            login_user(Viewer(*"12345678", role))
        try:
            return guard() is None
        except (Forbidden, SignInNeeded):
            return False


def walk(
    app: Flask, clients: dict[str, StrictClient], ids: dict[str, Any], ticket: str = ""
) -> Walk:
    """Ask for every foreign id in every role, and with a ticket of one's own."""
    seen = Walk()
    for rule in targets(app):
        seen.routes += 1
        for method in methods(rule):
            for role, client in clients.items():
                seen.calls += 1
                status = ask(client, rule, method, ids, ticket)
                other = ask(client, rule, method, {}, ticket)
                right = {404} if admits(app, rule, role) else CLOSED
                if status != other or status not in right:
                    seen.leaks.append(f"{role} {method} {rule.rule} -> {status} ({other})")
    return seen


def clients_of(app: Flask, office: Office) -> dict[str, StrictClient]:
    """A client for each role of an organisation, signed in through the form."""
    clients = {}
    for role, number in office.staff_numbers.items():
        clients[role] = client_of(app)
        sign_in(clients[role], office.code, number, factories.PASSWORD)
    return clients


def twin(app: Flask, client: StrictClient) -> StrictClient:
    """Another client with the same cookie: what one does with it leaves the first as it was."""
    cookie = client.get_cookie("office")
    assert cookie
    found = client_of(app)
    found.set_cookie("office", cookie.value)
    assert found.signed_in
    return found


def ticket_of(app: Flask, office: Office) -> str:
    """A ticket for a record of the office that was received before."""
    with app.app_context():
        sent = factories.photo_record(office.phone)
        factories.receive_record(sent)
        return tickets.give(sent.record.id)


def ticket_for(app: Flask, photo_id: object) -> str:
    """A ticket for the record that promised a photo."""
    with app.app_context():
        photo = photos.find_photo(str(photo_id))
        assert photo is not None
        return tickets.give(photo.record_id)


def foreign(app: Flask) -> tuple[Office, Office, dict[str, Any]]:
    """Organisations A and B, and living ids of B."""
    with app.app_context():
        own, other = factories.make_office(), factories.make_office()
        return own, other, factories.foreign_ids(other)


def test_every_argument_has_a_foreign_id(app: Flask) -> None:
    _, _, ids = foreign(app)
    unknown = {name for rule in targets(app) for name in rule.arguments} - set(ids)
    assert not unknown, f"give tests/factories.py a foreign id for {sorted(unknown)}"


def test_public_routes_exist(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert PUBLIC - rules == set()


def test_no_route_shows_another_organisation(
    app: Flask, record_property: Callable[[str, object], None]
) -> None:
    own, _, ids = foreign(app)
    clients = {**clients_of(app, own), "stranger": client_of(app)}
    seen = walk(app, clients, ids, ticket_of(app, own))
    record_property("isolation_routes", seen.routes)
    record_property("isolation_leaks", len(seen.leaks))
    print(f"isolation: {seen.routes} routes walked, {seen.calls} calls, {len(seen.leaks)} leaks")
    assert seen.routes >= 5
    assert not seen.leaks, "\n" + "\n".join(seen.leaks)


def test_each_route_lets_somebody_of_the_other_organisation_in(app: Flask, tmp_path: Path) -> None:
    """Else 404 would prove nothing: the ids are real, and each route knows them."""
    _, other, ids = foreign(app)
    signed_in = clients_of(app, other)
    ticket = ticket_for(app, ids["photo_id"])
    folder: Path = app.extensions["office_config"].instance_dir
    close(app)
    before = tmp_path / "before"
    shutil.copytree(folder, before)
    asked = [(rule, method) for rule in targets(app) for method in methods(rule)]
    for rule, method in asked:
        clients = {role: twin(app, one) for role, one in signed_in.items()}
        found = {role: ask(one, rule, method, ids, ticket) for role, one in clients.items()}
        assert set(found.values()) - {404, 401, 403}, f"{method} {rule.rule}: {found}"
        close(app)
        shutil.rmtree(folder)  # the call may have used the ids up
        shutil.copytree(before, folder)


def test_the_verdict_shows_its_inside_to_its_own_auditor_only(app: Flask) -> None:
    own, other, _ = foreign(app)
    with app.app_context():
        path = "/S/" + token_text(factories.receive_stamp(other.phone))
    secret = other.staff_numbers["officer"]
    assert secret in clients_of(app, other)["auditor"].get(path).get_data(as_text=True)
    for role, client in {**clients_of(app, own), "stranger": client_of(app)}.items():
        assert secret not in client.get(path).get_data(as_text=True), role


def test_a_leaking_route_is_found(app: Flask) -> None:
    own, _, ids = foreign(app)
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/stray/<person_id>", view_func=leak, endpoint="page")
    app.extensions["guards"]["stray"] = lambda: None
    app.register_blueprint(stray)
    seen = walk(app, clients_of(app, own), ids)
    assert any("/stray/" in leak for leak in seen.leaks)


def test_a_door_that_is_closed_behind_the_guard_is_found(app: Flask) -> None:
    own, _, ids = foreign(app)
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/stray/<person_id>", view_func=turn_away, endpoint="page")
    app.extensions["guards"]["stray"] = guards.role("auditor")
    app.register_blueprint(stray)
    clients = {**clients_of(app, own), "stranger": client_of(app)}
    seen = walk(app, clients, ids, ticket_of(app, own))
    assert seen.leaks == ["auditor GET /stray/<person_id> -> 403 (403)"]


def turn_away(person_id: str) -> Response:
    """A view that lets nobody in, whoever's id it is."""
    raise Forbidden(reason=person_id)


def leak(person_id: str) -> Response:
    """A view that answers for anybody's id."""
    return Response(person_id, mimetype="text/plain")
