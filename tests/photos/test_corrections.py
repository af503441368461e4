"""A board that was corrected from the phone: a record without photos beside the one it corrects."""

from __future__ import annotations

import hashlib
import json
import re
import time
from typing import Any

import pytest

from app.core.db import transaction
from app.core.ids import new_id
from app.photos.queries import evidence as evidence_q
from app.photos.service import hand_over, records
from tests import factories
from tests.factories import SentRecord
from tests.photos import helpers_office as office
from tests.photos import peers
from tests.photos.helpers_office import BOARD, Made
from tests.photos.sender import Sender, read, refusal
from tests.photos.test_archive import ask, bundle, lines, work
from tests.photos.test_inbox import headings, live, shown
from tests.photos.test_records import post, record
from tests.photos.test_verify import examine, one_bit
from tests.scene import Scene, text_of

RIGHT = BOARD | {"공사명": "북강둔치 정비", "위치": "5공구"}


def correction(scene: Scene, old: SentRecord, **changes: Any) -> SentRecord:
    """A correction of a record's board, signed and not sent."""
    given = {"board": {"공사명": "북로 보도 정비"}, "series": old.record.series} | changes
    return record(scene, photos=(), replaces=given.pop("replaces", old.record.id), **given)


def put(scene: Scene, count: int = 2, **more: Any) -> Made:
    """A record in the scene's office."""
    with scene.app.app_context():
        return office.put(scene.phone, count, **more)


def correct(scene: Scene, old: Made, later: int = 10, **more: Any) -> Made:
    """A correction of it, put straight into the database."""
    at, series = old.record.captured_at + later, old.record.series
    given: dict[str, Any] = {
        "board": RIGHT,
        "trip": old.record.trip,
        "stamp_sha256": old.record.stamp_sha256,
    }
    given |= {"series": series, "replaces": old.record.id, "captured_at": at} | more
    return put(scene, 0, **given)


# --- what comes in ---


def test_a_correction_comes_in_once_and_touches_nothing(scene: Scene) -> None:
    sender = Sender(scene, factories.picture(1), factories.picture(2))
    old = sender.sent
    assert sender.send().status_code == 200
    columns = "id, record_id, position, sha256, size, state, receipt"
    before = scene.rows(f"SELECT {columns} FROM photos")  # noqa: S608
    first = scene.rows("SELECT * FROM photo_records")
    sent = correction(scene, old)
    answer = post(scene, sent)
    receipt = read(scene, answer)
    assert (receipt.sha256, receipt.id) == (hashlib.sha256(sent.signed).digest(), sent.record.id)
    assert answer.get_json()["photos"] == []
    assert post(scene, sent).get_json()["receipt"] == answer.get_json()["receipt"]
    assert scene.rows("SELECT count(*) FROM photo_records") == [(2,)]
    assert scene.rows(f"SELECT {columns} FROM photos") == before  # noqa: S608
    assert first[0] in scene.rows("SELECT * FROM photo_records")
    assert sender.receipt().status_code == 200, "what the first record promised can still come"


def test_a_correction_is_of_a_record_that_is_here_and_of_its_visit(scene: Scene) -> None:
    old = record(scene)
    sent = correction(scene, old)
    assert refusal(post(scene, sent)) == (422, "bad-record", "replaces-unknown")
    assert post(scene, old).status_code == 200
    for change in (
        {"series": new_id()}, {"trip": "20261125-AAAAAA"}, {"place": "다른 곳"}, {"place": None},
        {"stamp_sha256": bytes(32)},
    ):  # fmt: skip
        other = correction(scene, old, **change)
        assert refusal(post(scene, other)) == (422, "bad-record", "replaces"), change
    for phone in (scene.new_phone("auditor"), scene.new_phone("officer", scene.other_office())):
        foreign = correction(scene, old, phone=phone)
        assert refusal(post(scene, foreign)) == (422, "bad-record", "replaces")
    assert post(scene, sent).status_code == 200, "what was too early comes again"
    chained = correction(scene, old, replaces=sent.record.id)
    assert refusal(post(scene, chained)) == (422, "bad-record", "replaces")
    assert refusal(post(scene, record(scene, photos=())))[2] == "photo-count"


def test_nobody_corrects_without_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_CORRECTIONS", 2)
    old = record(scene)
    assert post(scene, old).status_code == 200
    for _ in range(2):
        assert post(scene, correction(scene, old)).status_code == 200
    last = correction(scene, old)
    assert refusal(post(scene, last)) == (422, "bad-record", "too-many-corrections")


