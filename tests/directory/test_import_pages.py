"""Bringing a file in as an administrator does: upload, columns, dry run, start, undo."""

from __future__ import annotations

import io
import json
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock, db, outbox
from app.directory.gateways import import_files
from app.directory.models import Import, Problem, Run
from app.directory.queries import entries as entries_q
from app.directory.queries import imports as imports_q
from app.directory.routes import imports as imports_route
from app.directory.rules.refusals import TooManyEntries
from app.directory.service import import_check, importing, imports, quota
from app.directory.service.replace import replace
from tests.client import StrictClient
from tests.directory import files
from tests.directory.desk import CHANGWON, JONGNO, Desk, lines
from tests.scene import Scene


class Bench:
    """An office whose administrator brings files."""

    def __init__(self, scene: Scene) -> None:
        """Sign the administrator in, and seed the offices."""
        self.scene, self.app = scene, scene.app
        self.admin = scene.enter("administrator")
        with self.app.app_context():
            self.desk = Desk()

    def upload(
        self, content: bytes, name: str = "명단.csv", who: StrictClient | None = None
    ) -> str:
        """Bring a file; the path of its import."""
        form = {"file": (io.BytesIO(content), name)}
        answer = (who or self.admin).post("/directory/imports", data=form)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return str(answer.headers["Location"])

    def work(self) -> int:
        """Let the worker do what is due."""
        with self.app.app_context():
            return outbox.work_off(importing.VERBS)

    def read(self, content: bytes, name: str = "명단.csv") -> str:
        """Bring a file and let it be read."""
        path = self.upload(content, name)
        self.work()
        return path

    def see(self, path: str) -> str:
        """The page, as text."""
        return self.admin.get(path).get_data(as_text=True)

    def form(self, path: str, **changes: str) -> dict[str, str]:
        """The form of the page as it is shown, but for the changes."""
        html = self.see(path)
        given = {
            found[1]: re.search(r'value="([^"]*)" selected', found[2])[1]  # type: ignore[index]
            for found in re.finditer(
                r'<select[^>]*name="(column-\d+)">(.*?)</select>', html, re.DOTALL
            )
        }
        head = re.search(r'id="head"[^>]*value="(\d+)"', html)
        assert head
        given |= {"head": head[1], "office": "", "scope": "office"}
        if 'name="fill" value="1" checked' in html:
            given["fill"] = "1"
        return given | changes

    def checked(self, content: bytes, **changes: str) -> str:
        """Bring a file, take the columns as guessed, and try it out."""
        path = self.read(content)
        answer = self.admin.post(f"{path}/check", data=self.form(path, **changes))
        assert answer.status_code == 303, answer.get_data(as_text=True)
        self.work()
        assert self.row(path).state == "checked"
        return path

    def done(self, content: bytes, **changes: str) -> str:
        """Bring a file in."""
        path = self.checked(content, **changes)
        assert self.admin.post(f"{path}/start", data={"sure": "1"}).status_code == 303
        self.work()
        assert self.row(path).state == "done"
        return path

    def row(self, path: str) -> imports_q.ImportRow:
        """The import of a path."""
        with self.app.app_context():
            found = imports_q.find_import(path.rpartition("/")[2])
        assert found is not None
        return found

    def report(self, path: str) -> dict[str, Any]:
        """What was found or done."""
        return dict(json.loads(self.row(path).report or "{}"))

    def entries(self, number: int | None = None) -> list[entries_q.EntryRow]:
        """What an office has now."""
        with self.app.app_context():
            return entries_q.list_entries_of(number or self.desk.number)

    @property
    def folder(self) -> Path:
        """Where files lie."""
        return import_files.folder(self.scene.folder)


@pytest.fixture
def bench(app: Flask) -> Bench:
    return Bench(Scene(app))


