"""What a row says is never believed against the signed record: sheets, bundles, deliveries, lists.

The rows are changed past the product, as somebody with the database's file could.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.core import db
from app.photos.queries import deliveries as deliveries_q
from app.photos.rules import manifest
from app.photos.rules.delivery import Damaged
from app.photos.service import outgoing, process, proof, receipts, sheet, uploads, verify
from app.trips.service import signing
from tests import factories
from tests.photos import helpers_office as office
from tests.photos import peers, sheet_reader, sheet_scene
from tests.photos.helpers_office import BOARD, Made
from tests.photos.sender import Sender
from tests.photos.test_archive import ask, bundle, lines, work
from tests.photos.test_corrections import correct
from tests.photos.test_inbox import live, shown
from tests.photos.test_verify import examine, original
from tests.scene import Scene, text_of

UNSIGNED = "기록과 다름"
CHANGES = [
    ("photo_records", "board = replace(board, '3공구', '9공구')"),
    ("photo_records", "site = '딴 곳'"),
    ("photo_records", "place = '딴 곳'"),
    ("photo_records", "board = '{bad'"),
    ("photo_records", "captured_at = captured_at - 86400"),
    ("photo_records", "marks = 'before-key'"),
    ("photo_records", "site = CAST(x'ff41' AS TEXT)"),
    ("photo_records", "signed = x'd284'"),
    ("photos", "phase = 'after'"),
    ("photos", "captured_at = captured_at - 86400"),
    ("photos", "source = 'picked'"),
    ("photos", "size = 1"),
    ("photos", "sha256 = randomblob(32)"),
]
ODD = [
    ("photo_records", "board = '{bad'"),
    ("photo_records", "board = '[]'"),
    ("photo_records", "site = CAST(x'ff41' AS TEXT)"),
    ("photo_records", "place = x'ff41'"),
    ("photo_records", "captured_at = 4611686018427387904"),
    ("photo_records", "captured_at = 'x'"),
    ("photos", "phase = 'x'"),
    ("photos", "state = CAST(x'ff' AS TEXT)"),
    ("photos", "sha256 = 'x'"),
    ("photos", "captured_at = 4611686018427387904"),
    ("photos", "captured_at = -1e300"),
    ("photos", "size = 'x'"),
    ("photos", "arrived_at = 'x'"),
    ("photos", "kind = x'ff'"),
]


def put(scene: Scene, count: int = 2, **more: Any) -> Made:
    """A record in the scene's office."""
    with scene.app.app_context():
        return office.put(scene.phone, count, **more)


def change(scene: Scene, made: Made, table: str, what: str) -> None:
    """Change the row of a made record, or of its first photo."""
    key = made.photo_ids[0] if table == "photos" else made.record.id
    scene.rows(f"UPDATE {table} SET {what} WHERE id = ?", key)  # noqa: S608


@pytest.fixture(scope="module")
def tampered(shared: Scene) -> tuple[Scene, list[Made], Made]:
    """An office in which one row of each record was changed, and a record that nobody touched."""
    scene = shared
    found = []
    for table, what in CHANGES:
        made = put(scene, 1)
        change(scene, made, table, what)
        found.append(made)
    made = put(scene, 1)
    correct(scene, made)
    scene.rows("UPDATE photo_records SET board = '{}' WHERE replaces = ?", made.record.id)
    return scene, [*found, made], put(scene, 1, board=BOARD | {"위치": "온전한 곳"})


Tampered = tuple[Scene, list[Made], Made]


