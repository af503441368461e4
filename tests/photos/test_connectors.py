"""The administrator's page of connectors, and what an officer sees of a photo's way."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from sqlalchemy import text

from app.core import db, lanes
from app.core.db import transaction
from app.core.errors import StorageUnreachable
from app.photos.gateways import storage
from app.photos.queries import photo_page as page_q
from app.photos.service import deliver, hand_over
from app.worker import AT_START
from tests.photos import helpers_office as office
from tests.photos import peers
from tests.scene import Scene, scene, shared, text_of

__all__ = ["scene", "shared"]
URL = "https://work.example.kr/photos"


def form(**changes: str) -> dict[str, str]:
    """A new connector."""
    given = {"kind": "webdav", "name": "새올", "address": URL, "account": "photos"}
    return given | {"secret": "very secret words", "ack": "wait", "days": "0"} | changes


def made_id(scene: Scene) -> str:
    """The id of the connector that was made last."""
    [(found,)] = scene.rows("SELECT id FROM photo_connectors ORDER BY created_at DESC LIMIT 1")
    return str(found)


def test_an_empty_list_says_what_to_do(shared: Scene) -> None:
    page = text_of(shared.enter("administrator").get("/photos/connectors"))
    assert "아직 연결이 없습니다" in page
    assert re.search(r"<details[^>]* open", page)


def test_a_secret_is_never_shown_nor_stored_in_the_clear(scene: Scene) -> None:
    client = scene.enter("administrator")
    answers = [client.post("/photos/connectors", data=form())]
    assert answers[0].status_code == 201
    path = f"/photos/connectors/{made_id(scene)}"
    answers += [client.get("/photos/connectors"), client.get(path)]
    changed = client.post(f"{path}/secret", data={"account": "b", "secret": "another secret"})
    assert changed.status_code == 303
    answers.append(client.get(path))
    for answer in answers:
        assert "very secret" not in text_of(answer)
        assert "another secret" not in text_of(answer)
    assert b"very secret" not in scene.disk()
    assert b"another secret" not in scene.disk()


def test_a_webhook_gets_a_secret_that_is_shown_once(scene: Scene) -> None:
    client = scene.enter("administrator")
    made = client.post("/photos/connectors", data=form(kind="webhook", secret=""))
    secret = re.search(r"whsec_[\w+/=]{44}", text_of(made))
    assert secret is not None
    assert secret[0] not in text_of(client.get(f"/photos/connectors/{made_id(scene)}"))
    assert secret[0].encode() not in scene.disk()


@pytest.mark.parametrize("secret", ["", "  ", "whsec_", "whsec_ "])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_webhook_never_loses_its_secret(scene: Scene, secret: str, language: str) -> None:
    """Else everybody could sign."""
    said = {"ko": "서명 비밀값이 있어야", "en": "needs a signing secret"}[language]
    client = scene.enter("administrator")
    headers = {"Accept-Language": language}
    client.post("/photos/connectors", data=form(kind="webhook", secret=peers.SECRET))
    before = scene.rows("SELECT secret, wrapped_key FROM photo_connectors")
    path = f"/photos/connectors/{made_id(scene)}/secret"
    refused = client.post(path, data={"account": "", "secret": secret}, headers=headers)
    assert refused.status_code == 422
    assert 'id="secret-error"' in text_of(refused)
    assert said in text_of(refused)
    assert scene.rows("SELECT secret, wrapped_key FROM photo_connectors") == before
    if secret:  # left empty, one is made
        given = form(kind="webhook", secret=secret)
        refused = client.post("/photos/connectors", data=given, headers=headers)
        assert refused.status_code == 422
        assert said in text_of(refused)
        assert scene.rows("SELECT count(*) FROM photo_connectors") == [(1,)]


def test_a_webdav_folder_may_need_no_password(scene: Scene) -> None:
    client = scene.enter("administrator")
    client.post("/photos/connectors", data=form())
    path = f"/photos/connectors/{made_id(scene)}/secret"
    assert client.post(path, data={"account": "", "secret": ""}).status_code == 303
    assert scene.rows("SELECT secret FROM photo_connectors") == [(None,)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("name", "a\u202eb"),
        ("address", ""),
        ("address", "ftp://work.example.kr"),
        ("address", "https://user:pw@work.example.kr/"),
        ("address", "https://169.254.169.254/latest/meta-data"),
        ("address", "https://work.example.kr/" + "x" * 400),
        ("secret", "x" * 201),
        ("account", "x" * 81),
    ],
)
def test_what_is_wrong_stands_beside_its_field(shared: Scene, field: str, value: str) -> None:
    client = shared.enter("administrator")
    refused = client.post("/photos/connectors", data=form(**{field: value}))
    assert refused.status_code == 422
    assert f'id="{field}-error"' in text_of(refused)
    assert shared.rows("SELECT count(*) FROM photo_connectors") == [(0,)]


def test_the_page_opens_while_the_photo_store_is_away(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last test's outcome lies there, and just now it is the delivery that is to be mended."""
    with scene.app.app_context():
        connector_id = peers.connect(scene.office, "webdav", URL)

    class Away:
        """A store on a machine that does not answer."""

        def open(self, _name: str) -> None:
            """Never."""
            raise StorageUnreachable

    client, path = scene.enter("administrator"), f"/photos/connectors/{connector_id}"
    for language, said in (("ko", "마지막 시험이 어땠는지"), ("en", "how the last test went")):
        headers = {"Accept-Language": language}
        assert said not in text_of(client.get(path, headers=headers))
        with monkeypatch.context() as patch:
            patch.setattr(storage, "store", lambda _config: Away())
            answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        assert said in text_of(answer)


