"""Bundles and sheets that are asked for: who may, what is in them, what a killed worker leaves."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core import outbox
from app.core.files import Store
from app.core.ids import new_id
from app.core.outbox import work_off
from app.photos.gateways import imaging
from app.photos.rules import board, exports, manifest, names, words
from app.photos.service import archive
from tests.client import StrictClient
from tests.conftest import hold_the_minute
from tests.photos import helpers_office as office
from tests.photos.helpers_office import Made
from tests.scene import Scene, text_of

EXPORTS = "SELECT id, kind, wanted, state, done, total, file FROM photo_exports"


def put(scene: Scene, count: int = 2, **more: Any) -> Made:
    """A record in the scene's office."""
    with scene.app.app_context():
        return office.put(scene.phone, count, **more)


def ask(client: StrictClient, photos: list[str], **form: Any) -> str:
    """Ask for an export; its page."""
    answer = client.post("/photos/exports", data={"photo": photos, "kind": "zip"} | form)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def work(scene: Scene) -> int:
    """Let the worker do what is due."""
    with scene.app.app_context():
        return work_off(archive.EXPORT_VERBS)


def state(client: StrictClient, page: str) -> dict[str, Any]:
    """What the page's progress is told."""
    found = json.loads(client.get("/api" + page).get_data())
    assert isinstance(found, dict)
    return found