def test_a_file_comes_in_step_by_step_and_goes_again(bench: Bench) -> None:
    number = str(bench.desk.number)
    path = bench.upload(files.sample())
    assert "파일을 읽는 중" in bench.see(path)
    bench.work()
    html = bench.see(path)
    assert "각 열이 무엇인가요?" in html
    assert "청년 창업 지원" in html
    bench.admin.post(f"{path}/check", data=bench.form(path, office=number))
    assert bench.admin.get(f"/api{path}").get_json()["state"] == "checking"
    assert "미리 돌려 보는 중" in bench.see(path)
    bench.work()
    html = bench.see(path)
    assert "시작하면 이렇게 바뀝니다" in html
    assert bench.report(path)["offices"][0]["added"] == 3
    assert bench.entries() == []
    bench.admin.post(f"{path}/start")
    bench.work()
    assert "바뀐 것" in bench.see(path)
    assert [one.name for one in bench.entries()] == ["김하늘", "이○○", "박구름"]
    assert bench.entries()[1].duty == "청년 창업 지원\n청년 공간 운영"
    assert bench.entries()[0].place == "row 2"
    with bench.app.app_context():
        office = entries_q.get_office(bench.desk.number)
    assert (office.source, office.source_kind, office.entries) == ("명단.csv", "file", 3)
    bench.admin.post(f"{path}/undo")
    bench.work()
    assert bench.entries() == []
    html = bench.see(path)
    assert "3건을 되돌렸습니다" in html
    assert re.findall(r'<h2 id="report-title">(.*?)</h2>', html) == ["되돌렸습니다"]
    assert "되돌림" in bench.see("/directory/imports")


def test_the_same_file_twice_is_said_and_changes_nothing(bench: Bench) -> None:
    number = str(bench.desk.number)
    bench.done(files.sample(), office=number)
    before = bench.entries()
    path = bench.checked(files.sample(), office=number)
    assert "똑같은 파일을" in bench.see(path)
    bench.admin.post(f"{path}/start")
    bench.work()
    (office,) = bench.report(path)["offices"]
    assert [office[key] for key in ("added", "changed", "handover", "removed")] == [0, 0, 0, 0]
    assert office["same"] == 3
    assert bench.entries() == before
    with bench.app.app_context():
        assert bench.desk.changes == []


def test_a_second_file_hands_over_and_can_be_undone_whole(bench: Bench) -> None:
    number = str(bench.desk.number)
    bench.done(files.sample(), office=number)
    before = bench.entries()
    new = files.sample(["세무과", "주무관", "정이슬", "지방세", "055-211-3000"])
    new = new.replace("박구름".encode(), "최들판".encode())
    path = bench.done(new, office=number)
    (office,) = bench.report(path)["offices"]
    assert [office[key] for key in ("added", "changed", "handover", "removed", "same")] == [
        1, 0, 1, 0, 2,
    ]  # fmt: skip
    bench.admin.post(f"{path}/undo")
    bench.work()
    assert bench.entries() == before


def test_many_offices_in_one_file_by_their_column(bench: Bench) -> None:
    places = ["경남 창원시", "서울 종로구", "어디시", "중구", ""]
    path = bench.checked(files.nationwide(places, 3), fill="")
    report = bench.report(path)
    assert {one["name"]: one["rows"] for one in report["offices"]} == {CHANGWON: 3, JONGNO: 3}
    assert report["problems"] == {"unknown-office": 6, "no-office": 3}
    html = bench.see(path)
    assert "모르는 기관 이름" in html
    csv = bench.admin.get(f"{path}/report.csv").get_data(as_text=True)
    assert csv.count("어디시") == 3
    assert "8,모르는 기관 이름,어디시" in csv


def test_a_very_long_cell_is_cut_and_listed_with_its_row(bench: Bench) -> None:
    long = ["수도과", "주무관", "정이슬", "w" * 200_000, "055-211-3000"]
    path = bench.checked(files.sample(long), office=str(bench.desk.number))
    assert bench.report(path)["problems"] == {"cut": 1}
    csv = bench.admin.get(f"{path}/report.csv").get_data(as_text=True)
    assert "5,너무 길어 뒤를 자름" in csv


def test_only_the_departments_of_a_file(bench: Bench) -> None:
    number = str(bench.desk.number)
    bench.done(files.sample(), office=number)
    part = files.text([files.HEAD, ["수도과", "팀장", "최들판", "하수도", "055-211-2000"]]).encode()
    bench.done(part, office=number, scope="departments")
    assert [one.duty for one in bench.entries()] == [
        "청년 정책 총괄", "청년 창업 지원\n청년 공간 운영", "하수도",
    ]  # fmt: skip