def test_every_change_is_found_and_each_record_opened_once(
    tampered: Tampered, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, changed, whole = tampered
    more = put(scene, 5)
    opened: list[bytes] = []
    real = signing.open_signed

    def count(message: bytes, most: int) -> signing.Signed:
        opened.append(message)
        return real(message, most)

    monkeypatch.setattr(signing, "open_signed", count)
    with scene.app.app_context():
        found = proof.find_all([one.photo_ids[0] for one in changed])
        assert [place for place, one in enumerate(found.values()) if not one.wrong] == []
        opened.clear()
        assert not any(
            one.wrong for one in proof.find_all(whole.photo_ids + more.photo_ids).values()
        )
    assert len(opened) == 2


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_a_sheet_marks_what_differs_and_shows_what_was_signed(
    tampered: Tampered, kind: str
) -> None:
    scene, changed, whole = tampered
    ids = [*(one.photo_ids[0] for one in changed), whole.photo_ids[0]]
    with scene.app.app_context():
        export_id = sheet_scene.order(scene.office, kind, ids, per_page=6)
        sheet.make_sheet(export_id)
        row = sheet_scene.export(export_id)
        assert (row.state, row.error) == ("done", None)
        if kind == "xlsx":
            return
        copied = sheet_reader.squeezed("".join(sheet_reader.texts(sheet_scene.made(export_id))))
    assert copied.count(sheet_reader.squeezed(sheet.UNSIGNED)) == len(changed)
    assert "9공구" not in copied
    assert "딴곳" not in copied
    assert "온전한곳" in copied


def test_a_bundle_leaves_out_what_differs_and_its_list_says_so(tampered: Tampered) -> None:
    scene, changed, whole = tampered
    client = scene.enter("auditor")
    ids = [*(one.photo_ids[0] for one in changed), whole.photo_ids[0]]
    page = ask(client, ids)
    assert work(scene) == 1
    found = bundle(client, page)
    told = {line["사진 번호"]: line for line in lines(found)}
    notes = [told[one.photo_ids[0]]["비고"] for one in changed]
    assert notes == [manifest.LOST["unsigned"]] * len(changed)
    assert notes[0].startswith(UNSIGNED)
    assert [told[one.photo_ids[0]]["파일"] for one in changed] == [""] * len(changed)
    assert {line.get("위치") for line in told.values()} == {"3공구", "온전한 곳", ""}
    assert told[whole.photo_ids[0]]["비고"] == ""
    assert len(found.namelist()) == 2


@pytest.mark.parametrize(("table", "what"), CHANGES)
def test_what_differs_is_not_delivered(shared: Scene, table: str, what: str) -> None:
    made = put(shared, 1)
    due = deliveries_q.DueRow(
        "", shared.phone.organisation_id, "", made.photo_ids[0], "k", "", 1, 0, 0
    )
    with shared.app.app_context():
        assert outgoing.parcel_of(due).content
    change(shared, made, table, what)
    with shared.app.app_context(), pytest.raises(Damaged, match="changed-record"):
        outgoing.parcel_of(due)


def test_the_officer_reads_why_it_was_not_delivered(scene: Scene) -> None:
    with scene.app.app_context():
        peers.connect(scene.office, "webhook", "https://work.example.kr/in", peers.SECRET)
        photo_id = peers.ready_photo(scene.office, 1)
    scene.rows("UPDATE photos SET phase = 'after'")
    peers.send(scene.app)
    assert scene.rows("SELECT state, error FROM photo_deliveries") == [
        ("waiting", "changed-record")
    ]
    page = text_of(scene.enter("auditor").get(f"/photos/{photo_id}"))
    assert "데이터베이스의 내용이 서명한 기록과 달라 보내지 않았습니다." in page


# --- lists and pages ---


@pytest.mark.parametrize(("table", "what"), ODD)
def test_one_odd_row_takes_no_list_down_and_is_shown_as_changed(
    scene: Scene, table: str, what: str
) -> None:
    made, other = put(scene, 1), put(scene, 1)
    change(scene, made, table, what)
    client = scene.enter("auditor")
    for group in ("trip", "site", "person"):
        assert set(shown(client, f"?group={group}")) == {*made.photo_ids, *other.photo_ids}
    cards = {card["id"]: card for card in live(client, 0)[1]["cards"]}
    odd = "board" not in what and "kind" not in what  # lists show neither
    assert (UNSIGNED in cards[made.photo_ids[0]]["why"]) is odd
    assert cards[other.photo_ids[0]]["why"] == ""
    page = text_of(client.get(f"/photos/{made.photo_ids[0]}"))
    assert (UNSIGNED in page) is ("kind" not in what)  # that is the server's word: the seal's
    assert UNSIGNED not in text_of(client.get(f"/photos/{other.photo_ids[0]}"))
    found = text_of(client.get(f"/photos/{made.photo_ids[0]}/verify"))
    assert 'data-verdict="changed"' in found


def test_a_photo_of_nobody_takes_no_list_down(scene: Scene) -> None:
    made = put(scene, 1)
    client = scene.enter("auditor")
    scene.rows("UPDATE photos SET person_id = 'nobody'")
    assert shown(client) == made.photo_ids
    assert UNSIGNED in text_of(client.get("/photos"))
    assert UNSIGNED in text_of(client.get(f"/photos/{made.photo_ids[0]}"))


@pytest.mark.parametrize("since", ["9" * 23, "9223372036854775807", "-5", "x", str(2**63)])
def test_news_since_what_is_no_number_are_all(scene: Scene, since: str) -> None:
    made = put(scene, 1)
    answer = scene.enter("auditor").get(f"/api/photos/live?since={since}")
    assert answer.status_code == 200
    assert [one["id"] for one in answer.get_json()["cards"]] == made.photo_ids


def test_a_time_before_the_key_is_shown_and_no_fault(scene: Scene) -> None:
    made, usual = put(scene, 1, captured_at=1_700_000_000), put(scene, 1)
    [photo_id], [other] = made.photo_ids, usual.photo_ids
    assert scene.rows("SELECT marks FROM photo_records WHERE id = ?", made.record.id) == [
        ("before-key",)
    ]
    assert examine(scene, photo_id) == ("genuine", ())
    client = scene.enter("auditor")
    for way in ("", "/verify"):
        page = text_of(client.get(f"/photos/{photo_id}{way}"))
        assert "등록 전 시각" in page
        assert "이 기기를 등록하기 전의 시각입니다." in page
        assert "등록 전 시각" not in text_of(client.get(f"/photos/{other}{way}"))
    client.set_cookie("lang", "en")
    assert "before this device was registered" in text_of(client.get(f"/photos/{photo_id}/verify"))
    scene.rows("UPDATE photo_records SET marks = ''")
    assert examine(scene, photo_id) == ("changed", ("record-row",))


# --- rows that say that nothing came ---


def take_back(scene: Scene, photo_id: str) -> None:
    """Let a row say that its photo never came."""
    scene.rows(
        "UPDATE photos SET state = 'expected', receipt = NULL, arrived_at = NULL, ready_at = NULL,"
        "large_sha256 = NULL, small_sha256 = NULL, seal = NULL WHERE id = ?", photo_id,
    )  # fmt: skip


def test_a_photo_that_is_here_cannot_be_called_expected(scene: Scene) -> None:
    made = put(scene, 2)
    take_back(scene, made.photo_ids[0])
    assert examine(scene, made.photo_ids[0]) == ("changed", ("original",))
    assert examine(scene, made.photo_ids[1]) == ("genuine", ())
    original(scene, made).unlink()
    assert examine(scene, made.photo_ids[0]) == ("waiting", ())


def test_a_photo_whose_receipt_is_being_written_is_no_tampering(scene: Scene) -> None:
    sent = Sender(scene)
    sent.create()
    sent.patch(0, sent.whole)
    with scene.app.app_context():
        photo = uploads.get_photo(sent.sent.record.id, sent.photo_id)
        upload = receipts.get_upload(photo)
        with uploads.ending(upload.id) as held:
            arrival = receipts.examine(photo, held)  # it lies in the store, and no row says so
            assert verify.examine(photo.id).verdict == "waiting"
            with db.transaction():
                receipts.store(arrival)
    assert examine(scene, sent.photo_id)[0] == "genuine"


@pytest.mark.parametrize(
    "what",
    [
        "ready_at = NULL", "reason = 'damaged'", "state = 'arrived'", "state = 'refused'",
        "kind = 'png'", "width = 1", "height = NULL", "ready_at = ready_at + 1",
        "seal = zeroblob(32)", "large_sha256 = NULL, small_sha256 = NULL",
    ],
)  # fmt: skip
def test_what_the_server_made_and_said_is_held_too(shared: Scene, what: str) -> None:
    made = put(shared, 1)
    assert examine(shared, made.photo_ids[0]) == ("genuine", ())
    change(shared, made, "photos", what)
    assert examine(shared, made.photo_ids[0])[0] == "changed"


def test_what_the_product_makes_itself_is_genuine(scene: Scene) -> None:
    sent = Sender(scene, factories.picture(1))
    sent.send()
    assert examine(scene, sent.photo_id) == ("genuine", ())
    with scene.app.app_context():
        assert process.process(sent.photo_id) == "ready"
        assert not proof.find(sent.photo_id).wrong
    assert examine(scene, sent.photo_id) == ("genuine", ())
