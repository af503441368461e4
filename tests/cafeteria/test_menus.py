"""The pages of menus: two weeks at a glance, one meal by hand, and files that somebody looks at
before anything is saved."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.cafeteria.gateways import menu_files
from app.cafeteria.queries import places
from app.cafeteria.routes import menu_files as routes
from app.cafeteria.service import menu_files as files_s
from app.cafeteria.service import menu_undo
from app.core import clock
from tests.cafeteria.dense_book import dense
from tests.cafeteria.made import make_canteen
from tests.client import StrictClient
from tests.directory import files
from tests.scene import Scene, scene, text_of

__all__ = ["scene"]

NOW = 1_795_651_200  # 2026-11-26 09:00 in Seoul, a Thursday
GRID: list[list[Any]] = [
    ["본관 구내식당 식단표", None, None, None],
    ["구분", "11/23(월)", "11/24(화)", "11/25(수)"],
    ["중식", "쌀밥", "잡곡밥", "개교기념일 휴무"],
    [None, "미역국", "된장국", None],
    [None, "김치", "=1+1", None],
    ["석식", "라면, 김치", "돈가스/샐러드", None],
]
MERGED = ["A1:D1", "A3:A5", "D3:D6"]
READ = {
    ("2026-11-23", "lunch"): ("쌀밥", "미역국", "김치"),
    ("2026-11-23", "dinner"): ("라면", "김치"),
    ("2026-11-24", "lunch"): ("잡곡밥", "된장국"),
    ("2026-11-24", "dinner"): ("돈가스", "샐러드"),
}


class Desk:
    """The kitchen's screen, and what is kept."""

    def __init__(self, scene: Scene) -> None:
        """A canteen, and somebody of the kitchen."""
        self.scene = scene
        scene.patch.setattr("app.core.clock.now", lambda: NOW)
        self.canteen_id = make_canteen(scene).canteen_id
        self.client: StrictClient = scene.enter("canteen")
        self.base = f"/canteen/menus/{self.canteen_id}"

    def bring(self, content: bytes, name: str = "menu.xlsx", **more: str) -> TestResponse:
        """Bring a file."""
        data = {"file": (io.BytesIO(content), name), "week": "2026-11-23", **more}
        return self.client.post(f"{self.base}/bring", data=data)

    def paste(self, text: str, week: str = "2026-11-23") -> TestResponse:
        """Paste a table."""
        return self.client.post(f"{self.base}/bring", data={"text": text, "week": week})

    def confirm(self, checked: TestResponse, **changes: str | None) -> TestResponse:
        """Send the form of what was understood back as it stands, but for the changes."""
        form = fields(text_of(checked)) | changes
        data = {name: value for name, value in form.items() if value is not None}
        return self.client.post(f"{self.base}/bring/save", data=data)

    def kept(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The menus that are kept."""
        with self.scene.app.app_context():
            found = places.list_menus(self.canteen_id, "2000-01-01", "2099-12-31")
        return {(one.day, one.meal): one.items for one in found}

    def flashed(self, answer: TestResponse) -> str:
        """What the page says to which an answer leads."""
        assert answer.status_code == 303, text_of(answer)
        page = text_of(self.client.get(answer.headers["Location"]))
        found = re.search(r'class="card tone good flash" role="status">(.*?)<', page)
        assert found is not None, page
        return unescape(found[1])


def fields(page: str) -> dict[str, str]:
    """The fields of the form that saves what was understood, filled in as a browser would."""
    form = page[page.index("/bring/save") :]
    found = {"count": re.findall(r'name="count" value="(\d+)"', form)[0]}
    found |= dict(re.findall(r'name="(day-\d+)" type="date" value="([^"]*)"', form))
    for name, inside in re.findall(r'name="(meal-\d+)".*?>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="(\w+)" selected', inside)[0]
    areas = re.findall(r'name="(items-\d+)"[^>]*>\n(.*?)</textarea', form, re.DOTALL)
    found |= {name: unescape(inside) for name, inside in areas}
    found |= dict.fromkeys(re.findall(r'name="(take-\d+)" value="1" checked', form), "1")
    return found


@pytest.fixture
def desk(scene: Scene) -> Desk:
    """The kitchen's desk on a Thursday."""
    return Desk(scene)


def book(path: Path, rows: Sequence[Sequence[Any]] = GRID, merged: Sequence[str] = MERGED) -> bytes:
    """A real workbook with merged cells."""
    return files.workbook(path / "menu.xlsx", {"식단": rows}, merged=merged).read_bytes()


# --- a meal by hand ---


def test_the_table_shows_two_weeks_and_marks_today(desk: Desk) -> None:
    page = text_of(desk.client.get("/canteen/menus"))
    assert "본관 식당" in page
    assert page.count('<table class="table menus">') == 2
    assert len(re.findall(r'<tr class="today">', page)) == 1
    assert "11월 26일 (목)" in page
    assert "12월 4일 (금)" in page
    assert "12월 5일" not in page  # nothing is served on a Saturday
    later = text_of(desk.client.get(f"{desk.base}?week=2026-12-23"))
    assert "성탄절" in later
    assert 'class="today"' not in later


def test_a_meal_is_written_changed_removed_and_put_back(desk: Desk) -> None:
    given = {"day": "2026-11-26", "meal": "lunch", "items": " 쌀밥 \n\n국\n국\n김치"}
    assert desk.flashed(desk.client.post(f"{desk.base}/meal", data=given)) == "메뉴를 저장했어요."
    assert desk.kept() == {("2026-11-26", "lunch"): ("쌀밥", "국", "김치")}
    form = text_of(desk.client.get(f"{desk.base}/meal?day=2026-11-26&meal=lunch"))
    assert "쌀밥\n국\n김치</textarea>" in form
    desk.client.post(f"{desk.base}/meal", data=given | {"items": "면"})
    answer = desk.client.post(f"{desk.base}/meal/remove", data=given)
    assert desk.kept() == {}
    page = text_of(desk.client.get(answer.headers["Location"]))
    undo = re.findall(r'name="undo" value="([^"]+)"', page)[0]
    assert desk.client.post(f"{desk.base}/undo", data={"undo": undo}).status_code == 303
    assert desk.kept() == {("2026-11-26", "lunch"): ("면",)}
    assert 'name="undo"' not in text_of(desk.client.get(answer.headers["Location"]))


def test_putting_back_never_overwrites_and_is_over_after_a_day(desk: Desk) -> None:
    given = {"day": "2026-11-26", "meal": "lunch", "items": "면"}
    desk.client.post(f"{desk.base}/meal", data=given)
    answer = desk.client.post(f"{desk.base}/meal/remove", data=given)
    undo = re.findall(r"undo=([^&]+)", answer.headers["Location"])[0]
    desk.client.post(f"{desk.base}/meal", data=given | {"items": "밥"})
    desk.client.post(f"{desk.base}/undo", data={"undo": undo})
    assert desk.kept() == {("2026-11-26", "lunch"): ("밥",)}
    desk.client.post(f"{desk.base}/meal/remove", data=given)
    other = make_canteen(desk.scene, name="별관")
    wrong = f"/canteen/menus/{other.canteen_id}/undo"
    assert desk.client.post(wrong, data={"undo": undo}).status_code == 410
    assert desk.client.post(f"{desk.base}/undo", data={"undo": f"{undo}x"}).status_code == 410
    desk.scene.patch.setattr(menu_undo, "UNDO_S", -1)
    assert desk.client.post(f"{desk.base}/undo", data={"undo": undo}).status_code == 410
    assert desk.kept() == {}


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (" \n ", "음식을 한 줄에 하나씩"),
        ("\n".join(f"음식{at}" for at in range(31)), "30가지까지"),
        ("가" * 61, "60자까지"),
    ],
    ids=["none", "many", "long"],
)
def test_a_meal_that_does_not_fit_is_shown_again(desk: Desk, items: str, said: str) -> None:
    given = {"day": "2026-11-26", "meal": "lunch", "items": items}
    answer = desk.client.post(f"{desk.base}/meal", data=given)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert items.strip() in text_of(answer)
    assert 'id="items-error"' in text_of(answer)
    assert desk.kept() == {}


