"""The first page, and the shells: pages that are the same for everyone and open offline."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import http, pages
from app.core.guard import find_viewer
from app.trips.service import samples, state

bp = Blueprint("home", __name__, template_folder="../templates")


@bp.get("/")
def welcome() -> ResponseReturnValue:
    """Signed out: what this is, and trying it out. Signed in: today, but for an operator, who
    makes no stamps."""
    viewer = find_viewer()
    if viewer is not None:
        return redirect("/me" if viewer.role == "operator" else "/today")
    if not http.config().demo and state.needs_set_up():
        return redirect("/first-run")
    response = make_response(render_template("core/welcome.html", **_welcome()))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _welcome() -> dict[str, object]:
    config = http.config()
    return {
        "services": current_app.extensions["services"],
        "trials": _trials() if config.demo else [],
        "samples": samples.list_samples(config.instance_dir) if config.demo else [],
    }


@bp.get("/today")
def today() -> ResponseReturnValue:
    """The stamp screen: the button, today's trip, what waits to be sent."""
    return pages.shell()


@bp.get("/history")
def history() -> ResponseReturnValue:
    """The person's stamps by day."""
    return pages.shell()


@bp.get("/start")
def start() -> ResponseReturnValue:
    """First use: consent, permission, key, install, practice stamp."""
    return pages.shell()


@bp.get("/offline")
def offline() -> ResponseReturnValue:
    """What the service worker shows in place of a page that cannot be fetched."""
    return pages.shell()


def _trials() -> list[dict[str, str]]:
    return [
        {
            "role": "officer",
            "label": gettext("출장 가는 직원"),
            "line": gettext("도장을 찍고, QR과 기록을 봅니다."),
        },
        {
            "role": "auditor",
            "label": gettext("감사 담당자"),
            "line": gettext("도장을 확인하고, 이상한 점과 이유를 봅니다."),
        },
        {
            "role": "administrator",
            "label": gettext("기관 관리자"),
            "line": gettext("직원을 등록하고, 잃어버린 휴대전화를 막습니다."),
        },
        {
            "role": "canteen",
            "label": gettext("구내식당 직원"),
            "line": gettext("구내식당 줄 알림은 준비 중입니다. 도장은 쓸 수 있습니다."),
        },
    ]