def test_a_webhook_has_no_account_and_none_is_lost(scene: Scene) -> None:
    client = scene.enter("administrator")
    client.post("/photos/connectors", data=form(kind="webhook", secret=peers.SECRET))
    assert stored(scene)[2] == ""
    scene.rows("UPDATE photo_connectors SET account = 'old'")
    path = f"/photos/connectors/{made_id(scene)}"
    for page in (client.get(path), client.get(f"{path}/edit")):
        assert "계정" not in text_of(page).replace("사진과 계정", "")
    given = {"secret": peers.SECRET, "account": "new"}
    assert client.post(f"{path}/secret", data=given).status_code == 303
    assert client.post(f"{path}/edit", data=edit()).status_code == 303
    assert stored(scene)[2] == "old"


@pytest.mark.parametrize("name", ["..", "a/b", "/etc", "../x", ".hidden", "a b", "x" * 41, "a\\b"])
def test_a_folder_leads_nowhere_else(shared: Scene, name: str) -> None:
    given = form(kind="folder", address=name)
    refused = shared.enter("administrator").post("/photos/connectors", data=given)
    assert refused.status_code == 422
    assert 'id="address-error"' in text_of(refused)


@pytest.mark.parametrize("change", [{"kind": "ftp"}, {"days": "31"}, {"ack": "never"}])
def test_what_is_not_offered_is_not_taken(shared: Scene, change: dict[str, str]) -> None:
    refused = shared.enter("administrator").post("/photos/connectors", data=form(**change))
    assert refused.status_code == 422


@pytest.mark.parametrize("role", ["officer", "auditor", "canteen"])
def test_it_is_the_administrators_page(shared: Scene, role: str) -> None:
    client = shared.enter(role)
    assert client.get("/photos/connectors").status_code == 403
    assert client.post("/photos/connectors", data=form()).status_code == 403


def test_the_last_days_are_those_of_arrival(scene: Scene) -> None:
    """A phone that was offline for ten days has just sent; a phone's clock may be wrong, too."""
    with scene.app.app_context():
        office.put(scene.phone, 1, captured_at=int(time.time()) - 10 * 86_400)
        old = peers.ready_photo(scene.office)
        with transaction():
            change = "UPDATE photos SET captured_at = :now, arrived_at = :now - 30 * 86400"
            db.run(text(change + " WHERE id = :id"), {"now": int(time.time()), "id": old})
    made = scene.enter("administrator").post("/photos/connectors", data=form(days="7"))
    assert "지난 사진 1장도 넘깁니다" in text_of(made)