def test_a_meal_of_no_day_is_refused(desk: Desk) -> None:
    for day, meal in (("2026-02-30", "lunch"), ("2026-11-26", "tea"), ("1626-11-26", "lunch")):
        answer = desk.client.get(f"{desk.base}/meal?day={day}&meal={meal}")
        assert answer.status_code == 422
    gone = {"day": "2026-11-26", "meal": "lunch"}
    assert desk.client.post(f"{desk.base}/meal/remove", data=gone).status_code == 404


# --- tables and files ---


def test_a_workbook_with_merged_cells_is_looked_at_and_saved(desk: Desk, tmp_path: Path) -> None:
    checked = desk.bring(book(tmp_path))
    page = text_of(checked)
    assert checked.status_code == 200
    assert desk.kept() == {}
    assert "4끼를 읽었어요" in page
    assert page.count("새 메뉴") == 4
    assert page.count("개교기념일 휴무") == 1
    assert "3행 11월 25일 (수) ‘개교기념일 휴무’" in unescape(page)
    assert desk.flashed(desk.confirm(checked)) == "메뉴를 저장했어요. 새로 4끼, 고친 것 0끼."
    assert desk.kept() == READ


def undo_of(answer: TestResponse) -> str:
    """What an answer's address offers to take back."""
    return "".join(re.findall(r"undo=([^&]+)", answer.headers["Location"]))