def test_an_open_inbox_is_told(scene: Scene) -> None:
    sender = Sender(scene)
    client = scene.enter("officer")
    newest = int(re.findall(r'data-newest="(\d+)"', text_of(client.get("/photos")))[0])
    _, _, tag = live(client, newest)
    assert live(client, newest, tag)[0] == 304
    assert post(scene, correction(scene, sender.sent)).status_code == 200
    status, body, _ = live(client, newest, tag)
    assert (status, [one["id"] for one in body["cards"]]) == (200, sender.sent.photo_ids)
    assert body["cards"][0]["corrected"] is True
    assert "북로 보도 정비" in body["cards"][0]["label"]
    assert body["records"][sender.sent.record.id]["words"] == "1장 중 0장 도착"


# --- what the office sees ---


def test_the_corrected_board_is_shown_with_the_first_beside_it(scene: Scene) -> None:
    old = put(scene)
    client = scene.enter("officer")
    plain = text_of(client.get(f"/photos/{old.photo_ids[0]}"))
    assert "고친 기록" not in plain
    correct(scene, old, board=BOARD | {"공사명": "동강"})
    newest = correct(scene, old, 20)
    page = text_of(client.get(f"/photos/{old.photo_ids[0]}"))
    assert page.index("북강둔치 정비") < page.index("남강둔치 정비")
    (board,) = re.findall(r'<figcaption id="board">(.*?)</figcaption>', page, re.DOTALL)
    assert "고친 기록" in board
    assert "북강둔치 정비" in board
    assert "남강둔치 정비" not in board
    assert 'href="#first-board"' in board
    (every,) = re.findall(r'<section[^>]* id="boards".*?</section>', page, re.DOTALL)
    names = re.findall(r"(남강둔치 정비|동강|북강둔치 정비)", every)
    assert names == ["남강둔치 정비", "동강", "북강둔치 정비"], "all of them, in order"
    assert 'href="#board"' in every
    for one in (old, newest):
        assert one.record.id[:8] in every
    assert "이 기록을 고친 새 기록이 있습니다" not in page, "there is no other page to go to"


def test_the_inbox_groups_and_finds_by_the_board_that_counts(scene: Scene) -> None:
    old, other = put(scene, 1), put(scene, 1, board={"공사명": "칠암동"})
    client = scene.enter("officer")
    correct(scene, old)
    assert sorted(headings(client, "?group=site")) == ["북강둔치 정비", "칠암동"]
    assert shown(client, "?site=북강둔치") == old.photo_ids
    assert shown(client, "?site=5공구") == old.photo_ids
    assert shown(client, "?site=남강둔치") == old.photo_ids, "what was signed first finds it too"
    assert shown(client, "?site=칠암동") == other.photo_ids
    page = text_of(client.get("/photos"))
    assert len(re.findall(r'data-part="corrected">', page)) == 1


def test_a_board_that_was_emptied_leaves_the_place_as_the_name(scene: Scene) -> None:
    old = Sender(scene, factories.picture(1))
    assert old.send().status_code == 200
    assert post(scene, correction(scene, old.sent, board={})).status_code == 200
    ((place,),) = scene.rows("SELECT site FROM photo_records WHERE replaces IS NOT NULL")
    assert place == (old.sent.record.place or "")
    visit = put(scene, 1)
    correct(scene, visit, board={})
    client = scene.enter("officer")
    assert "남강둔치 정비" not in headings(client, "?group=site")
    page = text_of(client.get(f"/photos/{visit.photo_ids[0]}"))
    (board,) = re.findall(r'<figcaption id="board">(.*?)</figcaption>', page, re.DOTALL)
    assert "고친 기록" in board
    assert "남강둔치 정비" not in board
    (every,) = re.findall(r'<section[^>]* id="boards".*?</section>', page, re.DOTALL)
    assert "남강둔치 정비" in every, "as the first board"


def test_a_foreign_or_odd_row_is_no_correction(scene: Scene) -> None:
    old = put(scene, 1)
    stranger = scene.new_phone("auditor")
    with scene.app.app_context():
        office.put(stranger, 0, board=RIGHT, series=old.record.series, replaces=old.record.id)
    put(scene, 0, board=RIGHT, series=new_id(), replaces=old.record.id)
    put(scene, 1, board=RIGHT, series=old.record.series, replaces=old.record.id)
    page = text_of(scene.enter("officer").get(f"/photos/{old.photo_ids[0]}"))
    assert "남강둔치 정비" in page
    assert "북강둔치 정비" not in page
    assert "이 기록을 고친 새 기록이 있습니다" in page, "one with photos leads to its own page"


