"""What the administrator sets up: canteens, lines, hours, special days, links."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.cafeteria.queries import places
from app.cafeteria.queries.places import SpecialDayRow
from app.cafeteria.rules import hours_form, marks
from app.cafeteria.rules.special_days import Span, spans
from app.cafeteria.service import canteens, lines, links, timetable
from tests.cafeteria.made import make_canteen, make_link
from tests.client import StrictClient
from tests.scene import Scene, scene, text_of

__all__ = ["scene"]

NOW = 1_795_651_200  # 2026-11-26 09:00 in Seoul, a Thursday
LIST = "/canteen/settings"


class Desk:
    """The administrator's screen of one canteen."""

    def __init__(self, scene: Scene) -> None:
        """A canteen with one line, and its administrator."""
        self.scene = scene
        scene.patch.setattr("app.core.clock.now", lambda: NOW)
        made = make_canteen(scene)
        self.canteen_id, self.line_id = made.canteen_id, made.line_id
        self.client: StrictClient = scene.enter("administrator")
        self.base = f"{LIST}/{self.canteen_id}"

    def post(self, path: str, **data: Any) -> TestResponse:
        """Send a form below the canteen's page."""
        return self.client.post(f"{self.base}{path}", data=data)

    def said(self, path: str, **data: Any) -> str:
        """Send a form that fits; what the next page says."""
        answer = self.post(path, **data)
        assert answer.status_code == 303, text_of(answer)
        page = text_of(self.client.get(answer.headers["Location"]))
        found = re.search(r'class="card tone good flash" role="status">(.*?)<', page)
        assert found is not None, page
        return unescape(found[1])

    def refused(self, path: str, **data: Any) -> str:
        """Send a form that does not fit; the page that is shown again."""
        answer = self.post(path, **data)
        assert answer.status_code == 422, text_of(answer)
        page = unescape(text_of(answer))
        assert 'aria-invalid="true"' in page
        return page

    def page(self) -> str:
        """The canteen's page."""
        return unescape(text_of(self.client.get(self.base)))

    def lines(self) -> list[tuple[str, tuple[int, ...]]]:
        """The canteen's lines."""
        with self.scene.app.app_context():
            return [(one.name, one.marks) for one in places.list_lines(self.canteen_id)]

    def hours(self) -> set[tuple[int, str, int, int]]:
        """The canteen's week."""
        with self.scene.app.app_context():
            found = places.list_hours(self.canteen_id)
        return {(one.weekday, one.meal, one.opens, one.closes) for one in found}

    def plan(self, day: date) -> tuple[list[str], str]:
        """What is served on a day, and why nothing is."""
        with self.scene.app.app_context():
            canteen = places.get_canteen(self.scene.office.organisation_id, self.canteen_id)
            found = next(timetable.plan_days(canteen, day, 1))
        return [one.meal for one in found.sittings], found.why


@pytest.fixture
def desk(scene: Scene) -> Desk:
    """The administrator's desk on a Thursday."""
    return Desk(scene)


# --- canteens ---


def test_the_first_canteen_takes_three_fields(scene: Scene) -> None:
    client = scene.enter("administrator")
    page = text_of(client.get(LIST))
    assert "아직 식당이 없어요" in page
    assert re.findall(r'<input class="input" id="(\w+)"', page) == ["name", "people", "lines"]
    given_ = {"name": " 본관 식당 ", "people": "650", "lines": "한식, 일품"}
    answer = client.post(LIST, data=given_)
    assert answer.status_code == 303
    page = text_of(client.get(answer.headers["Location"]))
    assert "식당을 만들었어요" in page
    with scene.app.app_context():
        made = places.list_canteens(scene.office.organisation_id)[0]
        assert (made.name, made.people, made.rests_on_holidays) == ("본관 식당", 650, True)
        assert [one.name for one in places.list_lines(made.id)] == ["한식", "일품"]
        assert len(places.list_hours(made.id)) == 5
    assert "줄 2개" in text_of(client.get(LIST))


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name": " "}, "name", "비어 있어요"),
        ({"name": "가" * 61}, "name", "60자까지"),
        ({"people": "많이"}, "people", "1명에서 20,000명"),
        ({"people": "0"}, "people", "1명에서 20,000명"),
        ({"people": "20001"}, "people", "1명에서 20,000명"),
        ({"lines": " , "}, "lines", "하나 이상"),
        ({"lines": "가, 가"}, "lines", "같은 이름"),
        ({"lines": ",".join(f"줄{at}" for at in range(13))}, "lines", "12개까지"),
        ({"lines": "가" * 41}, "lines", "40자까지"),
    ],
)
def test_a_canteen_that_does_not_fit_is_shown_again(
    scene: Scene, changes: dict[str, str], field: str, said: str
) -> None:
    client = scene.enter("administrator")
    data = {"name": "본관", "people": "650", "lines": "한식"} | changes
    answer = client.post(LIST, data=data)
    page = unescape(text_of(answer))
    assert answer.status_code == 422
    assert said in re.findall(rf'id="{field}-error">(.*?)<', page)[0]
    assert all(f'value="{one.strip()}"' in page for one in data.values() if one.strip(" ,"))
    with scene.app.app_context():
        assert places.list_canteens(scene.office.organisation_id) == []