def test_an_import_is_taken_back_as_it_was(desk: Desk, tmp_path: Path) -> None:
    given = {"day": "2026-11-23", "meal": "lunch", "items": "옛 메뉴"}
    desk.client.post(f"{desk.base}/meal", data=given)
    saved = desk.confirm(desk.bring(book(tmp_path)))
    assert desk.kept() == READ
    page = text_of(desk.client.get(saved.headers["Location"]))
    assert "메뉴 4끼를 방금 바꿨어요" in page
    later = {"day": "2026-11-24", "meal": "dinner", "items": "손으로 고침"}
    desk.client.post(f"{desk.base}/meal", data=later)
    undo = re.findall(r'name="undo" value="([^"]+)"', page)[0]
    back = desk.client.post(f"{desk.base}/undo", data={"undo": undo})
    assert desk.kept() == {
        ("2026-11-23", "lunch"): ("옛 메뉴",),
        ("2026-11-24", "dinner"): ("손으로 고침",),
    }
    page = text_of(desk.client.get(back.headers["Location"]))
    assert "3끼를 되돌렸어요." in page
    assert "다른 메뉴가 적힌 1끼는 그대로" in page
    desk.client.post(f"{desk.base}/undo", data={"undo": undo})
    assert len(desk.kept()) == 2  # once more does nothing
    assert 'name="undo"' not in text_of(desk.client.get(saved.headers["Location"]))


def test_what_is_too_much_for_an_address_is_not_offered(desk: Desk, tmp_path: Path) -> None:
    desk.confirm(desk.bring(book(tmp_path)))
    desk.scene.patch.setattr(menu_undo, "LONGEST", 60)
    rows = [["구분", "11/23", "11/24"], ["중식", "새밥", "새국"]]
    saved = desk.confirm(desk.bring(book(tmp_path, rows, ())))
    assert saved.status_code == 303
    assert undo_of(saved) == ""
    same = desk.confirm(desk.bring(book(tmp_path, rows, ())))
    assert undo_of(same) == ""


def test_meals_that_are_not_served_are_told(desk: Desk, tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["구분", "11/23(월)", "11/24(화)", "11/25(수)"],
        ["중식", "쌀밥", "잡곡밥", "휴무"],
        ["석식", "석식 없음", None, None],
    ]
    checked = desk.bring(book(tmp_path, rows, ["B3:D3"]))
    page = unescape(text_of(checked))
    assert page.count("이 끼니는 없다고 적혀 있어") == 3
    assert "‘휴무’" in page
    desk.confirm(checked)
    assert set(desk.kept()) == {("2026-11-23", "lunch"), ("2026-11-24", "lunch")}