def test_photos_of_the_last_days_are_handed_over_too(scene: Scene) -> None:
    with scene.app.app_context():
        for number, age in enumerate((0, 3, 40)):
            photo_id = peers.ready_photo(scene.office, number)
            with transaction():
                change = "UPDATE photos SET arrived_at = arrived_at - :age WHERE id = :id"
                db.run(text(change), {"age": age * 86_400, "id": photo_id})
    client = scene.enter("administrator")
    made = client.post("/photos/connectors", data=form(days="7"))
    assert "지난 사진 2장도 넘깁니다" in text_of(made)
    path = f"/photos/connectors/{made_id(scene)}"
    assert client.post(f"{path}/switch").status_code == 303
    assert "꺼져 있습니다" in text_of(client.get(path))
    with scene.app.app_context():
        peers.ready_photo(scene.office, 3)
    assert scene.rows("SELECT count(*) FROM photo_deliveries") == [(2,)]
    assert client.post(f"{path}/switch", data={"on": "1", "days": "30"}).status_code == 303
    assert scene.rows("SELECT count(*) FROM photo_deliveries") == [(3,)]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://10.1.2.3/in", True),
        ("http://work.example.kr/in", True),
        ("https://work.example.kr/in", False),
        ("http://127.0.0.1:8080/in", False),
        ("http://localhost/in", False),
        ("http://[::1]/in", False),
        ("folder:X0/out?ack=wait", False),
    ],
)
def test_what_goes_out_in_clear_is_told(
    scene: Scene, caplog: pytest.LogCaptureFixture, url: str, told: bool
) -> None:
    kind = "folder" if url.startswith("folder:") else "webdav"
    with scene.app.app_context():
        connector_id = peers.connect(scene.office, kind, url)
    client = scene.enter("administrator")
    assert ("암호화 안 됨" in text_of(client.get("/photos/connectors"))) is told
    page = text_of(client.get(f"/photos/connectors/{connector_id}"))
    assert ("암호화되지 않은 채" in page) is told
    caplog.clear()
    [once] = [lane for lane in AT_START if lane.name == "warn-of-clear"]
    assert lanes.step(scene.app, once) == int(told)
    assert caplog.messages == ["connector sends in clear: http"] * told
    client.post(f"/photos/connectors/{connector_id}/switch")
    assert lanes.step(scene.app, once) == 0


def test_what_is_switched_off_is_not_sent(scene: Scene) -> None:
    with peers.listening() as hook, scene.app.app_context():
        connector_id = peers.connect(scene.office, "webhook", hook.url, peers.SECRET)
        peers.ready_photo(scene.office)
        client = scene.enter("administrator")
        client.post(f"/photos/connectors/{connector_id}/switch")
        assert peers.send(scene.app) == 0
        client.post(f"/photos/connectors/{connector_id}/switch", data={"on": "1"})
        assert peers.send(scene.app) == 1


def test_a_test_says_how_it_went(scene: Scene) -> None:
    client = scene.enter("administrator")
    client.post("/photos/connectors", data=form(kind="folder", address="out"))
    path = f"/photos/connectors/{made_id(scene)}"
    folder = scene.folder / "handover" / scene.office.code / "out"
    assert client.post(f"{path}/test").status_code == 303
    client.post(f"{path}/test")
    assert "시험하고 있습니다" in text_of(client.get(path))
    peers.send(scene.app)
    page = text_of(client.get(path))
    assert "되지 않았습니다" in page
    assert "받는 폴더가 없습니다" in page
    folder.mkdir(parents=True)
    client.post(f"{path}/test")
    peers.send(scene.app)
    assert "잘 됩니다" in text_of(client.get(path))
    assert list(folder.iterdir()) == []


def test_a_webhook_is_tested_with_its_signature(scene: Scene) -> None:
    with peers.listening() as hook, scene.app.app_context():
        connector_id = peers.connect(scene.office, "webhook", hook.url, peers.SECRET)
        client = scene.enter("administrator")
        client.post(f"/photos/connectors/{connector_id}/test")
        peers.send(scene.app)
        assert "잘 됩니다" in text_of(client.get(f"/photos/connectors/{connector_id}"))
        assert hook.unsigned == 0
        assert len(hook.requests) == 1


def dead(scene: Scene, count: int) -> str:
    """A connector that has given up so many photos; its id."""
    with scene.app.app_context():
        given = peers.dead_delivery(scene.office, "webdav")
        for number in range(1, count):
            peers.ready_photo(scene.office, number, size=10)
        with transaction():
            db.run(text("UPDATE photo_deliveries SET state = 'dead', error = 'status:503'"))
    return given.connector_id


def test_given_up_photos_are_listed_page_by_page(scene: Scene) -> None:
    connector_id = dead(scene, 32)
    client = scene.enter("administrator")
    path = f"/photos/connectors/{connector_id}"
    with scene.counted() as statements:
        first = text_of(client.get(path))
    assert len(statements) < 16, "\n".join(statements)
    second = text_of(client.get(f"{path}?page=2"))
    sites = [re.findall(r"<b>(중앙로 \d+)</b>", page) for page in (first, second)]
    assert [len(found) for found in sites] == [30, 2]
    assert len({*sites[0], *sites[1]}) == 32
    assert "받는 쪽이 오류로 답했습니다" in first
    assert "503" in first
    assert client.get(f"{path}?page=-1").status_code == 200