def test_an_office_that_would_lose_most_is_asked_for(bench: Bench) -> None:
    number = str(bench.desk.number)
    with bench.app.app_context():
        replace(bench.desk.number, bench.desk.source, lines(20))
    path = bench.checked(files.sample(), office=number)
    assert "절반 넘게 빠지는 기관이 1곳" in bench.see(path)
    answer = bench.admin.post(f"{path}/start")
    assert answer.status_code == 422
    assert len(bench.entries()) == 20
    assert bench.admin.post(f"{path}/start", data={"sure": "1"}).status_code == 303
    bench.work()
    assert len(bench.entries()) == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"office": ""}, "기관 이름이 있는 열을"),
        ({"office": "77777"}, "목록에 있는 기관"),
        ({"column-1": "name"}, "같은 항목을 두 열에"),
        ({"column-1": "nonsense"}, "같은 항목을 두 열에"),
        ({"head": "x"}, "제목이 끝나는 행의 번호"),
        ({"column-0": "", "column-3": ""}, "부서나 담당업무가 있는 열을"),
    ],
)
def test_a_mapping_that_cannot_be_is_shown_again(
    bench: Bench, changes: dict[str, str], said: str
) -> None:
    path = bench.read(files.sample())
    given = bench.form(path, office=str(bench.desk.number)) | changes
    answer = bench.admin.post(f"{path}/check", data=given)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert bench.row(path).state == "read"


def test_every_column_can_be_changed_and_the_dry_run_repeated(bench: Bench) -> None:
    number = str(bench.desk.number)
    path = bench.checked(files.sample(), office=number)
    assert bench.admin.post(f"{path}/again").status_code == 303
    given = bench.form(path, office=number) | {"column-2": "", "column-1": ""}
    bench.admin.post(f"{path}/check", data=given)
    bench.work()
    bench.admin.post(f"{path}/start")
    bench.work()
    assert {(one.name, one.position) for one in bench.entries()} == {("", "")}


def chosen(bench: Bench, path: str) -> str:
    """The office that is chosen on the page."""
    select = re.search(r'<select[^>]*name="office".*?</select>', bench.see(path), re.DOTALL)
    assert select
    found = re.search(r'value="(\d+)" selected', select[0])
    return found[1] if found else ""


def test_the_office_is_guessed_from_the_title_or_the_name_and_asked_for(bench: Bench) -> None:
    number, hint = str(bench.desk.number), "맞는지 꼭 확인해 주세요"
    title = files.text([["창원시 직원 현황"], files.HEAD, *files.BODY]).encode()
    path = bench.read(title, "서울 종로구.csv")
    assert chosen(bench, path) == number
    assert "‘창원시 직원 현황’" in bench.see(path)
    given = bench.form(path, office=number)
    bench.admin.post(f"{path}/check", data=given)
    bench.work()
    bench.admin.post(f"{path}/again")
    assert hint in bench.see(path)
    by_name = bench.read(files.sample(), "2026 경남 창원시 업무분장.csv")
    assert chosen(bench, by_name) == number
    assert bench.entries() == []
    for content in (files.sample(), files.nationwide(["서울 종로구"])):
        assert chosen(bench, bench.read(content, "명단.csv")) == ""
    several = bench.read(files.nationwide(["서울 종로구"]), "창원시.csv")
    assert chosen(bench, several) == ""
    assert hint not in bench.see(several)


def test_another_sheet_has_an_office_of_its_own(bench: Bench, tmp_path: Path) -> None:
    rows = [files.HEAD, *files.BODY]
    sheets = {"창원시": [*rows, *files.BODY], "종로": [["서울 종로구 업무분장표"], *rows]}
    book = files.workbook(tmp_path / "x.xlsx", sheets)
    path = bench.read(book.read_bytes(), "명단.xlsx")
    bench.admin.post(f"{path}/sheet", data={"sheet": "0"})
    assert chosen(bench, path) == str(bench.desk.number)
    bench.admin.post(f"{path}/sheet", data={"sheet": "1"})
    with bench.app.app_context():
        assert chosen(bench, path) == str(Desk(JONGNO).number)


def test_a_workbook_and_its_sheets(bench: Bench, tmp_path: Path) -> None:
    sheets = {"표지": [["안내"]], "명단": [files.HEAD, *files.BODY], "숨김": [files.HEAD] * 3}
    book = files.workbook(tmp_path / "x.xlsx", sheets, hidden=["숨김"])
    path = bench.read(book.read_bytes(), "명단.xlsx")
    assert 'value="1" selected>명단' in bench.see(path)
    assert "숨긴 시트" in bench.see(path)
    assert bench.admin.post(f"{path}/sheet", data={"sheet": "0"}).status_code == 303
    assert 'value="0" selected>표지' in bench.see(path)
    assert bench.admin.post(f"{path}/sheet", data={"sheet": "9"}).status_code == 404