def seen(client: StrictClient, page: str) -> str:
    """What the page says before its script runs."""
    (card,) = re.findall(r'<section class="card" id="export".*?</section>',
                         text_of(client.get(page)), re.DOTALL)  # fmt: skip
    shown = re.sub(r"<p[^>]* hidden>.*?</p>", "", card, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", "", shown)


def chip(client: StrictClient, page: str) -> str:
    """What the inbox says of an export in its list."""
    (found,) = re.findall(f'href="{page}">(.*?)</a>', text_of(client.get("/photos")), re.DOTALL)
    return str(found)


def bundle(client: StrictClient, page: str) -> zipfile.ZipFile:
    """The finished bundle, downloaded through its page."""
    url = re.findall(r'href="(/photos/file/[^"]+)"', text_of(client.get(page)))[0]
    answer = client.get(url)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return zipfile.ZipFile(io.BytesIO(answer.get_data()))


def lines(found: zipfile.ZipFile) -> list[dict[str, str]]:
    """The bundle's list."""
    raw = found.read("목록.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_a_bundle_is_made_and_downloaded(scene: Scene) -> None:
    made = put(scene, 3, trip="20261125-AAAAAA")
    client = scene.enter("officer")
    page = ask(client, made.photo_ids)
    first = {"state": "waiting", "done": 0, "total": 3, "url": None, "error": None}
    assert state(client, page) == first | {"stage": "making"}
    assert "만들고 있습니다" in text_of(client.get(page))
    assert work(scene) == 1
    assert state(client, page)["done"] == 3
    found = bundle(client, page)
    assert found.testzip() is None
    assert {one.compress_type for one in found.infolist()} == {zipfile.ZIP_STORED}
    rows = lines(found)
    assert [row["원본 SHA-256"] for row in rows] == [one.sha256.hex() for one in made.record.photos]
    for row in rows:
        assert hashlib.sha256(found.read(row["파일"])).hexdigest() == row["파일 SHA-256"]
        assert row["파일"].endswith(".jpg")
        assert (row["찍은 사람"], row["출장 번호"]) == ("홍길동o", "20261125-AAAAAA")
        assert row["공사명"] == "남강둔치 정비"
    assert [row["구분"] for row in rows] == ["", "전", "중"]


def test_originals_need_a_reason_and_each_is_written_down(scene: Scene) -> None:
    made = put(scene, 2)
    client = scene.enter("auditor")
    form = {"photo": made.photo_ids, "kind": "zip", "originals": "1"}
    assert client.post("/photos/exports", data=form).status_code == 422
    assert scene.rows(EXPORTS) == []
    page = ask(client, made.photo_ids, originals="1", reason="감사 자료")
    looks = scene.rows("SELECT what, target_id, why FROM access_records")
    assert sorted(looks) == sorted(("photo", one, "감사 자료") for one in made.photo_ids)
    work(scene)
    found = bundle(client, page)
    assert [found.read(row["파일"]) for row in lines(found)] == list(made.originals)


def test_only_what_one_may_see_and_what_has_come_is_taken(scene: Scene) -> None:
    half = put(scene, 2, arrived=1)
    other = scene.other_office()
    with scene.app.app_context():
        foreign = office.put(other.phone, 1)
    client = scene.enter("officer")
    ask(client, [*half.photo_ids, *foreign.photo_ids, "not-an-id"])
    wanted = json.loads(scene.rows(EXPORTS)[0][2])
    assert wanted["photos"] == half.photo_ids[:1]
    answer = client.post("/photos/exports", data={"photo": foreign.photo_ids})
    assert answer.status_code == 422
    assert "고른 사진이 없습니다" in text_of(answer)


def test_a_sheet_is_asked_for_with_its_form(scene: Scene) -> None:
    made = put(scene, 2)
    client = scene.enter("officer")
    ask(client, made.photo_ids, kind="pdf", per_page="6", title=" 남강 정비 ")
    ask(client, made.photo_ids, kind="xlsx", per_page="9")
    found = [(row[1], json.loads(row[2])) for row in scene.rows(EXPORTS + " ORDER BY id")]
    photos = made.photo_ids
    assert found == [
        ("pdf", {"photos": photos, "per_page": 6, "title": "남강 정비"}),
        ("xlsx", {"photos": photos, "per_page": 4, "title": ""}),
    ]
    tasks = scene.rows("SELECT kind, given FROM tasks ORDER BY id")
    assert {kind for kind, _ in tasks} == {"photo-sheet"}


def test_all_photos_of_a_filter_are_taken(scene: Scene) -> None:
    put(scene, 2, board={"공사명": "본성동"})
    wanted = put(scene, 3, arrived=2, board={"공사명": "남강"})
    ask(scene.enter("officer"), [], all="1", site="남강")
    assert json.loads(scene.rows(EXPORTS)[0][2])["photos"] == wanted.photo_ids[:2]


def test_an_export_is_for_who_asked(scene: Scene) -> None:
    made = put(scene)
    client = scene.enter("officer")
    page = ask(client, made.photo_ids)
    work(scene)
    url = state(client, page)["url"]
    for other in (scene.enter("auditor"), scene.enter("administrator")):
        assert other.get(page).status_code == 404
        assert other.get("/api" + page).status_code == 404
        assert other.get(url).status_code == 404
    assert client.get(url).status_code == 200


def test_a_killed_worker_begins_anew_and_a_done_export_stays(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(scene, 25, originals=tuple(office.picture(n, (8, 8)) for n in range(25)))
    client = scene.enter("officer")
    page = ask(client, made.photo_ids)
    seen: list[int] = []
    real = manifest.file_name

    def die(number: int, *words: str) -> str:
        """Die at the 23rd file, as a killed process does: nothing is tidied up."""
        if number == 23 and not seen:
            seen.append(state(client, page)["done"])
            raise KeyboardInterrupt
        return real(number, *words)

    monkeypatch.setattr("app.photos.rules.manifest.file_name", die)
    with pytest.raises(KeyboardInterrupt):
        work(scene)
    assert seen == [20]
    assert work(scene) == 0  # the lease still holds
    scene.later(outbox.LEASE_S + 1)
    assert work(scene) == 1
    first = bundle(client, page)
    assert len(first.namelist()) == 26
    export_id = page.rpartition("/")[2]
    with scene.app.app_context():
        archive.make_archive(export_id)
    assert state(client, page)["state"] == "done"
    making = scene.folder / "making"
    assert list(making.iterdir()) == []


def places(scene: Scene, made: Made) -> tuple[Path, Path]:
    """Where the original and the large copy of the first photo lie."""
    one = made.record.photos[0]
    own = (scene.phone.organisation_id, one.sha256, one.id)
    with scene.app.app_context():
        return (office.path_of(names.original(*own)),
                office.path_of(names.derivative(*own, names.LARGE)))  # fmt: skip


@pytest.mark.parametrize("originals", [True, False])
@pytest.mark.parametrize("reason", ["missing", "changed"])
def test_one_lost_or_changed_file_is_left_out_and_the_list_says_so(
    scene: Scene, originals: bool, reason: str
) -> None:
    made = put(scene, 3)
    client = scene.enter("officer")
    more = {"originals": "1", "reason": "감사 자료"} if originals else {}
    page = ask(client, made.photo_ids, **more)
    for path in places(scene, made):
        path.write_bytes(b"another")
        if reason == "missing":
            path.unlink()
    assert work(scene) == 1
    found = bundle(client, page)
    rows = lines(found)
    assert [bool(row["파일"]) for row in rows] == [False, True, True]
    assert (rows[0]["파일 SHA-256"], rows[0]["비고"]) == ("", manifest.LOST[reason])
    assert rows[1]["비고"] == ""
    assert len(found.namelist()) == 3


def test_a_changed_copy_is_made_anew_before_it_goes_into_a_bundle(scene: Scene) -> None:
    made = put(scene, 1)
    client = scene.enter("officer")
    page = ask(client, made.photo_ids)
    _, copy = places(scene, made)
    copy.write_bytes(office.picture(9))
    assert work(scene) == 1
    found = bundle(client, page)
    assert found.read(lines(found)[0]["파일"]) != office.picture(9)


def test_a_failure_is_shown_and_tried_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made = put(scene, 1)
    client = scene.enter("officer")
    page = ask(client, made.photo_ids)
    with monkeypatch.context() as patch:
        patch.setattr(imaging, "DECODER", scene.folder / "none.py")
        places(scene, made)[1].unlink()
        assert work(scene) == 0
    assert "만들다 멈추었습니다" in seen(client, page)
    assert "다시 만드는 중" in chip(client, page)
    told = state(client, page)
    assert (told["state"], told["stage"], bool(told["error"])) == ("failed", "again", True)
    scene.later(60)
    assert work(scene) == 1
    assert state(client, page)["state"] == "done"


@pytest.mark.parametrize(
    ("fault", "code"),
    [(OSError(errno.EDQUOT, "full"), "storage-full"), (RuntimeError("x"), "fault")],
)
def test_a_bundle_s_fault_is_told_as_a_sheet_s(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    def refuse(_store: Store, _name: str, _source: Path) -> None:
        """A store that takes nothing."""
        raise fault

    client = scene.enter("officer")
    page = ask(client, put(scene, 1).photo_ids)
    monkeypatch.setattr(Store, "put", refuse)
    assert work(scene) == 0
    assert state(client, page)["error"] == code
    assert str(words.FAULTS[code]) in seen(client, page)
    page_text = text_of(client.get(page))
    for said in (*words.FAULTS, *words.STAGES):
        assert re.search(f'data-said-{said}="[^"]+"', page_text), said


def test_what_another_run_has_made_stays(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose lease is over comes last, and fails."""
    client = scene.enter("officer")
    page = ask(client, put(scene, 1).photo_ids)
    export_id = page.rpartition("/")[2]
    real, slower = archive._make, iter((True,))

    def make(row: Any) -> None:
        if next(slower, False):
            archive.make_archive(export_id)
            raise OSError(errno.ENOSPC, "full")
        real(row)

    monkeypatch.setattr(archive, "_make", make)
    with scene.app.app_context(), pytest.raises(OSError, match="full"):
        archive.make_archive(export_id)
    told = state(client, page)
    assert (told["state"], told["error"]) == ("done", None)
    assert bundle(client, page).testzip() is None


@pytest.mark.parametrize("code", sorted(exports.FINAL))
def test_an_order_that_cannot_be_made_is_told_so_at_once(scene: Scene, code: str) -> None:
    client = scene.enter("officer")
    page = ask(client, put(scene, 1).photo_ids, kind="pdf")
    scene.rows(f"UPDATE photo_exports SET state = 'failed', error = '{code}'")  # noqa: S608
    assert state(client, page)["stage"] == "never"
    shown = seen(client, page)
    assert "다시" not in shown.replace("다시 골라", "")
    assert "만들지 못했습니다." in shown
    assert str(words.FAULTS[code]) in shown
    assert "만들지 못함" in chip(client, page)


def test_what_was_tried_too_often_is_to_be_ordered_anew(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_store: Store, _name: str, _source: Path) -> None:
        """A store that takes nothing."""
        raise OSError(errno.ENOSPC, "full")

    client = scene.enter("officer")
    page = ask(client, put(scene, 1).photo_ids)
    monkeypatch.setattr(Store, "put", refuse)
    stages = []
    for turn in range(outbox.MOST_TRIES):
        scene.later(turn * (outbox.LONGEST_S + 1))
        stages.append(state(client, page)["stage"])
        work(scene)
    assert stages == ["making"] + ["again"] * (outbox.MOST_TRIES - 1)
    assert state(client, page)["stage"] == "gave-up"
    shown = seen(client, page)
    assert "사진함에서 새로 만들어 주세요." in shown
    assert "저절로" not in shown
    assert str(words.FAULTS["storage-full"]) in shown
    assert "만들지 못함" in chip(client, page)


def test_a_day_later_file_and_row_are_gone(scene: Scene) -> None:
    made = put(scene)
    client = scene.enter("officer")
    page = ask(client, made.photo_ids)
    work(scene)
    (name,) = [row[6] for row in scene.rows(EXPORTS)]
    with scene.app.app_context():
        assert archive.forget_exports() == 0
        scene.later(archive.KEPT_S + 5)
        assert archive.forget_exports() == 1
        assert not office.path_of(name).exists()
    assert client.get(page).status_code == 404


def test_names_of_files_stay_in_their_folder() -> None:
    name = manifest.file_name(7, "20261125-1032", "../../etc/남강 둔치\0", "before", "jpg")
    assert name == "007_20261125-1032_etc-남강-둔치_전.jpg"


FORMULA = "=1+1"


@pytest.mark.parametrize(
    "text",
    [
        FORMULA, "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\xa0+1", "\t1",
        "\r\n1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\u22121", "\ufeff=1", "\u200b@1",
        " \uff1d1", "\0=1",
    ],
)  # fmt: skip
def test_no_cell_of_the_list_is_a_formula(text: str) -> None:
    line = manifest.Line(
        1, "", "", text, "", "", "", "", "", "camera", "", "", "", "", {text: text}, note=text
    )
    [head, row] = csv.reader(io.StringIO(manifest.to_csv([line]).decode("utf-8-sig")))
    quoted = "'" + text
    assert [row[3], head.count(quoted), row.count(quoted)] == [quoted, 1, 3]


@pytest.mark.parametrize("text", ["", "남강 둔치", "1=1", "a\nb", " a", "3-2", "(=1)"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    line = manifest.Line(1, "", "", text, "", "", "", "", "", "camera", "", "", "", "", {})
    [_, row] = csv.reader(io.StringIO(manifest.to_csv([line]).decode("utf-8-sig"), newline=""))
    assert row[3] == text


def test_boards_of_strangers_do_not_widen_the_list() -> None:
    lines = [
        manifest.Line(
            number, "", "", "", "", "", "", "", "", "camera", "", "", "", "",
            {"공종": "포장"} | {f"{number}-{field}": "값" for field in range(19)},
        )
        for number in range(50)
    ]  # fmt: skip
    found = list(csv.DictReader(io.StringIO(manifest.to_csv(lines).decode("utf-8-sig"))))
    assert len(found[0]) == len(manifest.COLUMNS) + board.MAX_COLUMNS + 1
    assert {row["공종"] for row in found} == {"포장"}
    assert found[49][board.OTHERS].count("값") == 19
    assert "49-0: 값 · 49-1: 값" in found[49][board.OTHERS]


def test_one_waits_for_two_at_a_time(scene: Scene) -> None:
    made = put(scene, 1)
    client = scene.enter("officer")
    for _ in range(2):
        ask(client, made.photo_ids)
    answer = client.post("/photos/exports", data={"photo": made.photo_ids, "kind": "zip"})
    assert answer.status_code == 429
    assert "이미 만들고 있는 것이 있습니다" in text_of(answer)
    assert len(scene.rows(EXPORTS)) == 2
    ask(scene.enter("auditor"), made.photo_ids)  # nobody else is held up
    work(scene)
    ask(client, made.photo_ids)


def test_what_is_made_again_counts_and_what_nobody_makes_does_not(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_store: Store, _name: str, _source: Path) -> None:
        """A store on a full disk."""
        raise OSError(errno.ENOSPC, "full")

    made = put(scene, 1)
    client = scene.enter("officer")
    pages = [ask(client, made.photo_ids) for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(Store, "put", full)
        work(scene)
    assert [state(client, page)["state"] for page in pages] == ["failed", "failed"]
    form = {"photo": made.photo_ids, "kind": "zip"}
    assert client.post("/photos/exports", data=form).status_code == 429
    scene.rows("UPDATE photo_exports SET state = 'working'")
    scene.rows("UPDATE tasks SET dead_at = 1")  # after its last try; the worker was killed in it
    ask(client, made.photo_ids)


def test_originals_of_one_bundle_have_a_limit(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(scene, 2)
    monkeypatch.setattr(archive, "MOST_BYTES", len(made.originals[0]))
    form = {"photo": made.photo_ids, "kind": "zip", "originals": "1", "reason": "감사 자료"}
    answer = scene.enter("auditor").post("/photos/exports", data=form)
    assert answer.status_code == 422
    assert "고른 원본이 너무 큽니다" in text_of(answer)
    assert scene.rows("SELECT count(*) FROM access_records") == [(0,)]
    ask(scene.enter("auditor"), made.photo_ids[:1], originals="1", reason="감사 자료")


def test_asking_is_limited_by_the_minute(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_the_minute(monkeypatch)
    client = scene.enter("officer")
    codes = [client.post("/photos/exports", data={}).status_code for _ in range(31)]
    assert codes == [422] * 30 + [429]
    colleague = scene.enter("auditor")  # at the same address
    assert colleague.post("/photos/exports", data={}).status_code == 422


def test_what_a_killed_worker_left_goes_after_a_day(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(scene, 1)
    _, copy = places(scene, made)
    making = scene.folder / "making"
    left = [
        copy.with_name(f"320.jpg.{new_id()}.part"),
        making / "a.zip",
        making / "b" / "sheet.pdf",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    real = Path.iterdir

    def late(folder: Path) -> Iterator[Path]:
        """What was in a folder when it was read: one of it goes before it is looked at."""
        return iter([*real(folder), *([folder / "gone.zip"] if folder == making else [])])

    monkeypatch.setattr(Path, "iterdir", late)
    with scene.app.app_context():
        assert archive.sweep() == 0
        scene.later(archive.KEPT_S + 5)
        assert archive.sweep() == 3
    assert not any(path.exists() for path in left)
    assert list(real(making)) == []
    assert copy.exists()