def test_one_is_sent_again_or_all(scene: Scene) -> None:
    connector_id = dead(scene, 3)
    client = scene.enter("administrator")
    [(one, key), *_] = scene.rows("SELECT id, key FROM photo_deliveries")
    assert client.post(f"/photos/deliveries/{one}/resend").status_code == 303
    found = "SELECT key, state, tries, error FROM photo_deliveries WHERE id = ?"
    assert scene.rows(found, one) == [(key, "waiting", 0, None)]
    client.post(f"/photos/connectors/{connector_id}/resend")
    assert scene.rows("SELECT DISTINCT state FROM photo_deliveries") == [("waiting",)]
    assert "보내지 못한 사진이 없습니다" in text_of(
        client.get(f"/photos/connectors/{connector_id}")
    )


def test_what_is_done_is_not_sent_again(scene: Scene) -> None:
    dead(scene, 1)
    [(one,)] = scene.rows("SELECT id FROM photo_deliveries")
    scene.rows("UPDATE photo_deliveries SET state = 'done'")
    scene.enter("administrator").post(f"/photos/deliveries/{one}/resend")
    assert scene.rows("SELECT state FROM photo_deliveries") == [("done",)]


def test_an_officer_sees_where_each_photo_is(scene: Scene) -> None:
    with scene.app.app_context():
        for kind in ("webdav", "webhook"):
            peers.connect(scene.office, kind, URL)
        first, second = (peers.ready_photo(scene.office, number) for number in (1, 2))
        with transaction():
            db.run(text("UPDATE photo_deliveries SET state = 'dead', error = 'timeout'"))
        organisation_id = scene.office.organisation_id
        found = page_q.list_deliveries(organisation_id, first)
        assert [one.name for one in found] == ["webdav", "webhook"]
        found = page_q.list_deliveries(organisation_id, second)
        assert {(one.state, one.error) for one in found} == {("dead", "timeout")}


def test_a_photo_gets_one_delivery_however_often_it_is_asked_for(scene: Scene) -> None:
    with scene.app.app_context():
        peers.connect(scene.office, "webdav", URL)
        other: Any = scene.other_office()
        peers.connect(other, "webdav", URL)
        photo_id = peers.ready_photo(scene.office)
        for _ in range(2):
            with transaction():
                hand_over.add_for_photo(scene.office.organisation_id, photo_id)
        assert db.value(text("SELECT count(*) FROM photo_deliveries")) == 1


def edit(**changes: str) -> dict[str, str]:
    """A correction."""
    return {"name": "새올", "address": URL, "account": "photos", "secret": ""} | changes


def stored(scene: Scene) -> tuple[str, str, str, bool, bytes | None]:
    """The one connector: name, address, account, whether it is on, sealed secret."""
    [found] = scene.rows("SELECT name, url, account, enabled, secret FROM photo_connectors")
    return found


def test_a_connector_is_corrected_and_keeps_its_secret(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    client = scene.enter("administrator")
    client.post("/photos/connectors", data=form())
    before, path = stored(scene), f"/photos/connectors/{made_id(scene)}"
    page = text_of(client.get(f"{path}/edit"))
    assert URL in page
    assert "very secret" not in page
    given = edit(name="새올 2", address=f"{URL}/new", account="b")
    assert client.post(f"{path}/edit", data=given).status_code == 303
    assert stored(scene) == ("새올 2", f"{URL}/new", "b", 1, before[4])
    assert "connector led elsewhere" in caplog.messages
    client.post(f"{path}/edit", data=given | {"secret": "another secret"})
    assert stored(scene)[4] != before[4]
    assert caplog.messages.count("connector changed") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("address", "ftp://x"), ("account", "x" * 81), ("secret", "x" * 201)],
)
def test_a_wrong_correction_changes_nothing(scene: Scene, field: str, value: str) -> None:
    client = scene.enter("administrator")
    client.post("/photos/connectors", data=form())
    before, path = stored(scene), f"/photos/connectors/{made_id(scene)}/edit"
    refused = client.post(path, data=edit(**{field: value}))
    assert refused.status_code == 422
    assert f'id="{field}-error"' in text_of(refused)
    assert stored(scene) == before


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ("https://a.example.kr/x", "https://a.example.kr/y", False),
        ("http://a.example.kr/x", "https://a.example.kr/x", False),
        ("https://a.example.kr/x", "https://b.example.kr/x", True),
        ("https://a.example.kr/x", "https://a.example.kr:8443/x", True),
        ("https://a.example.kr/x", "http://a.example.kr/x", True),
    ],
)
def test_a_stored_password_goes_to_no_other_server(
    scene: Scene, old: str, new: str, asked: bool
) -> None:
    """Else whoever is administrator could read it there, or on the way."""
    client = scene.enter("administrator")
    client.post("/photos/connectors", data=form(address=old))
    path = f"/photos/connectors/{made_id(scene)}/edit"
    answer = client.post(path, data=edit(address=new))
    assert answer.status_code == (422 if asked else 303)
    assert ('id="secret-error"' in text_of(answer)) is asked
    assert stored(scene)[1] == (old if asked else new)
    assert client.post(path, data=edit(address=new, secret="b")).status_code == 303
    assert stored(scene)[1] == new