def test_a_file_that_cannot_be_read_says_what_to_do(bench: Bench) -> None:
    path = bench.read(b"PK\x03\x04 no workbook")
    assert "파일이 손상되었습니다" in bench.see(path)
    assert "바뀐 기관은 없습니다" in bench.see(path)
    assert bench.admin.post(f"{path}/drop").status_code == 303
    assert bench.admin.get(path).status_code == 404
    assert list(bench.folder.iterdir()) == []


def refused(bench: Bench, file: tuple[io.BytesIO, str] | None, language: str = "ko") -> str:
    """What the form says beside its field when a file is not taken; nothing of the file stays."""
    form = {} if file is None else {"file": file}
    answer = bench.admin.post(
        "/directory/imports", data=form, headers={"Accept-Language": language}
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    field = re.search(r'<input[^>]*type="file"[^>]*>', html)
    assert field
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="file-hint file-error"' in field[0]
    said = re.search(r'<p class="error" role="alert" id="file-error">(.+?)</p>', html)
    assert said
    assert list(bench.folder.iterdir()) == []
    assert "아직 올린 파일이 없습니다" in html or language != "ko"
    return said[1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "빈 파일입니다"),
        (b"\xef\xbb\xbf\r\n \r\n", "빈 파일입니다"),
        (b"%PDF-1", "표 파일이 아닙니다"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "옛 엑셀"),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/hwp+zip", "옛 엑셀"),
        (b"HWP Document File V3.00", "옛 엑셀"),
        (b"<!DOCTYPE html><table>", "웹 페이지"),
    ],
)
def test_a_file_that_is_no_table_shows_the_form_again(
    bench: Bench, content: bytes, said: str
) -> None:
    assert said in refused(bench, (io.BytesIO(content), "a.csv"))


def test_no_file_and_too_much_of_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "파일 하나를 고른 뒤" in refused(bench, None)
    assert "파일 하나를 고른 뒤" in refused(bench, (io.BytesIO(b"a,b"), ""))
    assert "empty" in refused(bench, (io.BytesIO(b""), "a.csv"), "en")
    monkeypatch.setattr(import_files, "MOST_BYTES", 1000)
    assert "50MB까지" in refused(bench, (io.BytesIO(b"x" * 1001), "a.csv"))
    monkeypatch.setattr(imports_route, "MOST_BYTES", 0)
    monkeypatch.setattr(imports_route, "AROUND", 100)
    assert "50MB까지" in refused(bench, (io.BytesIO(b"x" * 200), "a.csv"))


def test_a_day_has_a_quota_of_imports_for_an_organisation(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "IMPORTS", 2)
    assert bench.admin.post(f"{bench.read(files.sample())}/drop").status_code == 303
    bench.read(files.sample())
    form = {"file": (io.BytesIO(files.sample()), "명단.csv")}
    answer = bench.admin.post("/directory/imports", data=form)
    assert answer.status_code == 429
    again = clock.seoul_day(clock.now()) + timedelta(days=1)
    left = clock.day_start(again) - clock.now()
    assert left - 5 <= int(answer.headers["Retry-After"]) <= left + 5
    html = answer.get_data(as_text=True)
    assert 'role="alert" id="file-error">한 기관에서 하루에 파일 2개, 모두 500MB까지' in html
    assert f"{again} 0시부터 다시 올릴 수 있습니다." in html
    assert len({one.stem for one in bench.folder.iterdir()}) == 1
    stranger = bench.scene.enter("administrator", bench.scene.other_office())
    bench.upload(files.sample(), who=stranger)
    tomorrow = clock.day_start(again)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    bench.upload(files.sample())


def test_the_quota_of_bytes_is_held_and_leaves_nothing_behind(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "IMPORT_BYTES", len(files.sample()) * 2 - 1)
    bench.upload(files.sample())
    form = {"file": (io.BytesIO(files.sample()), "명단.csv")}
    assert bench.admin.post("/directory/imports", data=form).status_code == 429
    assert len(list(bench.folder.iterdir())) == 1
    bench.upload(b"a,b\n")


