"""The site map: what is served where, and who may enter. Start reading here."""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l
from werkzeug.routing import BaseConverter

from app.accounts import cli as accounts_cli
from app.accounts.queries import sign_ins
from app.accounts.routes import device_api, first_run, me, people, sign_in
from app.admin import cli as admin_cli
from app.cafeteria import cli as cafeteria_cli
from app.cafeteria.routes import devices as canteen_devices
from app.cafeteria.routes import duty as canteen_duty
from app.cafeteria.routes import ingest_api as canteen_ingest_api
from app.cafeteria.routes import kiosk as canteen_kiosk
from app.cafeteria.routes import live_api as canteen_live_api
from app.cafeteria.routes import menus as canteen_menus
from app.cafeteria.routes import mine_api as canteen_mine_api
from app.cafeteria.routes import page as canteen_page
from app.cafeteria.routes import settings as canteen_settings
from app.cafeteria.routes import wall as canteen_wall
from app.cafeteria.routes import week as canteen_week
from app.cafeteria.service import charts as canteen_charts
from app.cafeteria.service import shelf as canteen_shelf
from app.core import body, db, errors, first, guard, http, keys, log, pages
from app.core.config import Config
from app.core.pages import NavItem
from app.directory import cli as directory_cli
from app.directory.routes import bulk as directory_bulk
from app.directory.routes import entry as directory_entry
from app.directory.routes import follows as directory_follows
from app.directory.routes import imports as directory_imports
from app.directory.routes import mine as directory_mine
from app.directory.routes import removals as directory_removals
from app.directory.routes import reports as directory_reports
from app.directory.routes import search as directory_search
from app.directory.routes import sources as directory_sources
from app.directory.routes import synonyms as directory_synonyms
from app.directory.routes import told as directory_told
from app.directory.service import library as directory_library
from app.notices import routes as notices
from app.notices import service as notices_service
from app.photos import cli as photos_cli
from app.photos.routes import (
    camera,
    check,
    connectors,
    files,
    inbox,
    inbox_api,
    record_api,
    upload_api,
)
from app.photos.routes import settings as photo_settings
from app.trips.routes import desk, home, my_api, public_api, stamp_api, verdict
from app.trips.service import drawings

# Who may enter stands beside the URL; the paths themselves stand in each blueprint.
DOORS: tuple[tuple[Blueprint, str, guard.Guard], ...] = (
    (pages.assets, "", guard.public),  # /static /sw.js /manifest.webmanifest
    (http.bp, "", guard.public),  # /health
    (home.bp, "", guard.public),  # / /today /history /start /offline
    (camera.bp, "", guard.public),  # /photos/camera
    (verdict.bp, "", guard.public),  # /S/<token>
    (check.bp, "", guard.public),  # /P/<photo code>
    (public_api.bp, "", guard.public),  # /api/state /api/outlines /qr
    (stamp_api.bp, "", guard.device_signed),  # /api/stamps /api/voids
    (record_api.bp, "", guard.device_signed),  # /api/photos/records
    (upload_api.bp, "", guard.ticketed),  # /api/photos/uploads /api/photos/<id>/receipt
    (sign_in.bp, "", guard.public),  # /login /logout /trial
    (first_run.bp, "", guard.public),  # /first-run
    (me.bp, "", guard.signed_in),  # /me
    (notices.bp, "", guard.signed_in),  # /notices /api/notices/live
    (device_api.bp, "", guard.signed_in),  # /api/consent /api/devices
    (my_api.bp, "", guard.signed_in),  # /api/stamps (own)
    (desk.bp, "", guard.role("auditor")),  # /audit
    (people.bp, "", guard.role("administrator")),  # /people
    (directory_entry.bp, "", guard.signed_in),  # /directory/entry /directory/favourites
    (directory_follows.bp, "", guard.signed_in),  # /directory/follows
    (directory_mine.bp, "", guard.public),  # /directory/mine /directory/offline
    (directory_mine.api, "", guard.signed_in),  # /api/directory/mine
    (directory_reports.bp, "", guard.role("administrator")),  # /directory/reports
    (inbox.bp, "", guard.signed_in),  # /photos /photos/exports
    (files.bp, "", guard.signed_in),  # /photos/file
    (inbox_api.bp, "", guard.signed_in),  # /api/photos/live /api/photos/settings
    (photo_settings.bp, "", guard.role("administrator")),  # /photos/settings
    (connectors.bp, "", guard.role("administrator")),  # /photos/connectors /photos/deliveries
    (directory_search.bp, "", guard.signed_in),  # /directory
    (directory_told.bp, "", guard.signed_in),  # /directory/told
    (directory_synonyms.bp, "", guard.role("administrator")),  # /directory/synonyms
    (directory_imports.bp, "", guard.role("administrator")),  # /directory/imports
    (directory_bulk.bp, "", guard.role("administrator")),  # /directory/export
    (directory_removals.bp, "", guard.role("administrator")),  # /directory/removals
    (directory_sources.bp, "", guard.role("administrator")),  # /directory/sources
    (canteen_page.bp, "", guard.public),  # /canteen
    (canteen_live_api.bp, "", guard.ticketed),  # /api/canteen/live /api/canteen/chart
    (
        canteen_mine_api.bp,
        "",
        guard.signed_in,
    ),  # /api/canteen/mine …/check-ins …/wishes
    (
        canteen_ingest_api.bp,
        "",
        guard.device_signed,
    ),  # /api/canteen/readings …/openapi.json
    (canteen_devices.bp, "", guard.role("administrator")),  # /canteen/devices
    (canteen_kiosk.bp, "", guard.ticketed),  # /canteen/kiosk/<link> /api/canteen/taps/<link>
    (canteen_duty.bp, "", guard.role("canteen", "administrator")),  # /canteen/duty
    (canteen_wall.bp, "", guard.ticketed),  # /canteen/wall/<link>
    (canteen_settings.bp, "", guard.role("administrator")),  # /canteen/settings
    (canteen_menus.bp, "", guard.role("canteen", "administrator")),  # /canteen/menus
    (canteen_week.bp, "", guard.signed_in),  # /canteen/week
)

