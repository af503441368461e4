"""사진대지: laid out in order, read back from the finished page, and made again after a kill."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.util
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import update

from app.core import db, http, outbox
from app.core.db import transaction
from app.core.files import Store
from app.photos.gateways import fonts, pdf
from app.photos.models import Photo
from app.photos.rules import board, picture_code
from app.photos.rules import sheet as rules
from app.photos.rules.sheet import BadOrder, Entry
from app.photos.service import sheet
from tests.conftest import MakeApp
from tests.factories import Office, make_office
from tests.photos import sheet_scene as scene_of
from tests.photos.sheet_scene import BOARD, PLACE, PORTRAIT, Kept, keep, made, order, picture

READERS = all(importlib.util.find_spec(name) for name in ("pypdf", "pypdfium2", "zxingcpp"))
if not (READERS and fonts.file_of(fonts.BOLD).is_file()):
    pytest.skip("the readers come with `make test`, the font with npm", allow_module_level=True)

from tests.photos import sheet_reader as reader  # noqa: E402  needs the readers

PHASES = ("before", "during", "after", "")


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    """An office inside an application context."""
    with app.app_context():
        yield make_office()


def entry(number: int, series: str = "", phase: str = "", **changes: Any) -> Entry:
    """An entry of a sheet that only has to stand somewhere."""
    photo_id = f"00000000-0000-4000-8000-{number:012d}"
    sha256 = hashlib.sha256(photo_id.encode()).digest()
    given: dict[str, Any] = {
        "taken": "2026-11-25 14:00", "place": PLACE, "phase": phase, "series": series,
        "url": picture_code.url_of("https://stamp.example.go.kr", photo_id, sha256),
        "board": BOARD,
    }  # fmt: skip
    return Entry(photo_id, sha256, **given | changes)


def pdf_of(office: Office, photos: list[Kept], **wanted: Any) -> bytes:
    """The PDF of these photos."""
    export_id = order(office, "pdf", [one.id for one in photos], **wanted)
    sheet.make_sheet(export_id)
    return made(export_id)


def url_of(kept: Kept) -> str:
    """What the QR beside a photo must say."""
    return picture_code.url_of(http.config().public_url, kept.id, kept.sha256)


# --- what stands where ---


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(PHASES)), max_size=30),
    st.sampled_from(rules.PER_PAGE),
)
@settings(max_examples=60, deadline=None)
def test_every_picture_stands_once_and_triples_together(
    given: list[tuple[str, str]], per_page: int
) -> None:
    entries = [entry(number, *one) for number, one in enumerate(given)]
    pages = rules.arrange(entries, per_page)
    placed = [one.photo_id for page in pages for one in page if one is not None]
    assert sorted(placed) == [one.photo_id for one in entries]
    assert all(1 <= len(page) <= per_page and any(page) for page in pages)
    for block in rules.blocks(entries):
        where = [
            (number, place)
            for number, page in enumerate(pages)
            for place, one in enumerate(page)
            if one in block
        ]
        if len(block) == 3 and per_page > 2:
            assert len({number for number, _ in where}) == 1
        if len(block) == 3 and per_page == 6:
            assert [place % 3 for _, place in where] == [0, 1, 2]
        assert [one.phase for one in block] == (list(PHASES[:3]) if len(block) == 3 else
                                                [block[0].phase])  # fmt: skip


def test_triples_stand_where_their_first_stood_and_the_rest_keeps_its_order() -> None:
    entries = [
        entry(0), entry(1, "s", "after"), entry(2, "s", "before"), entry(3, "t", "before"),
        entry(4, "s", "during"), entry(5, "s", "before"), entry(6, "t", "after"),
    ]  # fmt: skip
    order_of = [[one.photo_id[-1] for one in block] for block in rules.blocks(entries)]
    assert order_of == [["0"], ["2", "4", "1"], ["3"], ["5"], ["6"]]
    six = rules.arrange(entries, 6)
    assert [one and one.photo_id[-1] for one in six[0]] == ["0", None, None, "2", "4", "1"]
    four = rules.arrange(entries, 4)
    assert [one and one.photo_id[-1] for one in four[0]] == ["0", "2", "4", "1"]


def test_parts_of_a_page_do_not_meet() -> None:
    for per_page in rules.PER_PAGE:
        places = rules.frames(per_page)
        assert len(places) == per_page
        parts = [box for one in places for box in (one.head, one.picture, one.table, one.code)]
        for number, one in enumerate(parts):
            assert one.width > 15
            assert one.height > 6
            assert not any(reader.meet(one, other) for other in parts[number + 1 :])
        for place in places:
            assert all(
                reader.holds(place.cell, box)
                for box in (place.head, place.picture, place.table, place.code)
            )


def test_the_document_hash_is_that_of_the_photo_hashes_in_their_order() -> None:
    entries = [entry(number) for number in range(3)]
    made_of = rules.Sheet("가", "나", "다", 2, rules.arrange(entries, 2))
    by_hand = hashlib.sha256(b"".join(one.sha256 for one in entries)).hexdigest()
    assert made_of.document_hash == by_hand
    turned = rules.Sheet("가", "나", "다", 2, rules.arrange(entries[::-1], 2))
    assert turned.document_hash != by_hand


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ([], "bad-order"),
        ({"photos": "abc"}, "bad-order"),
        ({"photos": [1]}, "bad-order"),
        ({"photos": [], "per_page": 3}, "bad-order"),
        ({"photos": ["a"] * (rules.MAX_PHOTOS + 1)}, "too-many-photos"),
    ],
)
def test_an_order_that_is_none_is_refused(wanted: Any, code: str) -> None:
    with pytest.raises(BadOrder, match=code):
        rules.read_order(wanted)


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_a_plain_text_has_one_line_and_nothing_invisible(text: str) -> None:
    plain = rules.plain(text)
    assert plain == rules.plain(plain)
    assert all(sign.isprintable() for sign in plain)
    plain.encode()  # no lone surrogate is left


# --- the finished PDF ---


@pytest.mark.parametrize(("per_page", "count"), [(2, 1), (2, 5), (4, 7), (6, 11)])
@pytest.mark.parametrize("dpi", [150, 200])
def test_every_code_is_read_back_in_order(
    office: Office, per_page: int, count: int, dpi: int
) -> None:
    kept = [keep(office, large=picture(number % 3)) for number in range(count)]
    data = pdf_of(office, kept, per_page=per_page)
    read = [code for page in reader.pages(data, dpi) for code in reader.codes(page)]
    assert read == [url_of(one) for one in kept]
    assert len(reader.texts(data)) == -(-count // per_page)


def test_a_long_public_address_still_reads(make_app: MakeApp) -> None:
    host = "https://site-photos-of-the-county-office.example-county.gyeongnam.go.kr:8443"
    with make_app(PUBLIC_URL=host).app_context():
        at = make_office()
        kept = [keep(at) for _ in range(6)]
        data = pdf_of(at, kept, per_page=6)
        read = [code for page in reader.pages(data, 150) for code in reader.codes(page)]
        assert read == [url_of(one) for one in kept]
        assert read[0].startswith(host.upper() + "/P/")


@pytest.mark.parametrize("read", [reader.texts, reader.texts_by_another])
def test_the_text_can_be_copied_out(office: Office, read: Any) -> None:
    kept = [keep(office, phase=phase) for phase in PHASES[:3]]
    title = "○○지구 소하천 정비공사 사진대지"
    copied = [reader.squeezed(text) for text in read(pdf_of(office, kept, title=title))]
    (page,) = copied
    digest = hashlib.sha256(b"".join(one.sha256 for one in kept)).hexdigest()
    for text in (
        title, "관광정책실", "1/1쪽", "사진1/3", "사진3/3", "전", "중", "후", PLACE, digest,
        "2026-11-2514:00", kept[0].sha256.hex()[:12], *BOARD, *BOARD.values(),
    ):  # fmt: skip
        assert reader.squeezed(text) in page, text


def test_the_font_is_embedded_as_a_subset(office: Office) -> None:
    found = reader.fonts(pdf_of(office, [keep(office)]))
    assert len(found) >= 2
    for name, size in found.items():
        if "Helvetica" not in name:  # the library's own first entry; nothing is drawn in it
            assert "+GothicA1" in name, name
            assert 0 < size < 200_000, (name, size)


@pytest.mark.parametrize("per_page", rules.PER_PAGE)
def test_long_boards_wrap_inside_their_table_and_stand_whole_at_the_end(
    office: Office, per_page: int
) -> None:
    long = {f"항목 {number:02d}": f"{number:02d}끝없는 글 " * 24 for number in range(20)}
    whole = {"이름": "띄어쓰기없이이어지는긴말" * 16, "latin": "W" * 200}
    kept = [keep(office, board=long), keep(office, board=whole), keep(office)]
    data = pdf_of(office, kept, per_page=per_page)
    places = reader.rooms(per_page)
    for number in range(-(-len(kept) // per_page)):
        found = reader.signs(data, number)
        assert len(found) > 100
        strays = [
            one.text for one in found if not any(reader.holds(box, one.box) for box in places)
        ]
        assert strays == []
    copied = reader.squeezed("".join(reader.texts(data)))
    assert "보드판전체내용" in copied
    for name, value in (long | whole).items():
        assert reader.squeezed(name) in copied
        assert reader.squeezed(value) in copied, name


def test_lines_of_a_table_do_not_lie_on_one_another(office: Office) -> None:
    board = {f"항목{number}": "가나다라 마바사 " * 6 for number in range(6)}
    data = pdf_of(office, [keep(office, board=board)], per_page=4)
    found = reader.signs(data, 0)
    met = [
        (one.text, other.text)
        for number, one in enumerate(found)
        for other in found[number + 1 :]
        if reader.meet(one.box, other.box)
    ]
    assert met == []


def test_what_the_font_lacks_shows_as_a_box_or_a_plainer_sign(office: Office) -> None:
    board = {
        "그림": "완료 👍🏽 다음 👨‍👩‍👧", "옛글": "ᄒᆞᆫ글 뷁 똠방각하", "한자": "大韓 工事",
        "단위": "12㎡ 3℃ ①", "자모": "한글".encode().decode(),
    }  # fmt: skip
    copied = reader.squeezed("".join(reader.texts(pdf_of(office, [keep(office, board=board)]))))
    assert "완료□" in copied
    assert "뷁똠방각하" in copied
    assert "□□□□" in copied  # Hanja
    assert "12㎡3℃①" in copied


HOSTILE = {
    "<b>굵게</b>": "<para><font size=99 color=red>&amp;&#x41;<img src='file:///etc/passwd'/>",
    "=1+1": '=HYPERLINK("https://evil.example","눌러")',
    "널\x00값": "a\x00b\x08c\u202egnp.exe\u200b\ufeff\n새 줄\r\t탭",
    "내 글자": "\ue000끝",
    "@cmd": "+cmd|' /C calc'!A0",
}


def test_hostile_text_is_only_text(office: Office) -> None:
    kept = [keep(office, board=HOSTILE, place="<a href='https://evil.example'>곳</a>")]
    data = pdf_of(office, kept, title='<h1>제목</h1> %s "&" \u202e\ud800')
    copied = reader.squeezed("".join(reader.texts(data)))
    for text in ("<b>굵게</b>", "<fontsize=99color=red>&amp;&#x41;<imgsrc='file:///etc/passwd'/>",
                 "<ahref='https://evil.example'>곳</a>", "abcgnp.exe새줄탭",
                 '=HYPERLINK("https://evil.example","눌러")', "□끝",
                 '<h1>제목</h1>%s"&"□'):  # fmt: skip
        assert text in copied, text
    assert reader.links(data) == [url_of(kept[0])]


def test_the_same_order_gives_the_same_bytes(office: Office) -> None:
    kept = [keep(office, phase=phase, large=picture(2)) for phase in PHASES]
    data = pdf_of(office, kept)
    assert data == pdf_of(office, kept)
    assert str(http.config().instance_dir).encode() not in data


def test_pictures_are_printed_at_print_density_and_stay_upright(office: Office) -> None:
    kept = [keep(office, large=picture(1)), keep(office, large=picture(2, PORTRAIT))]
    data = pdf_of(office, kept, per_page=2)
    box = rules.frames(2)[0].picture
    sizes = reader.picture_sizes(data)
    wide, high = box.width / 25.4 * 200, box.height / 25.4 * 200
    assert sizes == [(round(high * 0.75), round(high)), (round(wide), round(wide * 0.75))]


def test_a_practice_picture_makes_the_sheet_no_proof(office: Office) -> None:
    copied = reader.texts(pdf_of(office, [keep(office, practice=True), keep(office)]))
    assert "연습용 · 증빙으로 쓸 수 없음" in copied[0]
    assert "연습용" not in reader.texts(pdf_of(office, [keep(office)]))[0]


# --- what cannot be shown ---


def test_a_picture_that_is_not_there_is_a_note_with_the_reason(office: Office) -> None:
    kept = [
        keep(office), keep(office, state="expected"), keep(office, state="arrived"),
        keep(office, state="refused"), keep(office, large=b""), keep(office, large=b"\xff\xd8no"),
        keep(office, large=picture(1)[:20_000]), keep(office),
    ]  # fmt: skip
    with transaction():  # the last one's copy is not what was made, nor can it be made anew
        db.run(update(Photo).where(Photo.id == kept[-1].id).values(large_sha256=bytes(32)))
    export_id = order(office, "pdf", [one.id for one in kept], per_page=6)
    sheet.make_sheet(export_id)
    row = scene_of.export(export_id)
    assert (row.state, row.error, row.done) == ("done", None, 8)
    copied = reader.squeezed("".join(reader.texts(made(export_id))))
    for note, count in (
        *((note, 1) for note in sheet.NOTES.values()), (sheet.NO_FILE, 1), (sheet.NO_PICTURE, 2),
        (sheet.CHANGED, 1),
    ):  # fmt: skip
        assert copied.count(reader.squeezed(f"사진 없음: {note}")) == count, note


def test_photos_of_another_office_never_come_in(office: Office) -> None:
    foreign = keep(make_office(), board={"비밀": "남의 공사"})
    own = keep(office)
    data = pdf_of(office, [foreign, own])
    read = [code for page in reader.pages(data, 150) for code in reader.codes(page)]
    assert read == [url_of(own)]
    assert "남의 공사" not in "".join(reader.texts(data))
    export_id = order(office, "pdf", [foreign.id, "no-id"])
    sheet.make_sheet(export_id)
    row = scene_of.export(export_id)
    assert (row.state, row.error, row.file) == ("failed", "no-photos", None)


@pytest.mark.parametrize("wanted", ["", "[]", '{"photos": 5}', '{"photos": [], "per_page": 9}'])
def test_an_order_that_cannot_be_made_fails_once_and_for_all(office: Office, wanted: str) -> None:
    export_id = scene_of.order_raw(office, "pdf", wanted)
    sheet.make_sheet(export_id)
    row = scene_of.export(export_id)
    assert (row.state, row.error) == ("failed", "bad-order")


# --- made again, or not at all ---


def test_a_done_sheet_is_left_alone_and_an_unknown_one_too(office: Office) -> None:
    export_id = order(office, "pdf", [keep(office).id])
    sheet.make_sheet(export_id)
    scene_of.mark(export_id, done_at=5)
    sheet.make_sheet(export_id)
    assert scene_of.export(export_id).done_at == 5
    other = order(office, "zip", [keep(office).id])
    sheet.make_sheet(other)
    assert scene_of.export(other).state == "waiting"
    sheet.make_sheet("no-such-export")


def test_a_run_that_was_killed_is_made_again_and_leaves_nothing_behind(office: Office) -> None:
    export_id = order(office, "pdf", [keep(office).id])
    scene_of.mark(export_id, state="working", done=1)
    left = http.config().instance_dir / "making" / f"{export_id}abc" / "old.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    os.utime(left.parent, (0, 0))
    sheet.make_sheet(export_id)
    assert scene_of.export(export_id).state == "done"
    assert list((http.config().instance_dir / "making").iterdir()) == []


@pytest.mark.parametrize("fault", [None, OSError(errno.ENOSPC, "full")])
def test_two_runs_of_one_sheet_are_in_nobody_s_way(
    office: Office, monkeypatch: pytest.MonkeyPatch, fault: Exception | None
) -> None:
    """The slower one, whose lease is over, neither unmakes nor replaces what the faster made."""
    export_id = order(office, "pdf", [keep(office).id])
    real, slower = pdf.write, iter((True,))

    def write(target: Path, *more: Any) -> None:
        if next(slower, False):
            sheet.make_sheet(export_id)
            scene_of.mark(export_id, done_at=5)
            assert list(target.parent.glob("*.jpg"))
            if fault is not None:
                raise fault
        real(target, *more)

    monkeypatch.setattr(pdf, "write", write)
    with contextlib.suppress(OSError):
        sheet.make_sheet(export_id)
    row = scene_of.export(export_id)
    assert (row.state, row.error, row.done_at) == ("done", None, 5)
    assert row.size == len(made(export_id))
    assert list((http.config().instance_dir / "making").iterdir()) == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [(OSError(errno.ENOSPC, "full"), "storage-full"), (RuntimeError("x"), "fault")],
)
def test_a_fault_is_told_and_the_task_comes_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str
) -> None:
    def refuse(_store: Store, _name: str, _source: Path) -> None:
        """A store that takes nothing."""
        raise fault

    export_id = order(office, "pdf", [keep(office).id])
    with monkeypatch.context() as patch:
        patch.setattr(Store, "put", refuse)
        with pytest.raises(type(fault)):
            sheet.make_sheet(export_id)
    row = scene_of.export(export_id)
    assert (row.state, row.error) == ("failed", code)
    sheet.make_sheet(export_id)
    row = scene_of.export(export_id)
    assert (row.state, row.error) == ("done", None)
    assert row.size == len(made(export_id))


def test_a_missing_font_is_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    export_id = order(office, "pdf", [keep(office).id])
    monkeypatch.setattr(fonts, "FILES", {"Other": "none.ttf"})
    with pytest.raises(fonts.FontMissing, match="make front"):
        sheet.make_sheet(export_id)
    assert scene_of.export(export_id).error == "font-missing"


def test_the_outbox_works_a_sheet_off(office: Office) -> None:
    export_id = order(office, "pdf", [keep(office).id])
    with transaction():
        outbox.add("photo-sheet", export_id, export_id=export_id)
    assert outbox.work_off(sheet.SHEET_VERBS) == 1
    assert scene_of.export(export_id).state == "done"
    assert outbox.work_off(sheet.SHEET_VERBS) == 0


def test_the_sheet_names_the_stamp_s_place_when_the_record_has_none(office: Office) -> None:
    data = pdf_of(office, [keep(office, place=None)])
    assert "촬영 장소" not in reader.texts(data)[0]


# --- the workbook ---


def book_of(office: Office, photos: list[Kept], **wanted: Any) -> Any:
    """The finished workbook, opened again."""
    openpyxl = pytest.importorskip("openpyxl")
    export_id = order(office, "xlsx", [one.id for one in photos], **wanted)
    sheet.make_sheet(export_id)
    return openpyxl.load_workbook(io.BytesIO(made(export_id)))


def test_the_workbook_holds_the_same(office: Office) -> None:
    kept = [
        keep(office, phase="before"), keep(office, board={"새 항목": "값"}),
        keep(office, state="expected"),
    ]  # fmt: skip
    page = book_of(office, kept, title="제목", per_page=2).active
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0][0] == "제목"
    assert "관광정책실" in rows[1][0]
    heads = rows[3]
    assert heads == ["번호", "사진", "단계", "촬영 일시", "촬영 장소", *BOARD, "새 항목",
                     "원본 해시(SHA-256)", "확인 QR"]  # fmt: skip
    first = dict(zip(heads, rows[4], strict=True))
    assert (first["번호"], first["단계"], first["촬영 장소"]) == ("1/3", "전", PLACE)
    assert {name: first[name] for name in BOARD} == BOARD
    assert rows[6][1] == f"사진 없음: {sheet.NOTES['expected']}"
    digest = hashlib.sha256(b"".join(one.sha256 for one in kept)).hexdigest()
    assert digest in rows[7][0]
    links = [page.cell(row, len(heads) - 1).hyperlink.target for row in (5, 6, 7)]
    assert links == [url_of(one) for one in kept]


def test_a_corrected_board_stands_in_the_sheet_and_is_marked(office: Office) -> None:
    one, other = keep(office), keep(office)
    scene_of.correct(office, one, {"공사명": "북로 정비", "비고": "=1+1"})
    text = reader.squeezed(reader.texts(pdf_of(office, [one, other]))[0])
    for said in ("북로정비", "보드판고침", "2026-11-2515:00"):
        assert text.count(said) == 1, said
    page = book_of(office, [one, other]).active
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    first, second = (dict(zip(rows[3], row, strict=True)) for row in rows[4:6])
    assert (first["공사명"], first["보드판 고침"]) == ("북로 정비", "2026-11-25 15:00")
    assert (second["공사명"], second["보드판 고침"] or "") == (BOARD["공사명"], "")


def test_boards_of_strangers_do_not_widen_the_workbook(office: Office) -> None:
    own = [{"공종": "포장"} | {f"{n}-{k}": "값" for k in range(19)} for n in range(5)]
    page = book_of(office, [keep(office, board=one) for one in own]).active
    heads, *rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=4, max_row=9)]
    assert len(heads) == 5 + board.MAX_COLUMNS + 1 + 2
    assert {row[heads.index("공종")] for row in rows} == {"포장"}
    left = heads.index(board.OTHERS)
    assert left == len(heads) - 3
    for number, row in enumerate(rows):
        shown = dict(zip(heads, row, strict=True))
        for field in range(19):
            name = f"{number}-{field}"
            assert shown.get(name) == "값" or f"{name}: 값" in str(row[left])


def test_the_workbook_s_pictures_and_codes_are_whole(office: Office) -> None:
    kept = [keep(office, large=picture(1)), keep(office, large=picture(2, PORTRAIT))]
    page = book_of(office, kept).active
    found = [Image.open(io.BytesIO(one._data())) for one in page._images]
    photos = [one for one in found if one.format == "JPEG"]
    assert [one.width > one.height for one in photos] == [True, False]
    assert all(max(one.size) <= 300 for one in photos)
    read = [code for one in found if one.format == "PNG" for code in reader.codes(one.convert("L"))]
    assert read == [url_of(one) for one in kept]
    for one in page._images:
        corner, size = one.anchor._from, one.anchor.ext
        letter = page.cell(4, corner.col + 1).column_letter
        assert 0 < corner.rowOff < corner.rowOff + size.height < row_points(page, 5) * 12_700
        assert 0 < corner.colOff < corner.colOff + size.width < pixels(page, letter, 7) * 9_525


def row_points(page: Any, row: int) -> float:
    """How high a row is."""
    return float(page.row_dimensions[row].height)


def pixels(page: Any, letter: str, digit: float) -> float:
    """How wide a column is where a digit of the workbook's font is so many pixels wide."""
    return float(page.column_dimensions[letter].width) * digit + 5


