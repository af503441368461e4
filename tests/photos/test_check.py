"""The page behind the QR of a picture: the right answer for everyone, the picture for nobody."""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import http
from app.core.files import Store
from app.photos.gateways import storage
from app.photos.rules import check as rules
from app.photos.rules import names, picture_code
from app.photos.rules.check import TITLES
from app.photos.service import check, public_look
from tests.client import StrictClient
from tests.conftest import hold_the_minute
from tests.photos.sheet_scene import BOARD, PLACE, Kept, keep, put
from tests.scene import Scene, text_of

KOREAN = re.compile(r"[가-힣]")
UNBELIEVED = {"damaged", "unknown", "mismatch"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def kept(scene: Scene, **changes: object) -> Kept:
    """A photo of the scene's office, as it was received."""
    with scene.app.app_context():
        return keep(scene.office, **changes)  # type: ignore[arg-type]


def path_of(photo: Kept) -> str:
    """Where the QR of a photo leads."""
    return "/P/" + picture_code.code_of(photo.id, photo.sha256)


def state_of(scene: Scene, path: str, client: StrictClient | None = None) -> str:
    """What the page says, by its heading in Korean."""
    response = (client or scene.visitor()).get(path)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    heading = re.search(r'<h1 id="finding">(.*?)</h1>', text_of(response))
    assert heading is not None
    with scene.app.test_request_context():
        (state,) = [state for state, title in TITLES.items() if str(title) == heading[1]]
    return state


def file_of(scene: Scene, photo: Kept) -> str:
    """The name of a photo's original in the store."""
    return names.original(scene.office.organisation_id, photo.sha256, photo.id)


def good(scene: Scene) -> str:
    """There, and as it was signed."""
    return path_of(kept(scene))


def arrived(scene: Scene) -> str:
    """There, and not processed yet."""
    return path_of(kept(scene, state="arrived"))


def expected(scene: Scene) -> str:
    """Promised only."""
    return path_of(kept(scene, state="expected"))


def unreadable(scene: Scene) -> str:
    """There, but no picture."""
    return path_of(kept(scene, state="refused"))


def refused(scene: Scene) -> str:
    """Refused at the door: nothing of it was kept."""
    photo = kept(scene, state="refused")
    scene.rows("UPDATE photos SET arrived_at = NULL, receipt = NULL WHERE id = ?", photo.id)
    with scene.app.app_context():
        storage.store(http.config()).remove(file_of(scene, photo))
    return path_of(photo)


def lost(scene: Scene) -> str:
    """Received, and gone from the store."""
    photo = kept(scene)
    with scene.app.app_context():
        storage.store(http.config()).remove(file_of(scene, photo))
    return path_of(photo)


def changed(scene: Scene) -> str:
    """One bit of the stored original is another."""
    photo = kept(scene, original=b"a" * 500)
    with scene.app.app_context():
        put(file_of(scene, photo), b"a" * 499 + b"c")
    return path_of(photo)


def changed_row(scene: Scene) -> str:
    """The database says another phase than was signed."""
    photo = kept(scene, phase="before")
    scene.rows("UPDATE photos SET phase = 'after' WHERE id = ?", photo.id)
    return path_of(photo)


def forged(scene: Scene) -> str:
    """Another picture with its hash in the row, and a QR that fits both."""
    photo, picture = kept(scene), b"forged" * 90
    sha256 = hashlib.sha256(picture).digest()
    with scene.app.app_context():
        put(names.original(scene.office.organisation_id, sha256, photo.id), picture)
    scene.rows("UPDATE photos SET sha256 = ? WHERE id = ?", sha256, photo.id)
    return "/P/" + picture_code.code_of(photo.id, sha256)


def taken_back(scene: Scene) -> str:
    """Its original is here, and the row says that it never came."""
    photo = kept(scene)
    scene.rows(
        "UPDATE photos SET state = 'expected', arrived_at = NULL, receipt = NULL, ready_at = NULL,"
        "large_sha256 = NULL, small_sha256 = NULL, seal = NULL WHERE id = ?", photo.id,
    )  # fmt: skip
    return path_of(photo)


def unsigned(scene: Scene) -> str:
    """Its record bears no signature any more."""
    photo = kept(scene)
    scene.rows("UPDATE photo_records SET signed = x'00' WHERE id = ?", photo.record_id)
    return path_of(photo)


def other_hash(scene: Scene) -> str:
    """The right number with the hash of another picture."""
    return "/P/" + picture_code.code_of(kept(scene).id, b"\x07" * 32)


def nobody_s(scene: Scene) -> str:
    """A number that was never given."""
    return "/P/" + picture_code.code_of(str(uuid.uuid4()), b"\x07" * 32)


def cut(scene: Scene) -> str:
    """The end is missing."""
    return path_of(kept(scene))[:-3]


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (good, "kept"), (arrived, "kept"), (expected, "expected"), (unreadable, "unreadable"),
        (refused, "refused"), (lost, "lost"), (changed, "changed"), (changed_row, "changed"),
        (forged, "changed"), (taken_back, "changed"), (unsigned, "changed"),
        (other_hash, "mismatch"),
        (nobody_s, "unknown"), (cut, "damaged"),
    ],
)  # fmt: skip
def test_each_state_has_words_of_its_own(
    shared: Scene, make: Callable[[Scene], str], state: str
) -> None:
    path = make(shared)
    assert state_of(shared, path) == state
    english = shared.visitor()
    english.set_cookie("lang", "en")
    page = text_of(english.get(path))
    main = re.sub(r'<span lang="ko">.*?</span>', "", page.split("<main", 1)[1])
    assert not KOREAN.search(main), KOREAN.findall(main)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("photo_records", "board = '{bad'"), ("photo_records", "board = '[1]'"),
        ("photo_records", "board = '{}'"), ("photo_records", "site = CAST(x'ff41' AS TEXT)"),
        ("photo_records", "place = CAST(x'ff41' AS TEXT)"), ("photo_records", "site = '딴 곳'"),
        ("photo_records", "place = '경상남도 진주시 상대동'"), ("photo_records", "practice = 1"),
        ("photo_records", "captured_at = captured_at + 3600"), ("photo_records", "receipt = 'x'"),
        ("photos", "captured_at = 4611686018427387904"), ("photos", "captured_at = 'x'"),
        ("photos", "state = CAST(x'ff' AS TEXT)"), ("photos", "arrived_at = arrived_at - 60"),
        ("photos", "sha256 = 'text'"), ("photos", "person_id = 'x'"),
        ("photos", "organisation_id = 'x'"),
    ],
)  # fmt: skip
def test_no_row_is_believed_against_the_signature(shared: Scene, table: str, change: str) -> None:
    photo = kept(shared)
    key = photo.id if table == "photos" else photo.record_id
    shared.rows(f"UPDATE {table} SET {change} WHERE id = ?", key)  # noqa: S608
    path = path_of(photo)
    assert state_of(shared, path) == "changed"
    page = text_of(shared.visitor().get(path))
    assert PLACE in page, "only what was signed is told"
    assert "상대동" not in page
    assert "2026-11-25 14:00:00" in page