def test_the_check_is_read_first_and_corrected_only_where_asked(desk: Desk, tmp_path: Path) -> None:
    checked = desk.bring(book(tmp_path))
    page = text_of(checked)
    assert '<p class="dishes">쌀밥, 미역국, 김치</p>' in page
    assert page.count("모두 저장") == 2
    assert "<details open>" not in page
    wrong = text_of(desk.confirm(checked, **{"day-1": "x"}))
    assert wrong.count("<details open>") == 1
    assert '<a href="#day-1">' in wrong


def test_everybody_reads_the_weeks(desk: Desk, tmp_path: Path) -> None:
    desk.confirm(desk.bring(book(tmp_path)))
    for role, may_write in (("officer", False), ("auditor", False), ("canteen", True)):
        page = text_of(desk.scene.enter(role).get("/canteen/week"))
        assert "미역국" in page
        assert (f'href="{desk.base}"' in page) is may_write
        assert "/meal?" not in page
    other = desk.scene.enter("officer", desk.scene.other_office())
    assert "미역국" not in text_of(other.get(f"/canteen/week?canteen={desk.canteen_id}"))
    assert desk.scene.visitor().get("/canteen/week").status_code == 302


def test_the_same_file_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.confirm(desk.bring(book(tmp_path)))
    before = desk.scene.rows("SELECT * FROM canteen_menus ORDER BY id")
    desk.scene.patch.setattr("app.core.clock.now", lambda: NOW + 60)
    again = desk.bring(book(tmp_path))
    assert text_of(again).count("이미 같음") == 4
    assert desk.flashed(desk.confirm(again)) == "이미 같은 내용이라 바뀐 것이 없어요."
    assert desk.scene.rows("SELECT * FROM canteen_menus ORDER BY id") == before


def test_what_is_replaced_is_shown_and_what_is_not_ticked_stays(desk: Desk, tmp_path: Path) -> None:
    desk.client.post(
        f"{desk.base}/meal", data={"day": "2026-11-23", "meal": "lunch", "items": "옛 메뉴"}
    )
    checked = desk.bring(book(tmp_path))
    assert "옛 메뉴" in text_of(checked)
    desk.confirm(checked, **{"take-0": None, "items-1": "고친 라면"})
    assert desk.kept() == READ | {
        ("2026-11-23", "lunch"): ("옛 메뉴",),
        ("2026-11-23", "dinner"): ("고친 라면",),
    }


def test_a_corrected_form_that_does_not_fit_saves_nothing_and_loses_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    checked = desk.bring(book(tmp_path))
    wrong = desk.confirm(
        checked, **{"day-0": "2026-02-30", "items-1": "가" * 61, "items-2": "손으로 고침"}
    )
    page = text_of(wrong)
    assert wrong.status_code == 422
    assert page.count('aria-invalid="true"') == 2
    assert "손으로 고침" in page
    assert desk.kept() == {}
    twice = desk.confirm(checked, **{"meal-1": "lunch"})
    assert twice.status_code == 422
    assert "같은 날 같은 끼니" in text_of(twice)
    none = desk.confirm(checked, **{f"take-{at}": None for at in range(4)})
    assert "하나 이상" in text_of(none)
    assert desk.kept() == {}
    assert desk.flashed(desk.confirm(wrong, **{"day-0": "2026-11-27", "items-1": "면"}))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_csv_file_of_any_encoding(desk: Desk, encoding: str) -> None:
    rows = [["날짜", "구분", "메뉴"], ["2026-11-23", "중식", "쌀밥, 미역국"], ["", "석식", "라면"]]
    checked = desk.bring(files.text(rows).encode(encoding), "식단.csv")
    desk.confirm(checked)
    assert desk.kept() == {
        ("2026-11-23", "lunch"): ("쌀밥", "미역국"),
        ("2026-11-23", "dinner"): ("라면",),
    }


def test_a_pasted_table_of_weekdays_is_of_the_week_that_is_asked_for(desk: Desk) -> None:
    desk.confirm(desk.paste("구분\t월\t화\n중식\t밥\t면\n", week="2026-12-02"))
    assert set(desk.kept()) == {("2026-11-30", "lunch"), ("2026-12-01", "lunch")}