def test_a_canteen_is_renamed(desk: Desk) -> None:
    assert desk.said("", name="별관 식당", people="300") == "저장했어요."
    assert "별관 식당" in desk.page()
    page = desk.refused("", name="", people="-1")
    assert 'value="-1"' in page


def test_a_removed_canteen_is_nowhere_until_it_is_put_back(desk: Desk) -> None:
    _, text = make_link(desk.scene, desk.canteen_id, "kiosk")
    answer = desk.post("/remove")
    page = text_of(desk.client.get(answer.headers["Location"]))
    assert "‘본관 식당’ 식당을 없앴어요" in unescape(page)
    assert f"{desk.base}/put-back" in page
    assert desk.client.get(desk.base).status_code == 404
    with desk.scene.app.app_context(), pytest.raises(Exception, match="canteen-link-unknown"):
        links.open_link(text, "kiosk")
    assert desk.said("/put-back") == "식당을 되돌렸어요."
    assert "본관 식당" in desk.page()
    assert "put-back" not in text_of(desk.client.get(LIST))


def test_an_organisation_has_so_many_canteens(desk: Desk) -> None:
    desk.scene.patch.setattr(canteens, "MOST", 1)
    data = {"name": "둘째", "people": "1", "lines": "가"}
    assert desk.client.post(LIST, data=data).status_code == 409
    assert "식당 만들기" not in text_of(desk.client.get(LIST))
    desk.post("/remove")
    assert desk.client.post(LIST, data=data).status_code == 303
    assert desk.post("/put-back").status_code == 409


# --- lines ---


def test_lines_are_added_changed_and_moved(desk: Desk) -> None:
    assert "더했어요" in desk.said("/lines", name="일품 줄", marks="5,15, 25")
    assert "저장했어요" in desk.said(f"/lines/{desk.line_id}", name="한식", marks="10 , 20")
    assert desk.lines() == [("한식", (10, 20)), ("일품 줄", (5, 15, 25))]
    assert "옮겼어요" in desk.said(f"/lines/{desk.line_id}/move", way="down")
    assert [name for name, _ in desk.lines()] == ["일품 줄", "한식"]
    assert desk.said(f"/lines/{desk.line_id}/move", way="down") == "이미 끝에 있는 줄이에요."
    desk.said(f"/lines/{desk.line_id}/move", way="up")
    assert [name for name, _ in desk.lines()] == ["한식", "일품 줄"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10, 스물", "숫자를 쉼표로"),
        ("10", "2개에서 6개"),
        ("", "2개에서 6개"),
        ("1,2,3,4,5,6,7", "2개에서 6개"),
        ("10, 10", "점점 커지게"),
        ("20, 10", "점점 커지게"),
        ("0, 10", "1명에서 500명"),
        ("10, 501", "1명에서 500명"),
    ],
)
def test_marks_that_do_not_fit_are_shown_again(desk: Desk, text: str, said: str) -> None:
    before = desk.lines()
    page = desk.refused(f"/lines/{desk.line_id}", name="한식 줄", marks=text)
    assert said in re.findall(rf'id="marks-{desk.line_id}-error">(.*?)<', page)[0]
    assert f'value="{text}"' in page
    page = desk.refused("/lines", name="새 줄", marks=text)
    assert said in re.findall(r'id="marks-new-error">(.*?)<', page)[0]
    assert desk.lines() == before