def test_the_workbook_is_set_up_for_a4(office: Office) -> None:
    page = book_of(office, [keep(office) for _ in range(5)], per_page=2).active
    assert str(page.page_setup.paperSize) == page.PAPERSIZE_A4
    assert page.page_setup.orientation == "landscape"
    assert page.print_title_rows == "$4:$4"
    assert [one.id for one in page.row_breaks.brk] == [6, 8]


@pytest.mark.parametrize("per_page", rules.PER_PAGE)
@pytest.mark.parametrize("board", [{}, BOARD, BOARD | {f"항목 {n}": "값 " * 90 for n in range(4)}])
def test_a_page_of_the_workbook_goes_on_one_of_paper(
    office: Office, per_page: int, board: dict[str, str]
) -> None:
    """Also where the font is missing, and what stands in for it is a third wider."""
    kept = [keep(office, board=board) for _ in range(per_page)]
    page = book_of(office, kept, per_page=per_page).active
    letters = [cell.column_letter for cell in page[4]]
    scale = page.page_setup.scale / 100
    margins = (page.page_margins.left + page.page_margins.right) * 25.4
    wide_mm = sum(pixels(page, one, 9.4) for one in letters) * 25.4 / 96 * scale
    assert wide_mm <= 297 - margins
    rows = [row_points(page, one) for one in range(1, 5 + per_page)]
    high_mm = (sum(rows) + 15) * 25.4 / 72 * scale
    assert high_mm <= 210 - (page.page_margins.top + page.page_margins.bottom) * 25.4
    assert page.page_margins.footer < page.page_margins.bottom - 0.2
    assert page.print_area.replace("$", "").endswith(f"A1:{letters[-1]}{5 + per_page}")


def test_long_texts_of_the_workbook_get_a_wide_column_and_small_letters(office: Office) -> None:
    page = book_of(office, [keep(office, board=BOARD | {"내용": "긴 글 " * 50})]).active
    cells = {head.value: cell for head, cell in zip(page[4], page[5], strict=True)}
    wide, narrow = (
        page.column_dimensions[cells[one].column_letter].width for one in ("내용", "위치")
    )
    assert wide > 2 * narrow
    assert cells["내용"].font.size < cells["위치"].font.size


def test_no_text_of_the_workbook_is_a_formula(office: Office) -> None:
    book = book_of(office, [keep(office, board=HOSTILE)], title="=1+1")
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert '=HYPERLINK("https://evil.example","눌러")' in [cell.value for cell in cells]
    assert book.active["A1"].value == "=1+1"