def test_the_sheet_whose_meals_are_to_come_is_read(desk: Desk, tmp_path: Path) -> None:
    old = [["구분", "10/26", "10/27", "10/28"], ["중식", "옛밥", "옛국", "옛면"]]
    new = [["구분", "11/23", "11/24"], ["중식", "새밥", "새국"]]
    sheets = {"10월": old, "숨김": [["구분", "11/23"], ["중식", "x"]], "11월": new}
    path = files.workbook(tmp_path / "two.xlsx", sheets, hidden=["숨김"])
    checked = desk.bring(path.read_bytes())
    assert "‘11월’ 시트" in unescape(text_of(checked))
    desk.confirm(checked)
    assert desk.kept() == {("2026-11-23", "lunch"): ("새밥",), ("2026-11-24", "lunch"): ("새국",)}


def bomb(path: Path) -> bytes:
    """A small workbook that unpacks to very much."""
    book(path)
    with zipfile.ZipFile(path / "menu.xlsx", "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/big.bin", bytes(70 << 20))
    return (path / "menu.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 HWP Document File V5.00", "한글(HWP) 파일은"),
        (b"HWP Document File V3.00", "한글(HWP) 파일은 읽지 못해요."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "옛 엑셀(XLS)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "암호가"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "워드나 파워포인트"),
        (b"\x9b DRMONE  This Document is encrypted", "문서보안(DRM)"),
        (b"%PDF-1.7 x", "PDF는 읽지 못해요."),
        (b"\x89PNG\r\n\x1a\n", "사진은 읽지 못해요."),
        (b"<html><table></table></html>", "웹 문서"),
        (b"PK\x03\x04 broken", "파일이 상해서"),
        (b"", "비어 있는 파일"),
        (bytes(range(128, 256)) * 9, "글자를 알아볼 수 없는"),
        ("이름,전화\n홍길동,1234\n".encode(), "메뉴를 찾지 못했어요"),
        (b'=HYPERLINK("http://x")\t=1+1\n', "메뉴를 찾지 못했어요"),
    ],
)  # fmt: skip
def test_what_is_no_menu_says_what_to_do(desk: Desk, content: bytes, said: str) -> None:
    answer = desk.bring(content)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'id="file-error"' in text_of(answer)
    assert '<a href="#file">' in text_of(answer)
    assert "menu.xlsx: " in text_of(answer)
    assert desk.kept() == {}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("word/document.xml", "워드나"), ("Contents/section0.xml", "한글(HWP)"),
        ("xl/workbook.bin", "XLSX가 아닌 표"), ("a.txt", "압축 파일"),
    ],
)  # fmt: skip
def test_a_zip_that_is_no_workbook_says_what_it_is(desk: Desk, part: str, said: str) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as parts:
        parts.writestr(part, "x")
    assert said in text_of(desk.bring(whole.getvalue()))


def test_the_name_of_a_file_is_text(desk: Desk) -> None:
    page = text_of(desk.bring(b"%PDF-1.7", "<b>식단.pdf"))
    assert "&lt;b&gt;식단.pdf: PDF는 읽지 못해요." in page
    assert "가" * 80 + ":" in text_of(desk.bring(b"%PDF-1.7", "가" * 300))


def test_too_large_a_file_is_refused(desk: Desk) -> None:
    desk.scene.patch.setattr(menu_files, "MOST_BYTES", 1_000)
    assert "2MB를 넘는" in text_of(desk.bring(b"x" * 1_001))
    desk.scene.patch.setattr(files_s, "MOST_BYTES", 0)
    desk.scene.patch.setattr(routes, "AROUND", 100)
    refused = desk.bring(b"x" * 200)
    assert refused.status_code == 422
    assert "2MB를 넘는" in text_of(refused)