def test_no_two_lines_have_one_name(desk: Desk) -> None:
    assert "같은 이름" in desk.refused("/lines", name="한식 줄", marks="10, 20")
    assert desk.said(f"/lines/{desk.line_id}", name="한식 줄", marks="10, 20")


def test_a_removed_line_can_be_put_back_and_the_last_one_stays(desk: Desk) -> None:
    assert desk.post(f"/lines/{desk.line_id}/remove").status_code == 409
    desk.said("/lines", name="일품 줄", marks="10, 20")
    assert "없앴어요" in desk.said(f"/lines/{desk.line_id}/remove")
    assert [name for name, _ in desk.lines()] == ["일품 줄"]
    assert f"{desk.line_id}/put-back" in desk.page()
    assert desk.said(f"/lines/{desk.line_id}/put-back") == "줄을 되돌렸어요."
    assert [name for name, _ in desk.lines()] == ["일품 줄", "한식 줄"]
    desk.said(f"/lines/{desk.line_id}/put-back")
    assert [name for name, _ in desk.lines()] == ["일품 줄", "한식 줄"]


def test_a_canteen_has_so_many_lines(desk: Desk) -> None:
    desk.scene.patch.setattr(lines, "MOST", 1)
    assert desk.post("/lines", name="둘째", marks="10, 20").status_code == 409
    assert "줄 더하기" not in desk.page()


@given(st.text(max_size=40) | st.lists(st.integers(-3, 600), max_size=8).map(str))
def test_marks_are_read_or_refused(text: str) -> None:
    found, wrong = marks.read(text)
    if not wrong:
        assert 2 <= len(found) <= 6
        assert list(found) == sorted(set(found))
        assert all(1 <= one <= 500 for one in found)


def test_a_form_that_does_not_fit_names_its_fields_above(desk: Desk) -> None:
    page = desk.refused("", name="", people="0")
    assert "<title>고칠 곳이 있어요 · " in page
    assert "고칠 곳이 2군데 있어요" in page
    assert '<a href="#name">식당 이름</a>' in page
    assert '<a href="#people">하루에 먹는 사람 수</a>' in page
    with desk.scene.app.app_context():
        line = places.list_lines(desk.canteen_id)[0].id
    page = desk.refused(f"/lines/{line}", name="줄", marks="9")
    assert f'<a href="#marks-{line}">' in page
    assert f'id="marks-{line}"' in page
    page = desk.refused("/links", kind="kiosk", name="")
    assert '<a href="#link-name">' in page
    page = desk.refused("/days", serves="0", first="2026-12-01", reason="")
    assert '<a href="#reason">' in page


def test_the_pages_of_a_canteen_lead_to_one_another(desk: Desk) -> None:
    page = desk.page()
    for path in (
        f"/canteen/menus/{desk.canteen_id}", f"/canteen/devices?canteen={desk.canteen_id}",
        f"/canteen/duty?canteen={desk.canteen_id}", "/canteen",
    ):  # fmt: skip
        assert f'href="{path}"' in page
        there = desk.client.get(path)
        assert there.status_code == 200
        if path.startswith(("/canteen/menus", "/canteen/devices")):
            assert f'href="/canteen/settings/{desk.canteen_id}"' in text_of(there)
    kitchen = text_of(desk.scene.enter("canteen").get(f"/canteen/menus/{desk.canteen_id}"))
    assert "/canteen/duty" in kitchen
    assert "/canteen/settings" not in kitchen
    assert "/canteen/devices" not in kitchen


def test_the_pages_are_plain_english(desk: Desk) -> None:
    page = unescape(text_of(desk.client.get(f"{desk.base}?lang=en")))
    assert "not served" in page
    assert "Missing" not in page
    assert "Closed on public holidays" in page


# --- hours ---


def week(**times: str) -> dict[str, str]:
    """The form of a week: d0_lunch="11:30-13:00" is a Monday's lunch."""
    found = dict[str, str]()
    for key, time in times.items():
        day, meal = key.removeprefix("d").split("_")
        opens, _, closes = time.partition("-")
        found |= {f"{day}-{meal}-opens": opens, f"{day}-{meal}-closes": closes}
    return found