def test_what_waits_goes_to_the_new_address_at_once(scene: Scene) -> None:
    with peers.listening() as hook, scene.app.app_context():
        connector_id = peers.connect(scene.office, "webhook", URL, peers.SECRET)
        done = peers.ready_photo(scene.office, 1)
        with transaction():
            db.run(text("UPDATE photo_deliveries SET state = 'done'"))
        peers.ready_photo(scene.office, 2)
        with transaction():
            later = "UPDATE photo_deliveries SET next_at = next_at + 3600, perhaps_there = 1, "
            db.run(text(later + "leased_until = next_at + 99, tries = 7 WHERE state = 'waiting'"))
        client = scene.enter("administrator")
        path = f"/photos/connectors/{connector_id}/edit"
        client.post(path, data=edit(name="훅", address=hook.url))
        found = "SELECT tries, perhaps_there, leased_until FROM photo_deliveries WHERE "
        assert scene.rows(found + "photo_id != ?", done) == [(0, 0, 0)]
        assert peers.send(scene.app) == 1
        assert len(hook.requests) == 1
        assert hook.unsigned == 0


def test_what_was_laid_into_the_wrong_folder_goes_into_the_right_one(scene: Scene) -> None:
    client = scene.enter("administrator")
    client.post("/photos/connectors", data=form(kind="folder", address="wrong"))
    path = f"/photos/connectors/{made_id(scene)}/edit"
    folders = scene.folder / "handover" / scene.office.code
    (folders / "wrong").mkdir(parents=True)
    (folders / "right").mkdir()
    with scene.app.app_context():
        peers.ready_photo(scene.office)
        peers.send(scene.app)
        assert peers.states() == {"sent": 1}
        assert 'value="wrong"' in text_of(client.get(path))
        client.post(path, data=edit(address="right", ack="read"))
        assert peers.send(scene.app) == 1
    assert len(list((folders / "right").glob("*.json"))) == 1


def test_the_next_try_is_told(scene: Scene) -> None:
    with scene.app.app_context():
        connector_id = peers.connect(scene.office, "webdav", URL)
        peers.ready_photo(scene.office)
    client, path = scene.enter("administrator"), f"/photos/connectors/{connector_id}"
    assert "다음 시도" not in text_of(client.get(path))
    change = "UPDATE photo_deliveries SET error = 'timeout', next_at = "
    scene.rows(change + "32503680000")  # 09:00 of a day far away
    assert re.search(r"다음 시도</dt><dd><time>09:00", text_of(client.get(path)))
    scene.rows(change + "1")
    assert "다음 시도</dt><dd>곧" in text_of(client.get(path))
    client.post(f"{path}/switch")
    assert "다음 시도" not in text_of(client.get(path))