def test_the_one_that_was_signed_last_counts_however_they_came(scene: Scene) -> None:
    old = put(scene, 1)
    correct(scene, old, 30)
    correct(scene, old, 20, board=BOARD | {"공사명": "동강"})
    assert headings(scene.enter("officer"), "?group=site") == ["북강둔치 정비"]


def test_a_bundle_lists_the_board_that_counts_and_says_so(scene: Scene) -> None:
    old, other = put(scene, 2, captured_at=int(time.time()) - 500), put(scene, 1)
    newest = correct(scene, old)
    client = scene.enter("officer")
    page = ask(client, [*old.photo_ids, *other.photo_ids])
    assert work(scene) == 1
    told = lines(bundle(client, page))
    assert [one["위치"] for one in told] == ["5공구", "5공구", "3공구"]
    assert [one["현장"] for one in told] == ["북강둔치 정비"] * 2 + ["남강둔치 정비"]
    assert [one["고친 기록 번호"] for one in told] == [newest.record.id] * 2 + [""]
    assert [bool(one["보드판 고친 때"]) for one in told] == [True, True, False]
    assert "북강둔치-정비" in told[0]["파일"]
    assert {one["기록 번호"] for one in told} == {old.record.id, other.record.id}


def test_the_page_says_which_board_the_work_system_gets(scene: Scene) -> None:
    old, other = put(scene, 1), put(scene, 1)
    with scene.app.app_context():
        peers.connect(scene.office, "webdav", "https://work.example.kr/in")
        for one in (old, other):
            with transaction():
                hand_over.add_for_photo(scene.office.organisation_id, one.photo_ids[0])
    correct(scene, old)
    client = scene.enter("officer")
    for language, said in (("ko", "처음 보드판이 나갑니다"), ("en", "gets the first board")):
        headers = {"Accept-Language": language}
        pages = [
            text_of(client.get(f"/photos/{one.photo_ids[0]}", headers=headers))
            for one in (old, other)
        ]
        assert [said in page for page in pages] == [True, False]


# --- what can be proved ---


def tied(scene: Scene) -> tuple[Made, Made]:
    """A record that names everything it can, and its correction."""
    sent = scene.stamp()
    stamp = hashlib.sha256(sent.token).digest()
    old = put(scene, 2, trip="20261125-AAAAAA", stamp_sha256=stamp)
    return old, correct(scene, old)


def test_a_corrected_photo_is_genuine_and_its_correction_is_asked_about(scene: Scene) -> None:
    old, _ = tied(scene)
    assert [examine(scene, one) for one in old.photo_ids] == [("genuine", ())] * 2
    page = text_of(scene.enter("officer").get(f"/photos/{old.photo_ids[0]}/verify"))
    assert 'data-check="corrections"' in page
    bare = put(scene, 1)
    assert examine(scene, bare.photo_ids[0]) == ("genuine", ())


@pytest.mark.parametrize("column", evidence_q.RECORD)
def test_each_column_of_a_correction_is_held_against_its_signature(
    shared: Scene, column: str
) -> None:
    old, new = tied(shared)
    for bit in (2, 3, 7, 10, 21, 63):
        with one_bit(shared, "photo_records", column, new.record.id, bit):
            verdict, wrong = examine(shared, old.photo_ids[0])
            assert (verdict, wrong) == ("changed", ("corrections",)), (column, bit)
    assert examine(shared, old.photo_ids[0]) == ("genuine", ())


def test_somebody_elses_board_does_not_pass_as_a_correction(scene: Scene) -> None:
    """Whoever can write rows cannot sign: another record's row is turned into a correction."""
    old, other = put(scene, 1), put(scene, 1, board=RIGHT)
    scene.rows("DELETE FROM photos WHERE id = ?", other.photo_ids[0])
    scene.rows(
        "UPDATE photo_records SET replaces = ?, series = ? WHERE id = ?",
        old.record.id, old.record.series, other.record.id,
    )  # fmt: skip
    assert examine(scene, old.photo_ids[0]) == ("changed", ("corrections",))
    board = json.dumps({"공사명": "아무개"}, ensure_ascii=False)
    scene.rows("UPDATE photo_records SET board = ? WHERE id = ?", board, other.record.id)
    page = text_of(scene.enter("officer").get(f"/photos/{old.photo_ids[0]}/verify"))
    assert "고친 보드판의 기록이 서명한 것과 다릅니다" in page