def test_the_week_is_shown_and_replaced(desk: Desk) -> None:
    form = text_of(desk.client.get(f"{desk.base}/hours"))
    assert form.count("<details>") == 7  # breakfast and dinner, which nobody serves
    assert re.search(r'<label for="0-lunch-opens"[^>]*>.*여는 시각</label>', form)
    assert form.count('type="time"') == 42
    assert form.count('value="11:30"') == 5
    data = week(d0_lunch="11:20-12:50", d0_dinner="17:30-18:40", d5_breakfast="07:00-08:00")
    assert desk.said("/hours", act="save", **data) == "배식 시간을 저장했어요."
    assert desk.hours() == {
        (0, "lunch", 680, 770), (0, "dinner", 1050, 1120), (5, "breakfast", 420, 480),
    }  # fmt: skip
    assert "17:30" in desk.page()


def test_monday_is_copied_to_all_workdays_and_leaves_the_weekend(desk: Desk) -> None:
    data = week(d0_lunch="11:20-12:50", d2_dinner="17:30-18:40", d6_lunch="12:00-13:00")
    assert "화~금요일" in desk.said("/hours", act="copy", **data)
    assert desk.hours() == {(at, "lunch", 680, 770) for at in range(5)} | {(6, "lunch", 720, 780)}


@pytest.mark.parametrize(
    ("times", "place", "said"),
    [
        ({"d1_lunch": "13:00-11:30"}, "1-lunch", "늦어야"),
        ({"d1_lunch": "11:30-11:30"}, "1-lunch", "늦어야"),
        ({"d1_lunch": "11:30-"}, "1-lunch", "둘 다"),
        ({"d1_lunch": "25:00-26:00"}, "1-lunch", "11:30처럼"),
        ({"d1_lunch": "11:30-13:00", "d1_dinner": "12:59-14:00"}, "1-dinner", "겹쳐요"),
        ({"d1_breakfast": "11:00-12:00", "d1_lunch": "11:30-13:00"}, "1-lunch", "겹쳐요"),
    ],
)
def test_hours_that_do_not_fit_are_shown_again(
    desk: Desk, times: dict[str, str], place: str, said: str
) -> None:
    before = desk.hours()
    page = desk.refused("/hours", act="save", **week(d0_lunch="11:11-12:12", **times))
    assert said in re.findall(rf'id="{place}-error">(.*?)<', page)[0]
    assert 'value="11:11"' in page
    assert desk.hours() == before


def test_meals_may_follow_each_other_at_once(desk: Desk) -> None:
    assert desk.said("/hours", act="save", **week(d0_lunch="11:00-12:00", d0_dinner="12:00-13:00"))


@given(
    st.dictionaries(
        st.builds(
            hours_form.field, st.integers(0, 6), st.sampled_from(hours_form.MEALS),
            st.sampled_from(["opens", "closes"]),
        ),
        st.sampled_from(["", "07:00", "08:30", "11:30", "13:00", "23:59", "24:00", "x"]),
    )
)  # fmt: skip
def test_a_week_without_errors_has_meals_in_order(form: dict[str, str]) -> None:
    slots, errors = hours_form.read(form)
    if errors:
        return
    for weekday in range(7):
        day = sorted(one.opens for one in slots if one.weekday == weekday)
        ends = sorted(one.closes for one in slots if one.weekday == weekday)
        assert all(end <= begin for end, begin in zip(ends, day[1:], strict=False))
    assert hours_form.read(hours_form.typed(slots)) == (slots, {})


# --- days ---


def test_a_holiday_rests_unless_somebody_says_otherwise(desk: Desk) -> None:
    christmas = date(2026, 12, 25)
    assert desk.plan(christmas) == ([], "성탄절")
    assert "12월 25일 (금) 성탄절" in desk.page()
    desk.said("/days", first="2026-12-25", last="", serves="1", reason="비상근무")
    assert desk.plan(christmas) == (["lunch"], "")
    desk.said("/days/remove", first="2026-12-25", last="2026-12-25")
    assert desk.plan(christmas) == ([], "성탄절")
    assert "배식하는 것으로" in desk.said("/holidays")
    assert desk.plan(christmas) == (["lunch"], "")
    assert "쉬는 것으로" in desk.said("/holidays", rests="1")