def test_states_differ_in_every_word() -> None:
    states = set(rules.TONES)
    assert states == set(rules.TITLES) == set(rules.REASONS) == set(rules.WHAT_NEXT)
    for table in (rules.TITLES, rules.REASONS):
        assert len({str(words) for words in table.values()}) == len(states)


def test_a_stranger_reads_who_and_where_but_never_the_rest(shared: Scene) -> None:
    photo = kept(shared, phase="during", place=f"{PLACE} 12-3 3층")
    page = text_of(shared.visitor().get(path_of(photo)))
    for shown in ("시험시", "관광정책실", "홍**o", PLACE, "작업 중", "2026-11-25 14:00:00",
                  "2026-11-25 14:00:09"):  # fmt: skip
        assert shown in page, shown
    assert photo.sha256.hex() in re.sub(r"\s", "", page)
    secret = [shared.office.staff_numbers["officer"], "홍길동o", "12-3", *BOARD.values(), photo.id]
    for hidden in secret:
        assert hidden not in page, hidden
    assert "<img" not in page.split("<main", 1)[1]
    assert "사진 보기" not in page


def test_what_does_not_fit_says_nothing_of_the_photo(shared: Scene) -> None:
    for path in (other_hash(shared), nobody_s(shared), cut(shared)):
        page = text_of(shared.visitor().get(path))
        assert "관광정책실" not in page
        assert "2026-11-25" not in page


def test_a_practice_photo_says_so(shared: Scene) -> None:
    assert "연습용 사진입니다" in text_of(
        shared.visitor().get(path_of(kept(shared, practice=True)))
    )
    assert "연습용 사진입니다" not in text_of(shared.visitor().get(good(shared)))


def test_a_colleague_is_given_the_way_and_nobody_else(shared: Scene) -> None:
    photo = kept(shared)
    way = f'href="/photos/{photo.id}"'
    assert way in text_of(shared.enter("officer").get(path_of(photo)))
    stranger = shared.enter("officer", shared.other_office())
    assert way not in text_of(stranger.get(path_of(photo)))
    assert state_of(shared, path_of(photo), stranger) == "kept"


