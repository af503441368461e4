"""The kitchen's page of buttons, by a link without an account, and the same for who is on duty."""

from __future__ import annotations

import re

from sqlalchemy import insert

from app.cafeteria.models import Replay
from app.cafeteria.queries import links as links_q
from app.cafeteria.queries import taps as taps_q
from app.cafeteria.service import links
from app.core import clock, db
from app.core.db import transaction
from app.core.ids import new_id
from tests.cafeteria.made import make_canteen, make_link
from tests.client import StrictClient
from tests.scene import Scene, scene, text_of

__all__ = ["scene"]


def page_of(html: str) -> str:
    """The id of a drawing of the page, as its forms send it."""
    found = re.search(r'name="page" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def press(client: StrictClient, path: str, html: str, line_id: str, what: str) -> str:
    """Press a button of a page without JavaScript; where that leads."""
    form = {"page": page_of(html), "line_id": line_id, "press": what}
    answer = client.post(path, data=form)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def last_of(scene: Scene, line_id: str) -> taps_q.TapRow | None:
    """The press of a line that stands."""
    with scene.app.app_context():
        return taps_q.find_last_tap(line_id)


def test_five_buttons_and_three_states_for_each_line(scene: Scene) -> None:
    made = make_canteen(scene, "한식 줄", "일품 줄")
    _, text = make_link(scene, made.canteen_id, "kiosk")
    html = text_of(scene.visitor().get(f"/canteen/kiosk/{text}"))
    values = re.findall(r'name="press" value="([^"]+)"', html)
    one = ["mark:0", "mark:10", "mark:20", "mark:30", "mark:40", "open", "closed", "sold_out"]
    assert values == one * 2
    shown, hidden = re.findall(r'<section class="kiosk-line"[^>]*?( hidden)?\s*>', html)
    assert (shown, hidden) == ("", " hidden")
    chosen = text_of(scene.visitor().get(f"/canteen/kiosk/{text}?line={made.line_ids[1]}"))
    assert re.findall(r'<section class="kiosk-line"[^>]*?( hidden)?\s*>', chosen) == [" hidden", ""]


def test_the_page_is_the_same_whoever_is_signed_in(scene: Scene) -> None:
    made = make_canteen(scene)
    _, text = make_link(scene, made.canteen_id, "kiosk")
    drawn = []
    for client in (scene.visitor(), scene.enter("administrator")):
        answer = client.get(f"/canteen/kiosk/{text}")
        assert answer.headers["Cache-Control"] == "no-store"
        html = text_of(answer)
        html = re.sub(r'data-made="\d+"', "", html)
        drawn.append(html.replace(page_of(html), "page"))
    assert drawn[0] == drawn[1]


def test_it_speaks_english_too(scene: Scene) -> None:
    made = make_canteen(scene)
    _, text = make_link(scene, made.canteen_id, "kiosk")
    html = text_of(scene.visitor().get(f"/canteen/kiosk/{text}?lang=en"))
    assert "Sold out" in html
    assert '<span lang="ko">본관 식당</span>' in html


def test_a_press_without_javascript_is_shown_and_taken_back(scene: Scene) -> None:
    made = make_canteen(scene, "한식 줄", "일품 줄")
    _, text = make_link(scene, made.canteen_id, "kiosk")
    client, path, line_id = scene.visitor(), f"/canteen/kiosk/{text}", made.line_ids[1]
    where = press(client, path, text_of(client.get(path)), line_id, "mark:20")
    assert where == f"{path}?line={line_id}"
    html = text_of(client.get(where))
    assert re.search(r"보냈어요 \d\d:\d\d · 20명", html)
    last = last_of(scene, line_id)
    assert last is not None
    assert (last.kind, last.people, last.source) == ("mark", 20, "kiosk")
    assert client.post(f"{path}/undo", data={"tap": last.id}).status_code == 303
    assert last_of(scene, line_id) is None
    assert "보냈어요 " not in re.sub(r"data-[\w-]+=\"[^\"]*\"", "", text_of(client.get(where)))


def test_a_form_that_is_sent_twice_counts_once_and_another_button_counts(scene: Scene) -> None:
    made = make_canteen(scene)
    _, text = make_link(scene, made.canteen_id, "kiosk")
    client, path = scene.visitor(), f"/canteen/kiosk/{text}"
    html = text_of(client.get(path))
    for what in ("mark:20", "mark:20", "mark:40"):
        press(client, path, html, made.line_id, what)
    assert scene.rows("SELECT count(*) FROM canteen_taps") == [(2,)]


def test_a_form_that_we_never_made_is_refused(scene: Scene) -> None:
    made = make_canteen(scene)
    _, text = make_link(scene, made.canteen_id, "kiosk")
    client, path = scene.visitor(), f"/canteen/kiosk/{text}"
    good = {"page": page_of(text_of(client.get(path))), "line_id": made.line_id}
    for bad in ("mark:501", "mark:", "mark:-1", "mark:1e2", "open\n", "burnt", ""):
        assert client.post(path, data=good | {"press": bad}).status_code == 422, bad
    assert client.post(path, data={"press": "open"}).status_code == 422
    assert client.post(f"{path}/undo", data={"tap": "x"}).status_code == 422
    assert scene.rows("SELECT count(*) FROM canteen_taps") == [(0,)]


def test_a_revoked_link_says_so_everywhere(scene: Scene) -> None:
    made = make_canteen(scene)
    link_id, text = make_link(scene, made.canteen_id, "kiosk")
    client, path = scene.visitor(), f"/canteen/kiosk/{text}"
    html = text_of(client.get(path))
    with scene.app.app_context(), transaction():
        links.revoke_link(made.canteen_id, link_id)
    form = {"page": page_of(html), "line_id": made.line_id, "press": "open"}
    for answer in (client.get(path), client.post(path, data=form)):
        assert answer.status_code == 410
        assert "새 링크를 받아" in text_of(answer)
    assert client.post(f"{path}/undo", data={"tap": page_of(html)}).status_code == 410


def test_a_link_that_was_cut_off_says_so_and_offers_no_login(scene: Scene) -> None:
    make_canteen(scene)
    for path in ("/canteen/kiosk/rubbish", "/canteen/wall/rubbish"):
        answer = scene.visitor().get(path)
        assert answer.status_code == 404
        assert "QR을 다시 찍거나" in text_of(answer)
        assert "/login" not in text_of(answer)
    assert "/login" in text_of(scene.visitor().get("/no-such-page"))


def practise(scene: Scene, canteen_id: str) -> None:
    """Let a lunch be played, so that it is a meal at any hour."""
    row = {"canteen_id": canteen_id, "started_ms": clock.precise() // 1000, "from_s": 1500}
    with scene.app.app_context(), transaction():
        db.run(insert(Replay).values(**row, speed=1, seed=1))


def test_how_a_line_is_stands_on_its_page_and_in_the_answers(scene: Scene) -> None:
    made = make_canteen(scene)
    practise(scene, made.canteen_id)
    _, text = make_link(scene, made.canteen_id, "kiosk")
    client, path = scene.visitor(), f"/canteen/kiosk/{text}"
    api, line_id = f"/api/canteen/taps/{text}", made.line_id
    assert client.get(api).get_json() == {"states": {line_id: "open"}}
    tap = {"id": new_id(), "line_id": line_id, "kind": "sold_out", "ago_ms": 0}
    assert client.post(api, json=tap).get_json()["states"] == {line_id: "sold_out"}
    press(client, path, text_of(client.get(path)), line_id, "mark:20")
    html = text_of(client.get(path))
    assert '<b data-part="state">지금: 품절</b>' in html
    assert re.findall(r'value="(\w+)" aria-pressed="true"', html) == ["sold_out"]
    assert html.count("아직 품절이에요. 다시 팔면") == 2  # in the words for the script, and said
    undone = client.post(f"{api}/{tap['id']}/undo", json={"ago_ms": 0}).get_json()
    assert undone == {"undone": True, "states": {line_id: "open"}}


def test_without_a_meal_no_state_is_told(scene: Scene) -> None:
    made = make_canteen(scene)
    scene.rows("DELETE FROM canteen_hours")
    asked = f"/api/canteen/duty/taps?canteen={made.canteen_id}"
    assert scene.enter("canteen").get(asked).get_json() == {"states": {made.line_id: "none"}}
    other = make_canteen(scene, office=scene.other_office(), name="남의 식당")
    foreign = f"/api/canteen/duty/taps?canteen={other.canteen_id}"
    assert scene.enter("canteen").get(foreign).status_code == 404


def test_a_link_for_a_wall_opens_no_buttons(scene: Scene) -> None:
    made = make_canteen(scene)
    _, text = make_link(scene, made.canteen_id, "wall")
    assert scene.visitor().get(f"/canteen/kiosk/{text}").status_code == 404


def test_the_use_of_a_link_is_written_down(scene: Scene) -> None:
    made = make_canteen(scene)
    _, text = make_link(scene, made.canteen_id, "kiosk")
    scene.visitor().get(f"/canteen/kiosk/{text}")
    with scene.app.app_context():
        assert links_q.list_links(made.canteen_id)[0].used_at is not None


def test_duty_is_for_the_kitchen_and_the_administrator(scene: Scene) -> None:
    for role, status in (("canteen", 200), ("administrator", 200), ("officer", 403)):
        assert scene.enter(role).get("/canteen/duty").status_code == status
    assert scene.visitor().get("/canteen/duty").status_code == 302


def test_on_duty_one_chooses_the_canteen_and_presses(scene: Scene) -> None:
    first, second = make_canteen(scene), make_canteen(scene, name="별관 식당")
    client = scene.enter("canteen")
    html = text_of(client.get(f"/canteen/duty?canteen={second.canteen_id}"))
    assert second.line_id in html
    assert first.line_id not in html
    where = press(client, "/canteen/duty", html, second.line_id, "closed")
    assert second.canteen_id in where
    assert re.search(r"보냈어요 \d\d:\d\d · 마감", text_of(client.get(where)))
    last = last_of(scene, second.line_id)
    assert last is not None
    assert (last.kind, last.people, last.source) == ("closed", None, "duty")
    assert client.post("/canteen/duty/undo", data={"tap": last.id}).status_code == 303
    assert last_of(scene, second.line_id) is None


def test_duty_knows_no_other_organisation(scene: Scene) -> None:
    make_canteen(scene)
    other = make_canteen(scene, office=scene.other_office(), name="남의 식당")
    client = scene.enter("canteen")
    html = text_of(client.get(f"/canteen/duty?canteen={other.canteen_id}"))
    assert "남의 식당" not in html
    form = {"page": page_of(html), "line_id": other.line_id, "press": "open"}
    assert client.post("/canteen/duty", data=form).status_code == 404


def test_a_canteen_without_lines_and_an_office_without_canteens_say_so(scene: Scene) -> None:
    client = scene.enter("canteen")
    assert "등록한 구내식당이 없어요" in text_of(client.get("/canteen/duty"))
    make_canteen(scene)
    scene.rows("UPDATE canteen_lines SET removed_at = 1")
    assert "등록한 줄이 없어요" in text_of(client.get("/canteen/duty"))