def test_days_of_rest_are_one_entry_and_go_together(desk: Desk) -> None:
    desk.said("/days", first="2026-12-07", last="2026-12-11", serves="0", reason="주방 공사")
    page = desk.page()
    assert "12월 7일 (월) ~ 12월 11일 (금)" in page
    assert page.count("주방 공사</span>") == 1
    assert desk.plan(date(2026, 12, 9)) == ([], "주방 공사")
    desk.said("/days", first="2026-12-09", last="", serves="0", reason="점검")
    assert desk.plan(date(2026, 12, 9)) == ([], "점검")
    desk.said("/days/remove", first="2026-12-07", last="2026-12-08")
    assert desk.plan(date(2026, 12, 7)) == (["lunch"], "")
    assert desk.plan(date(2026, 12, 10)) == ([], "주방 공사")


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"first": ""}, "first", "날짜를 골라"),
        ({"first": "2026-02-30"}, "first", "날짜를 골라"),
        ({"last": "2026-12-01"}, "last", "앞서요"),
        ({"last": "2027-12-01"}, "last", "62일까지"),
        ({"reason": " "}, "reason", "비어 있어요"),
        ({"reason": "가" * 81}, "reason", "80자까지"),
        (
            {"serves": "1", "first": "2026-12-05", "last": "2026-12-06"},
            "first",
            "배식 시간이 없어요",
        ),
    ],
)
def test_days_that_do_not_fit_are_shown_again(
    desk: Desk, changes: dict[str, str], field: str, said: str
) -> None:
    data = {"first": "2026-12-07", "last": "2026-12-08", "serves": "0", "reason": "공사"}
    page = desk.refused("/days", **(data | changes))
    assert said in re.findall(rf'id="{field}-error">(.*?)<', page)[0]
    assert desk.plan(date(2026, 12, 7)) == (["lunch"], "")


def test_days_apart_or_of_another_reason_are_entries_of_their_own() -> None:
    days = [
        SpecialDayRow("2026-12-07", False, "가"),
        SpecialDayRow("2026-12-08", False, "가"),
        SpecialDayRow("2026-12-09", False, "나"),
        SpecialDayRow("2026-12-11", False, "나"),
        SpecialDayRow("2026-12-12", True, "나"),
    ]
    assert spans(days) == [
        Span(date(2026, 12, 7), date(2026, 12, 8), False, "가"),
        Span(date(2026, 12, 9), date(2026, 12, 9), False, "나"),
        Span(date(2026, 12, 11), date(2026, 12, 11), False, "나"),
        Span(date(2026, 12, 12), date(2026, 12, 12), True, "나"),
    ]


# --- links ---