def test_any_spelling_of_the_address_opens(shared: Scene) -> None:
    path = good(shared)
    code = path[3:]
    for spelled in (path.lower(), f"/p/{code}", f"/P/{code.lower()}", f"{path}/", f"{path}?a=b",
                    f"/P/{quote(code)}%20", f"/P/http%3A//other.example/P/{code}"):  # fmt: skip
        assert state_of(shared, spelled) == "kept", spelled


def test_no_changed_character_is_ever_believed(shared: Scene) -> None:
    code = good(shared)[3:]
    twins = [
        code[:place] + LETTERS[(LETTERS.index(was) + step) % 32] + code[place + 1 :]
        for place, was in enumerate(code)
        for step in (1, 8, 16)
    ]
    with shared.app.test_request_context():
        states = {twin: check.look_up(twin, None).state for twin in twins}
    believed = [twin for twin, state in states.items() if state not in UNBELIEVED]
    assert len(states) == 126
    assert believed == []
    assert state_of(shared, f"/P/{code}") == "kept"


@given(st.text(max_size=60))
def test_any_text_is_a_claim_or_damaged(text: str) -> None:
    claim = picture_code.find_claim(text)
    assert claim is None or len(claim.beginning) == picture_code.HASH_BYTES


@given(st.uuids(), st.binary(min_size=32, max_size=32))
def test_a_code_reads_back(photo_id: uuid.UUID, sha256: bytes) -> None:
    url = picture_code.url_of("https://stamp.example.go.kr/", str(photo_id), sha256)
    assert re.fullmatch(r"[0-9A-Z $%*+\-./:]+", url)  # the compact mode of a QR
    for text in (url, url.lower(), picture_code.code_of(str(photo_id), sha256)):
        claim = picture_code.find_claim(text)
        assert claim is not None
        assert (claim.photo_id, claim.beginning) == (str(photo_id), sha256[:10])


def test_a_code_has_one_text() -> None:
    code = picture_code.code_of(str(uuid.uuid4()), b"\x00" * 32)
    raw = base64.b32decode(code + "=" * 6)
    for letter in LETTERS:
        twin = code[:-1] + letter
        if twin != code and base64.b32decode(twin + "=" * 6) == raw:
            assert picture_code.find_claim(twin) is None
    for text in ("", "A" * 41, "A" * 43, code + "=", code[:-1] + "1", "ſ" + code[1:], "A" * 5000):
        assert picture_code.find_claim(text) is None, text


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("경상남도 창원시 의창구 용지동", "경상남도 창원시 의창구 용지동"),
        ("경상남도 의령군 의령읍 서동리 12", "경상남도 의령군 의령읍"),
        ("창원시 의창구 중앙동3가 12-3 101호", "창원시 의창구 중앙동3가"),
        ("창원시 의창구", "창원시 의창구"),
        ("우리집 앞", None), ("홍길동", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_place_is_told_to_the_neighbourhood_only(place: str | None, shown: str | None) -> None:
    assert rules.public_place(place) == shown


def test_a_stranger_does_not_have_an_original_hashed_again_and_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_the_minute(monkeypatch)
    hashed: list[str] = []
    real = Store.sha256

    def count(store: Store, name: str) -> bytes:
        hashed.append(name)
        return real(store, name)

    monkeypatch.setattr(Store, "sha256", count)
    monkeypatch.setattr(public_look, "_LOOKS", public_look.Looks())
    monkeypatch.setattr(public_look, "MOST_BYTES", 2500)
    path = path_of(kept(scene, original=b"a" * 1000))
    assert [state_of(scene, path) for _ in range(20)] == ["kept"] * 20
    assert len(hashed) == 1
    assert state_of(scene, path_of(kept(scene, original=b"b" * 1000))) == "kept"
    last = path_of(kept(scene, original=b"c" * 1000))
    answer = scene.visitor().get(last)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 60
    assert state_of(scene, path) == "kept", "what is known costs nothing"
    scene.later(61)
    assert state_of(scene, last) == "kept"


def test_what_is_known_of_an_original_is_forgotten_in_minutes(scene: Scene) -> None:
    photo = kept(scene, original=b"a" * 500)
    assert state_of(scene, path_of(photo)) == "kept"
    with scene.app.app_context():
        put(file_of(scene, photo), b"a" * 499 + b"c")
    scene.later(public_look.KEPT_S + 1)
    assert state_of(scene, path_of(photo)) == "changed"


def test_nothing_is_said_of_periods_that_nobody_keeps(shared: Scene) -> None:
    """Nothing deletes photos yet."""
    assert "보존 기간" not in text_of(shared.visitor().get(nobody_s(shared)))


def test_scans_are_limited(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_the_minute(monkeypatch)
    client = scene.visitor()
    codes = [client.get("/P/x").status_code for _ in range(121)]
    assert codes[:120] == [200] * 120
    assert codes[120] == 429
