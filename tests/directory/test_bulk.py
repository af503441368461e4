"""Files with entries: administrators only, as texts that nothing runs, gone a day later."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, select

from app.accounts.models import Person
from app.core import clock, db, outbox
from app.directory.gateways import import_files
from app.directory.models import Bulk
from app.directory.queries.imports import BulkRow
from app.directory.rules.bulk import HEADS, defused
from app.directory.service import bulk, bulk_make, quota, removals
from app.directory.service.replace import replace
from tests.client import StrictClient
from tests.directory.desk import CHANGWON, JONGNO, Desk, line, lines
from tests.scene import Scene


@pytest.fixture
def scene(app: Flask) -> Scene:
    scene = Scene(app)
    with app.app_context():
        desk, other = Desk(), Desk(JONGNO)
        evil = line(name="=1+1", duty="- 청년\n@SUM(A1)", position="+x", phone="")
        replace(desk.number, desk.source, [evil, *lines(2)])
        replace(other.number, other.source, lines(1))
    return scene


def made(scene: Scene, client: StrictClient, office: str, kind: str) -> bytes:
    """Ask for a file, let it be made, and fetch it."""
    answer = client.post("/directory/export", data={"office": office, "kind": kind})
    assert answer.status_code == 303
    path = str(answer.headers["Location"])
    assert "만드는 중" in client.get(path).get_data(as_text=True)
    assert client.get(f"{path}/file").status_code == 404
    with scene.app.app_context():
        outbox.work_off(bulk_make.VERBS)
    assert client.get(f"/api{path}").get_json()["state"] == "done"
    assert "내려받기" in client.get(path).get_data(as_text=True)
    found = client.get(f"{path}/file")
    assert found.status_code == 200
    content = found.get_data()
    found.close()
    return content


def number_of(scene: Scene, name: str) -> str:
    """An office's number."""
    with scene.app.app_context():
        return str(Desk(name).number)


def test_one_office_as_csv_that_no_spreadsheet_runs(scene: Scene) -> None:
    admin = scene.enter("administrator")
    content = made(scene, admin, number_of(scene, CHANGWON), "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == HEADS
    assert [row[0] for row in rows[1:]] == [CHANGWON] * 3
    assert rows[1][4:7] == ["'+x", "'=1+1", "'- 청년\n@SUM(A1)"]
    assert rows[1][9] == f"{clock.seoul_day(clock.now()):%Y-%m-%d}"
    assert rows[1][10] == "명단.csv row 2"


def test_the_whole_country_as_a_workbook_of_texts(scene: Scene) -> None:
    content = made(scene, scene.enter("administrator"), "all", "xlsx")
    page = load_workbook(io.BytesIO(content)).active
    rows = list(page.iter_rows(values_only=True))
    assert rows[0] == HEADS
    assert {row[0] for row in rows[1:]} == {CHANGWON, JONGNO}
    cells = {cell.value: cell.data_type for row in page.iter_rows() for cell in row}
    assert cells["=1+1"] == "s"
    assert "f" not in cells.values()


def test_only_administrators_and_only_their_own(scene: Scene) -> None:
    assert scene.enter("officer").get("/directory/export").status_code == 403
    admin = scene.enter("administrator")
    assert admin.post("/directory/export", data={"office": "x", "kind": "csv"}).status_code == 404
    assert admin.post("/directory/export", data={"office": "all", "kind": "x"}).status_code == 404
    answer = admin.post("/directory/export", data={"office": "all", "kind": "csv"})
    other = scene.enter("administrator", scene.other_office())
    assert other.get(str(answer.headers["Location"])).status_code == 404
    assert "전국 모든 기관" in admin.get("/directory/export").get_data(as_text=True)
    admin.post("/directory/export", data={"office": "all", "kind": "csv"})
    third = admin.post("/directory/export", data={"office": "all", "kind": "csv"})
    assert third.status_code == 429


def test_a_day_has_a_quota_of_exports_for_an_organisation(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "EXPORTS", 1)
    admin, asked = scene.enter("administrator"), {"office": "all", "kind": "csv"}
    made(scene, admin, "all", "csv")
    answer = admin.post("/directory/export", data=asked)
    assert answer.status_code == 429
    again = clock.seoul_day(clock.now()) + timedelta(days=1)
    assert 0 < int(answer.headers["Retry-After"]) <= clock.day_start(again) - clock.now() + 5
    assert f"{again} 0시부터 다시 만들 수 있습니다." in answer.get_data(as_text=True)
    other = scene.enter("administrator", scene.other_office())
    assert other.post("/directory/export", data=asked).status_code == 303
    tomorrow = clock.day_start(again)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    assert admin.post("/directory/export", data=asked).status_code == 303


def test_a_file_goes_a_day_later(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made(scene, scene.enter("administrator"), "all", "csv")
    with scene.app.app_context():
        assert bulk.forget() == 0
        later = clock.now() + bulk.KEPT_S + 1
        monkeypatch.setattr(clock, "now", lambda: later)
        assert bulk.forget() == 1
    assert list(import_files.folder(scene.folder).iterdir()) == []


def test_a_file_goes_at_once_when_something_in_it_is_hidden(scene: Scene) -> None:
    admin = scene.enter("administrator")
    made(scene, admin, "all", "csv")
    made(scene, admin, number_of(scene, JONGNO), "xlsx")
    folder = import_files.folder(scene.folder)
    assert len(list(folder.iterdir())) == 2
    with scene.app.app_context():
        uid = Desk(CHANGWON).entries[1].uid
        person = db.value(select(Person.id))
        removals.hide(person, uid, "name", "본인 요청")
    assert [one.suffix for one in folder.iterdir()] == [".xlsx"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_whose_request_goes_while_it_is_made_does_not_stay(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    admin = scene.enter("administrator")
    admin.post("/directory/export", data={"office": "all", "kind": kind})
    real = bulk_make._lines

    def loses_its_row(row: BulkRow) -> Iterator[Sequence[str]]:
        yield from real(row)
        with db.transaction():
            db.run(delete(Bulk))

    with scene.app.app_context(), monkeypatch.context() as patch:
        patch.setattr(bulk_make, "_lines", loses_its_row)
        outbox.work_off(bulk_make.VERBS)
    assert list(import_files.folder(scene.folder).iterdir()) == []


def test_what_a_killed_maker_left_goes_when_its_request_is_gone(scene: Scene) -> None:
    admin = scene.enter("administrator")
    path = admin.post("/directory/export", data={"office": "all", "kind": "csv"}).headers[
        "Location"
    ]
    folder = import_files.folder(scene.folder)
    (folder / f"{path.rpartition('/')[2]}.draft").write_text("half")
    with scene.app.app_context():
        with db.transaction():
            db.run(delete(Bulk))
        outbox.work_off(bulk_make.VERBS)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused(f"a{text}") == f"a{text}"
