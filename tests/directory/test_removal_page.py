"""The page of requests not to be listed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import db
from app.directory.service.replace import replace
from tests.directory.desk import Desk, line
from tests.scene import Scene


def test_a_name_is_hidden_listed_and_shown_again(app: Flask) -> None:
    scene = Scene(app)
    admin = scene.enter("administrator")
    with app.app_context():
        desk = Desk()
        replace(desk.number, desk.source, [line()])
        uid = desk.entries[0].uid
    assert "가림 요청이 없습니다" in admin.get("/directory/removals").get_data(as_text=True)
    assert "김하늘" in admin.get(f"/directory/removals?entry={uid}").get_data(as_text=True)
    form = {"entry": uid, "what": "name", "reason": "본인 요청"}
    assert admin.post("/directory/removals", data=form).status_code == 303
    html = admin.get("/directory/removals").get_data(as_text=True)
    assert "경상남도 창원시" in html
    assert "김하늘" not in html
    with app.app_context():
        assert desk.entries[0].name == ""
    assert admin.post("/directory/removals", data=form).status_code == 409  # nothing is left
    path = html.split('action="/directory/removals/')[1].split("/take-back")[0]
    stranger = scene.enter("administrator", scene.other_office())
    seen = stranger.get("/directory/removals").get_data(as_text=True)
    assert "경상남도 창원시" in seen
    assert "본인 요청" not in seen
    assert stranger.post(f"/directory/removals/{path}/take-back").status_code == 303
    assert stranger.post(f"/directory/removals/{path}/take-back").status_code == 404
    assert "가림 요청이 없습니다" in admin.get("/directory/removals").get_data(as_text=True)


@pytest.mark.parametrize("changes", [{"reason": " "}, {"reason": "x" * 201}, {"what": "all"}])
def test_a_request_needs_a_reason(app: Flask, changes: dict[str, str]) -> None:
    admin = Scene(app).enter("administrator")
    with app.app_context():
        desk = Desk()
        replace(desk.number, desk.source, [line()])
        uid = desk.entries[0].uid
    form = {"entry": uid, "what": "name", "reason": "본인 요청"} | changes
    answer = admin.post("/directory/removals", data=form)
    assert answer.status_code == 422
    assert "이유는 200자까지" in answer.get_data(as_text=True)
    with app.app_context():
        assert desk.entries[0].name == "김하늘"


def test_while_the_index_is_made_anew_one_is_asked_to_come_again(app: Flask) -> None:
    admin = Scene(app).enter("administrator")
    with app.app_context():
        desk = Desk()
        replace(desk.number, desk.source, [line()])
        uid = desk.entries[0].uid
        with db.transaction():
            db.run(text("UPDATE directory_state SET value = 0 WHERE name = 'analyzer'"))
    form = {"entry": uid, "what": "name", "reason": "본인 요청"}
    answer = admin.post("/directory/removals", data=form)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "잠시 뒤 다시" in answer.get_data(as_text=True)
    with app.app_context():
        assert desk.entries[0].name == "김하늘"