NAV = (
    NavItem("/today", _l("오늘"), "stamp"),
    NavItem("/photos/camera", _l("카메라"), "photos"),
    NavItem("/photos", _l("사진함"), "album"),
    NavItem("/directory", _l("누고?"), "directory"),
    NavItem("/canteen", _l("식당"), "cafeteria"),
    NavItem("/history", _l("기록"), "history"),
    NavItem("/audit", _l("감사"), "audit", ("auditor",)),
    NavItem("/people", _l("직원"), "people", ("administrator",)),
    NavItem("/me", _l("내 정보"), "me"),
)


WARM_AFTER_S = 0.7
# Pages that are the same for everyone, and so may be kept by the service worker.
SHELLS = {
    "/today": "trips/today.html",
    "/history": "trips/history.html",
    "/start": "trips/start.html",
    "/offline": "core/offline.html",
    "/photos/camera": "photos/camera.html",
    "/directory/mine": "directory/mine.html",
    "/directory/offline": "directory/offline.html",
    "/canteen": "cafeteria/page.html",
}


@dataclass(frozen=True)
class Service:
    """One of the five services, as the first page shows it."""

    key: str
    name: Any
    line: Any
    ready: bool
    url: str


SERVICES = (
    Service(
        "trips",
        _l("요있다!"),
        _l("출장지에서 한 번 누르면 QR이 영수증을 대신합니다."),
        True,
        "/today",
    ),
    Service(
        "photos",
        _l("현장사진"),
        _l("찍은 사진이 갤러리를 거치지 않고 사무실로 바로 갑니다."),
        True,
        "/photos/camera",
    ),
    Service(
        "directory",
        _l("누고?"),
        _l("낱말 하나로 전국의 담당자를 한 화면에서 찾습니다."),
        True,
        "/directory",
    ),
    Service(
        "cafeteria", _l("구내식당"), _l("지금 줄이 얼마나 긴지 자리에서 봅니다."), True, "/canteen"
    ),
    Service(
        "briefing",
        _l("어딨노?"),
        _l("내 업무에 필요한 공공기관 소식을 바로 전해 줍니다."),
        False,
        "",
    ),
)


class Hex8(BaseConverter):
    """Eight bytes in lower hex, such as a key id, in a URL."""

    regex = "[0-9a-f]{16}"

    def to_python(self, value: str) -> bytes:
        """The bytes."""
        return bytes.fromhex(value)

    def to_url(self, value: bytes) -> str:
        """The hex."""
        return value.hex()


def create_app(config: Config) -> Flask:
    """Make the application.

    Args:
        config: checked settings; nothing else is read from the environment.
    """
    app = Flask("app", static_folder=None)
    secrets = keys.load_secrets(config.instance_dir)
    app.extensions["office_config"] = config
    app.extensions["office_secrets"] = secrets
    app.extensions["nav"] = NAV
    app.extensions["services"] = SERVICES
    app.extensions["shells"] = SHELLS
    app.extensions["bell"] = notices_service.count_unread  # the number in the head of each page
    app.extensions["guards"] = {door[0].name: door[2] for door in DOORS}
    app.url_map.converters["hex8"] = Hex8
    app.template_folder = "core/templates"
    log.init_app(app, config.log_level)
    http.init_app(app, config, secrets)
    db.init_app(app, config)
    guard.init_app(app, lambda key: sign_ins.find_viewer(key, config.demo))
    pages.init_app(app, config)
    errors.init_app(app)
    body.init_app(app)
    app.extensions["canteen_charts"] = canteen_charts.Kept()
    first.init_app(app, "/api/canteen/live/", canteen_shelf.Shelf(app).find)
    for blueprint, prefix, _guard in DOORS:
        app.register_blueprint(blueprint, url_prefix=prefix or None)
    app.cli.add_command(accounts_cli.group)
    app.cli.add_command(admin_cli.group)
    app.cli.add_command(photos_cli.group)
    app.cli.add_command(directory_cli.group)
    app.cli.add_command(cafeteria_cli.group)
    return app


def start_warming(app: Flask) -> None:
    """Load what the first stamp (1.3 s) and the first search would otherwise wait for;
    `/health/ready` says when it is done. The server opens its port first: whoever waits for the
    first page is not kept. What is there then stays: the collector need not look at it again, a
    tenth of a second each time in which everybody waits."""
    done = app.extensions["warmed"] = threading.Event()

    def warm() -> None:
        drawings.warm()
        try:
            with app.app_context():
                directory_library.get()
            gc.collect()
            gc.freeze()
        finally:
            done.set()

    later = threading.Timer(WARM_AFTER_S, warm)
    later.daemon = True
    later.start()