def test_hostile_workbooks_are_refused(desk: Desk, tmp_path: Path) -> None:
    whole = book(tmp_path)
    for content in (bomb(tmp_path), whole[: len(whole) // 2], whole[:-30]):
        answer = desk.bring(content)
        assert answer.status_code == 422
        assert re.search("파일이 상해서|너무 커지는 파일", text_of(answer))


def test_formulas_say_nothing_and_markup_is_text(desk: Desk, tmp_path: Path) -> None:
    rows = [["구분", "11/23", "11/24"], ["중식", "=1+1", "<b>밥</b>"]]
    checked = desk.bring(book(tmp_path, rows, ()))
    desk.confirm(checked)
    assert desk.kept() == {("2026-11-24", "lunch"): ("<b>밥</b>",)}
    assert "&lt;b&gt;밥" in text_of(desk.client.get(desk.base))


def test_a_wrong_file_keeps_what_was_pasted(desk: Desk) -> None:
    page = text_of(desk.bring(b"%PDF-1.7", "x.pdf", text="구분\t월"))
    assert "구분\t월" in page
    assert desk.paste(" ").status_code == 422


# --- who may ---


def test_who_may_write_menus(scene: Scene) -> None:
    made = make_canteen(scene)
    base = f"/canteen/menus/{made.canteen_id}"
    for role, status in (
        ("canteen", 200),
        ("administrator", 200),
        ("officer", 403),
        ("auditor", 403),
    ):
        client = scene.enter(role)
        for path in ("/canteen/menus", base, f"{base}/bring"):
            assert client.get(path).status_code == status, (role, path)
    assert scene.visitor().get("/canteen/menus").status_code == 302


def test_another_organisation_s_canteen_is_not_there(desk: Desk) -> None:
    other = desk.scene.enter("canteen", desk.scene.other_office())
    given = {"day": "2026-11-26", "meal": "lunch", "items": "면"}
    for path in ("", "/meal?day=2026-11-26&meal=lunch", "/bring"):
        assert other.get(f"{desk.base}{path}").status_code == 404
    for path in ("/meal", "/meal/remove", "/undo", "/bring", "/bring/save"):
        assert other.post(f"{desk.base}{path}", data=given).status_code == 404
    assert desk.kept() == {}


def test_without_a_canteen_the_page_says_who_makes_one(scene: Scene) -> None:
    assert "/canteen/settings" in text_of(scene.enter("administrator").get("/canteen/menus"))
    assert "기관 관리자가" in text_of(scene.enter("canteen").get("/canteen/menus"))


def test_the_clock_of_the_tests_is_a_thursday() -> None:
    assert clock.in_seoul(NOW).strftime("%Y-%m-%d %H:%M %a") == "2026-11-26 09:00 Thu"


# --- what costs too much ---


def test_signs_that_nobody_sees_are_left_out_of_dishes(desk: Desk) -> None:
    given = {"day": "2026-11-26", "meal": "lunch", "items": "쌀\u202e밥\u200b\n\ufeff국\x07"}
    desk.client.post(f"{desk.base}/meal", data=given)
    assert desk.kept() == {("2026-11-26", "lunch"): ("쌀밥", "국")}
    desk.confirm(desk.paste("11/24\t중식\t김\u202e치\u200b찌개"))
    assert desk.kept()["2026-11-24", "lunch"] == ("김치찌개",)


def test_one_text_in_very_many_cells_is_not_read(desk: Desk) -> None:
    content = dense("가나다라, " * 1_333, 200, 60)
    assert len(content) < 60_000
    answer = desk.bring(content)
    assert answer.status_code == 422
    assert "글이 너무 많은 파일이에요" in text_of(answer)


def test_of_a_workbook_ten_sheets_and_six_hundred_signs_of_a_cell_are_read() -> None:
    with io.BytesIO(dense("11/24 " + "가" * 2_000, 2, 2, sheets=12)) as source:
        found = menu_files.read(source)
    assert len(found) == 10
    assert {len(cell) for one in found for line in one.lines for cell in line.cells} == {600}


def test_one_person_brings_one_file_at_a_time(desk: Desk) -> None:
    inner: list[int] = []

    def slow(*args: Any) -> Any:
        if not inner:
            inner.append(0)
            inner[0] = desk.paste("11/24\t중식\t국").status_code
        return real(*args)

    real = files_s.read_text
    desk.scene.patch.setattr(files_s, "read_text", slow)
    assert desk.paste("11/24\t중식\t국").status_code == 200
    assert inner == [429]
    assert desk.paste("11/24\t중식\t국").status_code == 200