def test_a_connector_goes_and_what_it_did_stays(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with scene.app.app_context():
        connector_id = peers.connect(scene.office, "webdav", URL, "a secret")
        photo_id = peers.ready_photo(scene.office)
    client, path = scene.enter("administrator"), f"/photos/connectors/{connector_id}"
    sure = {"sure": "1"}
    assert client.post(f"{path}/remove", data=sure).status_code == 409  # it is on
    client.post(f"{path}/switch")
    assert client.post(f"{path}/remove", data=sure).status_code == 409  # one waits
    assert "1장이 아직 기다리고" in text_of(client.get(path))
    scene.rows("UPDATE photo_deliveries SET state = 'done', done_at = 1")
    unsure = client.post(f"{path}/remove")
    assert unsure.status_code == 422
    assert 'id="sure-error"' in text_of(unsure)
    assert stored(scene)[4] is not None
    assert client.post(f"{path}/remove", data=sure).status_code == 303
    assert stored(scene)[4] is None
    assert "connector removed" in caplog.messages
    assert "아직 연결이 없습니다" in text_of(client.get("/photos/connectors"))
    handed = text_of(scene.enter("officer").get(f"/photos/{photo_id}"))
    assert re.search(r"<b>webdav</b><span[^>]*>업무시스템이 받음", handed)


def test_what_waits_for_a_server_that_is_gone_can_be_dropped(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with scene.app.app_context():
        connector_id = peers.connect(scene.office, "webdav", URL, "a secret")
        other = peers.connect(scene.office, "webdav", f"{URL}/2")
        photo_id = peers.ready_photo(scene.office, 1)
        peers.ready_photo(scene.office, 2)
    client, path = scene.enter("administrator"), f"/photos/connectors/{connector_id}"
    scene.rows(
        "UPDATE photo_deliveries SET leased_until = 32503680000, state = 'sent' "
        "WHERE photo_id = ? AND connector_id = ?", photo_id, connector_id,
    )  # fmt: skip
    sure = {"given_up": "1"}
    assert "기다리는 사진 버리기" not in text_of(client.get(path))
    assert client.post(f"{path}/give-up", data=sure).status_code == 409, "it is on"
    client.post(f"{path}/switch")
    page = text_of(client.get(path))
    assert "기다리는 사진 2장을" in page
    unsure = client.post(f"{path}/give-up")
    assert unsure.status_code == 422
    assert 'id="given_up-error"' in text_of(unsure)
    found = "SELECT state, error, leased_until, perhaps_there FROM photo_deliveries WHERE "
    found += "connector_id = ? ORDER BY perhaps_there"
    assert {row[0] for row in scene.rows(found, connector_id)} == {"waiting", "sent"}
    assert client.post(f"{path}/give-up", data=sure).status_code == 303
    dropped = [("dead", "given-up", 0, there) for there in (0, 1)]
    assert scene.rows(found, connector_id) == dropped
    assert {row[0] for row in scene.rows(found, other)} == {"waiting"}
    [told] = [one for one in caplog.records if one.message.endswith("photos given up")]
    facts = {"connector": connector_id, "by": scene.office.people["administrator"], "photos": 2}
    assert told.__dict__["facts"] == facts
    page = text_of(client.get(path))
    assert "관리자가 보내기를 그만두었습니다" in page
    assert "기다리는 사진 버리기" not in page
    client.post(f"{path}/resend")
    again = [("waiting", None, 0, there) for there in (0, 1)]
    assert scene.rows(found, connector_id) == again, "under its old key, and 409 may be believed"
    client.post(f"{path}/give-up", data=sure)
    assert client.post(f"{path}/remove", data={"sure": "1"}).status_code == 303
    assert "보내지 못함" in text_of(scene.enter("officer").get(f"/photos/{photo_id}"))


def test_a_try_under_way_does_not_undo_the_dropping(scene: Scene) -> None:
    with scene.app.app_context():
        connector_id = peers.connect(scene.office, "webdav", URL)
        peers.ready_photo(scene.office)
        held = deliver.claim(set())
        assert held is not None
        client = scene.enter("administrator")
        client.post(f"/photos/connectors/{connector_id}/switch")
        client.post(f"/photos/connectors/{connector_id}/give-up", data={"given_up": "1"})
        with pytest.raises(deliver.LeaseLostError):
            deliver._keep(held, {"state": "done"})
        assert peers.states() == {"dead": 1}
        assert peers.send(scene.app) == 0


def test_a_connector_that_went_does_nothing_more(scene: Scene) -> None:
    connector_id = dead(scene, 1)
    [(delivery_id,)] = scene.rows("SELECT id FROM photo_deliveries")
    client, path = scene.enter("administrator"), f"/photos/connectors/{connector_id}"
    client.post(f"{path}/switch")
    assert "보내지 못한 사진 1장은" in text_of(client.get(path))
    assert client.post(f"{path}/remove", data={"sure": "1"}).status_code == 303
    assert client.get(path).status_code == 404
    assert client.get(f"{path}/edit").status_code == 404
    for act in ("edit", "test", "switch", "secret", "resend", "give-up", "remove"):
        given = edit() | {"on": "1", "sure": "1", "given_up": "1"}
        assert client.post(f"{path}/{act}", data=given).status_code == 404, act
    assert client.post(f"/photos/deliveries/{delivery_id}/resend").status_code == 404
    assert scene.rows("SELECT state FROM photo_deliveries") == [("dead",)]