@pytest.mark.parametrize("kind", ["kiosk", "wall"])
def test_a_link_is_made_shown_and_revoked(desk: Desk, kind: str) -> None:
    answer = desk.post("/links", kind=kind, name="주방 앞 전화")
    page = unescape(text_of(desk.client.get(answer.headers["Location"])))
    path = answer.headers["Location"]
    link_id = path.rpartition("/")[2]
    with desk.scene.app.app_context():
        text = links.text_of(link_id, kind)
        public = desk.scene.app.extensions["office_config"].public_url
        assert links.open_link(text, kind).name == "주방 앞 전화"
    assert f"{public}/canteen/{kind}/{text}" in page
    assert "아직 쓰지 않음" in page
    drawn = desk.client.get(f"{path}/qr.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.headers["Cache-Control"] == "no-store"
    assert read_qr(drawn.get_data(as_text=True)) == f"{public}/canteen/{kind}/{text}"
    assert "주방 앞 전화" in desk.page()
    assert "없앴어요" in desk.said(f"/links/{link_id}/revoke")
    assert "주방 앞 전화</b>" not in desk.page()
    gone = text_of(desk.client.get(path))
    assert "열리지 않아요" in gone
    assert text not in gone


def read_qr(svg: str) -> str:
    """What a camera reads of a QR that was drawn."""
    size = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    rows = [[255] * size for _ in range(size)]
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", svg):
        rows[int(y)][int(x) : int(x) + int(run)] = [0] * int(run)
    big = np.kron(np.array(rows, dtype=np.uint8), np.ones((4, 4), dtype=np.uint8))
    return zxingcpp.read_barcodes(big)[0].text


def test_when_a_link_was_last_used_is_shown(desk: Desk) -> None:
    link_id, _ = make_link(desk.scene, desk.canteen_id, "wall")
    desk.scene.rows("UPDATE canteen_links SET used_at = ?", NOW - 3600)
    assert "2026-11-26 08:00" in desk.page()
    assert "2026-11-26 08:00" in text_of(desk.client.get(f"{desk.base}/links/{link_id}"))


def test_a_link_that_does_not_fit_is_shown_again(desk: Desk) -> None:
    page = desk.refused("/links", kind="wall", name=" ")
    assert re.search(r'value="wall" checked', page)
    assert desk.post("/links", kind="door", name="문").status_code == 422
    desk.scene.patch.setattr(links, "MOST", 0)
    assert desk.post("/links", kind="wall", name="벽").status_code == 409


# --- who may ---


def test_only_the_administrator_sets_canteens_up(scene: Scene) -> None:
    made = make_canteen(scene)
    base = f"{LIST}/{made.canteen_id}"
    for role in ("canteen", "officer", "auditor"):
        client = scene.enter(role)
        for path in (LIST, base, f"{base}/hours"):
            assert client.get(path).status_code == 403, (role, path)
        assert client.post(base, data={"name": "x", "people": "1"}).status_code == 403
    assert scene.visitor().get(LIST).status_code == 302


def test_another_organisation_s_canteen_is_not_there(desk: Desk) -> None:
    link_id, _ = make_link(desk.scene, desk.canteen_id, "kiosk")
    other = desk.scene.enter("administrator", desk.scene.other_office())
    line, link = f"/lines/{desk.line_id}", f"/links/{link_id}"
    for path in ("", "/hours", link, f"{link}/qr.svg"):
        assert other.get(f"{desk.base}{path}").status_code == 404
    for path in (
        "", "/remove", "/put-back", "/lines", line, f"{line}/move", f"{line}/remove", "/links",
        f"{line}/put-back", "/hours", "/holidays", "/days", "/days/remove", f"{link}/revoke",
    ):  # fmt: skip
        assert other.post(f"{desk.base}{path}", data={}).status_code == 404, path
    own = make_canteen(desk.scene, name="별관")
    for path in (line, f"{line}/move", f"{line}/remove", f"{line}/put-back", f"{link}/revoke"):
        data = {"name": "훔친 줄", "marks": "1, 2", "way": "up"}
        found = desk.client.post(f"{LIST}/{own.canteen_id}{path}", data=data)
        assert found.status_code == 404, path
    assert desk.lines() == [("한식 줄", (10, 20, 30, 40))]


UNSEEN = [
    "본관\u202e식당",
    "본관\x00식당",
    "본관\u200b식당",
    "본관\n식당",
    "\u2066본관",
    "본\x7f관",
]


@pytest.mark.parametrize("name", UNSEEN)
def test_names_have_no_signs_that_nobody_sees(desk: Desk, name: str) -> None:
    line = f"/lines/{desk.line_id}"
    for path, fields in (
        ("", {"name": name, "people": "500"}),
        ("/lines", {"name": name, "marks": "10, 20"}),
        (line, {"name": name, "marks": "10, 20"}),
        ("/links", {"kind": "kiosk", "name": name}),
        ("/days", {"first": "2026-12-07", "serves": "0", "reason": name}),
    ):
        assert "보이지 않는 글자가 섞여 있어요" in desk.refused(path, **fields), path
    new = {"name": name, "people": "500", "lines": "줄"}
    assert desk.client.post(LIST, data=new).status_code == 422
    if "\n" not in name:  # which stands between two lines
        lined = desk.client.post(LIST, data=new | {"name": "식당", "lines": f"줄, {name}"})
        assert lined.status_code == 422
    assert [row[0] for row in desk.scene.rows("SELECT name FROM canteens")] == ["본관 식당"]