def test_what_was_thrown_away_is_forgotten_when_its_day_is_over(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.admin.post(f"{bench.read(files.sample())}/drop")
    assert "아직 올린 파일이 없습니다" in bench.see("/directory/imports")
    with bench.app.app_context():
        imports.forget_files()
        assert db.values(select(Import.filename)) == [""]
        later = clock.now() + 24 * 3600
        monkeypatch.setattr(clock, "now", lambda: later)
        imports.forget_files()
        assert db.values(select(Import.id)) == []


def test_others_neither_see_nor_touch_an_import(bench: Bench) -> None:
    path = bench.checked(files.sample(), office=str(bench.desk.number))
    stranger = bench.scene.enter("administrator", bench.scene.other_office())
    assert stranger.get(path).status_code == 404
    for verb in ("check", "start", "undo", "again", "sheet", "drop", "go-on"):
        assert stranger.post(f"{path}/{verb}").status_code == 404, verb
    assert bench.scene.enter("officer").get("/directory/imports").status_code == 403
    assert bench.row(path).state == "checked"


class Killed(BaseException):
    """The process is gone: nothing catches it."""


def test_killed_between_offices_it_goes_on_and_does_nothing_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["경남 창원시", "서울 종로구", "부산 해운대구", "경북"]
    path = bench.checked(files.nationwide(names, 4))
    bench.admin.post(f"{path}/start")
    real, at = importing.replace, iter((False, False, True))

    def dies(*words: Any, **more: Any) -> Any:
        if next(at, False):
            raise Killed
        return real(*words, **more)

    monkeypatch.setattr(importing, "replace", dies)
    with pytest.raises(Killed):
        bench.work()
    assert bench.row(path).rows_done == 8
    assert bench.work() == 0  # its lease still runs
    with bench.app.app_context(), db.transaction():
        db.run(update(outbox.Task).values(next_at=0))
    assert bench.work() == 1
    assert bench.row(path).state == "done"
    with bench.app.app_context():
        counts = {one.name: one.entries for one in entries_q.list_offices() if one.entries}
        runs = db.values(select(Run.office))
    assert sorted(counts.values()) == [4, 4, 4, 4]
    assert len(runs) == len(set(runs)) == 4


def test_killed_after_an_office_before_its_progress(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.checked(files.nationwide(["경남 창원시", "서울 종로구"], 4))
    bench.admin.post(f"{path}/start")

    def dies(*_words: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(import_check, "progress", dies)
        with pytest.raises(Killed):
            bench.work()
    with bench.app.app_context(), db.transaction():
        db.run(update(outbox.Task).values(next_at=0))
    bench.work()
    report = bench.report(path)
    assert [(one["added"], one["same"]) for one in report["offices"]] == [(4, 0), (4, 0)]


def test_a_long_import_is_done_in_steps(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.checked(files.nationwide(["경남 창원시", "서울 종로구", "경북"], 2))
    monkeypatch.setattr(importing, "STEP_S", -1.0)
    bench.admin.post(f"{path}/start")
    assert bench.work() == 4  # one for each office, and one that finds nothing left
    assert bench.row(path).state == "done"
    bench.admin.post(f"{path}/undo")
    assert bench.work() == 4
    assert bench.row(path).state == "undone"
    assert bench.report(path)["undone"] == {"restored": 6, "kept": 0}


def test_what_the_worker_gave_up_can_be_begun_again(bench: Bench) -> None:
    path = bench.upload(files.sample())
    with bench.app.app_context(), db.transaction():
        db.run(update(outbox.Task).values(dead_at=1))
    assert "끝내지 못했습니다" in bench.see(path)
    assert bench.admin.get(f"/api{path}").get_json()["stuck"] is True
    assert bench.admin.post(f"{path}/go-on").status_code == 303
    bench.work()
    assert bench.row(path).state == "read"


def test_a_file_that_is_still_to_be_read_has_no_columns_yet(bench: Bench) -> None:
    path = bench.upload(files.sample())
    for verb in ("check", "sheet", "again", "start", "undo", "drop"):
        assert bench.admin.post(f"{path}/{verb}").status_code == 409, verb
    assert bench.row(path).state == "new"


def test_what_failed_in_the_middle_can_be_undone_and_not_dropped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.checked(files.nationwide(["경남 창원시", "서울 종로구"], 4))
    bench.admin.post(f"{path}/start")
    real, at = importing.replace, iter((False, True))

    def refuses(*words: Any, **more: Any) -> Any:
        if next(at):
            raise TooManyEntries
        return real(*words, **more)

    monkeypatch.setattr(importing, "replace", refuses)
    bench.work()
    assert bench.row(path).state == "failed"
    assert bench.admin.post(f"{path}/drop").status_code == 409
    assert [one["name"] for one in bench.report(path)["offices"]] == [JONGNO]
    html = bench.see(path)
    assert "그 전에 기관 1곳이 바뀌었습니다" in html
    assert "1 office had been replaced before that" in bench.see(f"{path}?lang=en")
    bench.see(f"{path}?lang=ko")
    assert f'<th scope="row">{JONGNO}</th>' in html
    assert CHANGWON not in html
    assert f"{path}/undo" in bench.see(path)
    assert f"{path}/drop" not in bench.see(path)
    assert bench.admin.post(f"{path}/undo").status_code == 303
    bench.work()
    assert bench.row(path).state == "undone"
    assert bench.report(path)["undone"] == {"restored": 4, "kept": 0}


def test_a_file_that_vanished_is_said_with_what_to_do(bench: Bench) -> None:
    path = bench.read(files.sample())
    given = bench.form(path, office="")
    for one in bench.folder.iterdir():
        one.unlink()
    shown = bench.admin.get(path), bench.admin.post(f"{path}/check", data=given)
    for answer in (*shown, bench.admin.post(f"{path}/sheet", data={"sheet": "0"})):
        assert answer.status_code == 410
        page = answer.get_data(as_text=True)
        assert "파일을 다시 골라 올려 주세요" in page
        assert '<a class="btn main" href="/directory/imports">담당자 파일 화면으로</a>' in page
        assert page.count("btn main") == 1, "one way on, and not back to where the file is gone"
    assert "To the files of officials" in bench.see(f"{path}?lang=en")
    given |= {"office": str(bench.desk.number)}
    assert bench.admin.post(f"{path}/check", data=given).status_code == 303
    bench.work()
    assert "올린 파일이 오래되어 서버에서 지워졌습니다" in bench.see(path)
    assert bench.row(path).state == "failed"


def test_an_import_whose_file_vanished_is_forgotten_after_its_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.read(files.sample())
    for one in bench.folder.iterdir():
        one.unlink()
    with bench.app.app_context():
        assert imports.forget_files() == 0
        later = int(time.time() + imports.KEPT_S + 1000)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert imports.forget_files() == 1
        assert db.values(select(Import.id)) == []


def test_a_file_that_vanished_before_it_was_read(bench: Bench) -> None:
    path = bench.upload(files.sample())
    for one in bench.folder.iterdir():
        one.unlink()
    bench.work()
    assert bench.row(path).state == "failed"
    assert "다시 올려 주세요" in bench.see(path)


def test_a_step_twice_is_refused(bench: Bench) -> None:
    path = bench.checked(files.sample(), office=str(bench.desk.number))
    assert bench.admin.post(f"{path}/undo").status_code == 409
    assert bench.admin.post(f"{path}/start").status_code == 303
    assert bench.admin.post(f"{path}/start").status_code == 409
    assert bench.admin.post(f"{path}/drop").status_code == 409


def test_another_worker_holds_the_file(bench: Bench) -> None:
    path = bench.upload(files.sample())
    with import_files.alone(bench.scene.folder, path.rpartition("/")[2]):
        assert bench.work() == 0
    with bench.app.app_context(), db.transaction():
        db.run(update(outbox.Task).values(next_at=0))
    assert bench.work() == 1


def test_files_go_thirty_days_after_the_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bench.done(files.nationwide(["경남 창원시", "어디시"]))
    left = bench.read(files.sample())
    waiting = bench.upload(files.sample())
    with bench.app.app_context():
        assert imports.forget_files() == 0
        later = time.time() + imports.KEPT_S + 1000
        monkeypatch.setattr(clock, "now", lambda: int(later))
        assert imports.forget_files() == 2
        assert db.value(select(Problem.id)) is None
        assert db.value(select(Import.state).where(Import.id == path.rpartition("/")[2])) == "done"
    assert bench.admin.get(left).status_code == 404
    assert {one.stem for one in bench.folder.iterdir()} == {waiting.rpartition("/")[2]}
