"""Hand-over by webhook, against a work system on loopback that misbehaves in every way it can."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update

from app.core import clock, db
from app.core.db import transaction
from app.core.reach import Allowed, may_reach
from app.photos.gateways import careful
from app.photos.gateways.webhook import Webhook
from app.photos.models import Connector
from app.photos.rules import webhook as rules
from app.photos.rules.delivery import Failure, Unreachable, pause
from app.photos.rules.target import BadAddress, web_address
from app.photos.service import connectors, deliver, hand_over
from tests.photos import peers
from tests.photos.peers import SECRET, Hook
from tests.scene import Scene, scene

__all__ = ["scene"]
HERE = Allowed(private=True, loopback=True)
NOT_HERE = Allowed(private=True, loopback=False)


@pytest.fixture
def hook(scene: Scene) -> Iterator[Hook]:
    """The office's work system, with a connector to it."""
    with peers.listening() as server:
        with scene.app.app_context():
            peers.connect(scene.office, "webhook", server.url, SECRET)
        yield server


def photo(scene: Scene, number: int = 0) -> None:
    """A photo with its delivery."""
    with scene.app.app_context():
        peers.ready_photo(scene.office, number)


def state_of(scene: Scene) -> dict[str, Any]:
    """The one delivery."""
    with scene.app.app_context():
        return peers.row()


def all_arrived(scene: Scene, hook: Hook) -> None:
    """Every file was taken once, equal, under a good signature."""
    with scene.app.app_context():
        assert set(peers.states()) == {"done"}
        assert hook.hashes == peers.wanted(scene.office)
    assert set(hook.keys.values()) == {1}
    assert hook.unsigned == 0


def rounds(scene: Scene, count: int, hours: int = 2) -> int:
    """Rounds of the worker, hours apart; how many were acknowledged."""
    done = 0
    for turn in range(1, count + 1):
        scene.later(turn * hours * 3600)
        done += peers.send(scene.app)
    return done


def test_a_photo_arrives_signed_and_with_its_data(scene: Scene, hook: Hook) -> None:
    photo(scene)
    assert peers.send(scene.app) == 1
    all_arrived(scene, hook)
    [headers], key = hook.requests, state_of(scene)["key"]
    assert headers["webhook-id"] == headers["Idempotency-Key"] == key
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert hook.manifests[0]["key"] == key
    assert hook.manifests[0]["record"]["site"] == "중앙로 0"
    assert peers.send(scene.app) == 0


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks specification."""
    secret = rules.secret_bytes("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = rules.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        ("before", "broke-off"),
        ("half", "broke-off"),
        ("after", "broke-off"),
        ("silent", "no-ack"),
        ("strange", "no-ack"),
        ("500", "status:500"),
        ("503", "status:503"),
        ("429", "status:429"),
    ],
)
def test_what_goes_wrong_once_is_sent_again_and_taken_once(
    scene: Scene, hook: Hook, mood: str, told: str
) -> None:
    photo(scene)
    hook.moods = [mood]
    assert peers.send(scene.app) == 0
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", told)
    assert peers.send(scene.app) == 0  # not before its time
    assert rounds(scene, 1) == 1
    all_arrived(scene, hook)


@pytest.mark.parametrize("says_409", [True, False])
def test_a_lost_acknowledgement_is_given_again(scene: Scene, hook: Hook, says_409: bool) -> None:
    hook.says_409 = says_409
    hook.moods = ["after", "after"]
    photo(scene)
    assert rounds(scene, 4) == 1
    assert hook.again == 2
    all_arrived(scene, hook)


def test_a_slow_answer_is_not_waited_for_too_long(
    scene: Scene, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(careful, "STEP_S", 0.2)
    hook.moods = ["slow"]
    photo(scene)
    assert peers.send(scene.app) == 0
    assert state_of(scene)["error"] == "timeout"
    assert rounds(scene, 1) == 1
    all_arrived(scene, hook)


def test_who_does_not_want_it_is_asked_five_times(scene: Scene, hook: Hook) -> None:
    photo(scene)
    hook.moods = ["400"] * 10
    assert rounds(scene, 9) == 0
    given_up = state_of(scene)
    assert (given_up["state"], given_up["tries"], given_up["error"]) == ("dead", 5, "status:400")
    hook.moods = []
    with scene.app.app_context(), transaction():
        hand_over.resend(scene.office.organisation_id, given_up["id"])
    assert peers.send(scene.app) == 1
    all_arrived(scene, hook)


@pytest.mark.parametrize("mood", ["400", "half", "silent"])
def test_one_that_fails_does_not_hold_up_the_others(scene: Scene, hook: Hook, mood: str) -> None:
    for number in range(3):
        photo(scene, number)
    hook.moods = [mood]
    assert peers.send(scene.app) == 2


def test_thirty_tries_then_rest(scene: Scene, hook: Hook) -> None:
    photo(scene)
    with scene.app.app_context(), transaction():
        db.run(text("UPDATE photo_deliveries SET tries = 27"))
    hook.moods = ["silent", "503", *["half"] * 6]
    rounds(scene, 6)
    assert (state_of(scene)["state"], state_of(scene)["tries"]) == ("dead", 30)
    assert len(hook.moods) == 4


@pytest.mark.parametrize(("mood", "told"), [("moved", "redirect"), ("200 endless", "long-answer")])
def test_a_page_of_somebody_else_gives_no_photo_up(
    scene: Scene, hook: Hook, mood: str, told: str
) -> None:
    """Looked at every few seconds, as the worker does, and then for hours."""
    for number in range(3):
        photo(scene, number)
    hook.moods = [mood] * 1000
    peers.look_every(scene, range(0, 1100, 5))
    assert len(hook.moods) == 998  # at once, and ten minutes later: one photo for all
    peers.look_every(scene, range(1200, 9 * 3600, 600))
    assert scene.rows("SELECT DISTINCT state, tries FROM photo_deliveries") == [("waiting", 0)]
    assert (told,) in scene.rows("SELECT error FROM photo_deliveries")
    hook.moods = []
    scene.later(11 * 3600)
    assert peers.send(scene.app) == 3
    all_arrived(scene, hook)


@pytest.mark.parametrize(("mood", "told"), [("503", "status:503"), ("401", "status:401")])
def test_a_system_that_is_down_for_long_gives_no_photo_up(
    scene: Scene, hook: Hook, mood: str, told: str
) -> None:
    for number in range(2):
        photo(scene, number)
    hook.moods = [mood] * 40
    rounds(scene, 40)
    assert hook.moods == []
    with scene.app.app_context():
        assert set(peers.states()) == {"waiting"}
        errors = db.values(text("SELECT error FROM photo_deliveries"))
        assert told in errors
        pauses = db.values(text("SELECT next_at FROM photo_deliveries"))
        assert max(pauses) - clock.now() <= 3601
    scene.later(90 * 3600)
    assert peers.send(scene.app) == 2
    all_arrived(scene, hook)


def test_a_photo_that_the_other_side_breaks_at_lets_the_others_by(
    scene: Scene, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        photo(scene, number)
    [(worst,)] = scene.rows("SELECT key FROM photo_deliveries ORDER BY next_at, id LIMIT 1")
    real = Webhook.publish

    def breaks(self: Webhook, parcel: Any) -> str:
        if parcel.key == worst:
            raise Unreachable("status:500")
        return real(self, parcel)

    monkeypatch.setattr(Webhook, "publish", breaks)
    assert rounds(scene, 2) == 3


def test_a_photo_that_the_other_side_always_breaks_at_is_given_up(
    scene: Scene, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others have got through since it failed first: after a while it counts, and holds up none."""
    photo(scene)
    [(worst, worst_id)] = scene.rows("SELECT key, id FROM photo_deliveries")
    real = Webhook.publish

    def breaks(self: Webhook, parcel: Any) -> str:
        if parcel.key == worst:
            raise Unreachable("status:500")
        return real(self, parcel)

    monkeypatch.setattr(Webhook, "publish", breaks)
    assert peers.send(scene.app) == 0
    rounds(scene, 40)
    [(tries,)] = scene.rows("SELECT tries FROM photo_deliveries")
    assert tries == 0  # it may still be the connector
    photo(scene, 1)
    scene.later(90 * 3600)
    assert peers.send(scene.app) == 1
    photo(scene, 2)
    scene.rows("UPDATE photo_deliveries SET next_at = 1 WHERE id = ?", worst_id)
    assert peers.send(scene.app) == 1  # although the worst was tried before
    for turn in range(40):
        scene.later((92 + 2 * turn) * 3600)
        peers.send(scene.app)
    query = "SELECT state, tries, error FROM photo_deliveries WHERE id = ?"
    assert scene.rows(query, worst_id) == [("dead", 30, "status:500")]
    with scene.app.app_context():
        assert peers.states() == {"done": 2, "dead": 1}


def test_an_outage_gives_no_photo_up_though_others_went_before(scene: Scene, hook: Hook) -> None:
    """What got through before an outage says nothing of it."""
    photo(scene)
    assert peers.send(scene.app) == 1
    photo(scene, 1)
    hook.moods = ["503"] * 70
    rounds(scene, 70)
    assert hook.moods == []
    with scene.app.app_context():
        assert peers.states() == {"done": 1, "waiting": 1}


def test_a_long_queue_lets_other_connectors_by(scene: Scene, hook: Hook) -> None:
    for number in range(4):
        photo(scene, number)
    scene.rows("UPDATE photo_deliveries SET next_at = 1")
    with peers.listening() as other:
        with scene.app.app_context():
            peers.connect(scene.office, "webhook", other.url, SECRET)
        photo(scene, 4)  # for both
        assert peers.send(scene.app, most=2) == 2
        assert (len(hook.requests), len(other.requests)) == (1, 1)
        assert peers.send(scene.app) == 4


def sent_anew(scene: Scene) -> None:
    """The administrator sends what was given up again."""
    with scene.app.app_context(), transaction():
        hand_over.resend(scene.office.organisation_id, state_of(scene)["id"])


def test_there_already_is_not_believed_of_what_never_arrived(scene: Scene, hook: Hook) -> None:
    """However often it is said, and when it is sent again too."""
    photo(scene)
    hook.moods = ["409"] * 20
    assert peers.send(scene.app) == 0
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", "status:409")
    assert rounds(scene, 1) == 0
    assert state_of(scene)["state"] == "waiting"
    assert rounds(scene, 5) == 0
    given_up = state_of(scene)
    assert (given_up["state"], given_up["tries"], given_up["error"]) == ("dead", 5, "status:409")
    sent_anew(scene)
    assert rounds(scene, 6, 12) == 0
    assert state_of(scene)["state"] == "dead"
    assert hook.keys == {}


@pytest.mark.parametrize("mood", ["400", "401", "404", "429", "moved"])
def test_there_already_is_not_believed_after_a_refusal(scene: Scene, hook: Hook, mood: str) -> None:
    photo(scene)
    hook.moods = [mood, "409", "409"]
    peers.send(scene.app)
    assert rounds(scene, 2) == 0
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", "status:409")


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("url", "http://127.0.0.1:1/take", "unreachable"),
        ("url", "http://no-such-host.invalid/take", "name"),
        ("url", "http://169.254.169.254/take", "address-closed"),
        ("secret", bytes(60), "secret"),
    ],
)
def test_there_already_is_not_believed_when_nothing_was_sent(
    scene: Scene, hook: Hook, column: str, value: Any, told: str
) -> None:
    photo(scene)
    [(right,)] = scene.rows(f"SELECT {column} FROM photo_connectors")  # noqa: S608
    scene.rows(f"UPDATE photo_connectors SET {column} = ?", value)  # noqa: S608
    assert peers.send(scene.app) == 0
    assert state_of(scene)["error"] == told
    scene.rows(f"UPDATE photo_connectors SET {column} = ?", right)  # noqa: S608
    hook.moods = ["409"]
    assert rounds(scene, 1) == 0
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", "status:409")


@pytest.mark.parametrize("mood", ["500", "before", "half", "after", "silent", "strange", "endless"])
def test_there_already_is_believed_for_good_after_a_try_that_may_have_arrived(
    scene: Scene, hook: Hook, mood: str
) -> None:
    photo(scene)
    hook.moods = [mood, "400", "401", "409"]
    assert peers.send(scene.app) == 0
    assert rounds(scene, 3) == 1
    assert state_of(scene)["state"] == "done"


def test_there_already_is_believed_after_a_time_out(
    scene: Scene, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(careful, "STEP_S", 0.2)
    photo(scene)
    hook.moods = ["slow", "409"]
    assert peers.send(scene.app) == 0
    assert state_of(scene)["error"] == "timeout"
    assert rounds(scene, 1) == 1


def test_there_already_is_believed_after_a_kill(scene: Scene, hook: Hook) -> None:
    """While the answer was waited for, which the other side then gave to nobody."""
    photo(scene)
    hook.slow_s = 30.0
    hook.moods = ["slow"]
    process = peers.courier(scene.folder)
    until = time.monotonic() + 20
    while not hook.requests and time.monotonic() < until:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert len(hook.requests) == 1
    hook.moods = ["409"]
    assert rounds(scene, 1) == 1
    assert state_of(scene)["state"] == "done"


def test_there_already_is_believed_when_the_acknowledgement_could_not_be_kept(
    scene: Scene, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo(scene)
    real = deliver._keep

    def locked(held: Any, change: Any, *more: Any) -> None:
        if change.get("state") == "done":
            raise OSError("the database is locked")
        real(held, change, *more)

    monkeypatch.setattr(deliver, "_keep", locked)
    assert peers.send(scene.app) == 0
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", "fault")
    monkeypatch.setattr(deliver, "_keep", real)
    assert rounds(scene, 1) == 1
    assert hook.again == 1
    all_arrived(scene, hook)


def test_a_refusal_with_an_endless_or_broken_body_is_a_refusal(scene: Scene, hook: Hook) -> None:
    photo(scene)
    hook.moods = ["409 endless", "409 broken", "409"]
    peers.send(scene.app)
    assert state_of(scene)["error"] == "status:409"
    assert rounds(scene, 2) == 0
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", "status:409")


def test_there_already_is_believed_after_an_outage_and_when_sent_again(
    scene: Scene, hook: Hook
) -> None:
    photo(scene)
    hook.moods = ["503", "409"]
    assert peers.send(scene.app) == 0
    assert rounds(scene, 1) == 1
    scene.rows("UPDATE photo_deliveries SET state = 'dead', tries = 5, blocked = 0")
    sent_anew(scene)
    hook.moods = ["409"]
    assert rounds(scene, 2) == 1


def test_a_secret_that_cannot_be_opened_gives_no_photo_up(scene: Scene, hook: Hook) -> None:
    photo(scene)
    [(secret,)] = scene.rows("SELECT secret FROM photo_connectors")
    scene.rows("UPDATE photo_connectors SET secret = ?", bytes(len(secret)))
    rounds(scene, 3)
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", "secret")


@pytest.mark.parametrize("secret", ["", "whsec_", " "])
def test_nothing_is_signed_with_an_empty_key(scene: Scene, hook: Hook, secret: str) -> None:
    """A connector whose secret an older version let be blanked waits until it has one."""
    photo(scene)
    with scene.app.app_context(), transaction():
        sealed = connectors._sealed(db.value(text("SELECT id FROM photo_connectors")), secret)
        db.run(update(Connector).values(sealed))
    rounds(scene, 3)
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", "no-secret")
    assert hook.requests == []
    with pytest.raises(rules.NoSecret):
        Webhook(hook.url, b"", HERE, clock.now)


def test_a_server_that_is_down_costs_one_try_a_round(scene: Scene, hook: Hook) -> None:
    for number in range(4):
        photo(scene, number)
    hook.moods = ["503"]
    for _ in range(3):  # and is not asked again before its time, for any photo
        assert peers.send(scene.app) == 0
    assert hook.moods == []
    assert hook.requests == []
    with scene.app.app_context():
        [tries] = db.rows(text("SELECT max(tries), sum(blocked) FROM photo_deliveries"))
        assert tries == (0, 1)
    assert rounds(scene, 1) == 4
    all_arrived(scene, hook)


def test_the_other_side_may_ask_for_time(scene: Scene) -> None:
    with pytest.raises(Failure) as caught:
        rules.check_answer(503, b"", "key", "900")
    assert caught.value.wait == 900
    with pytest.raises(Failure) as caught:
        rules.check_answer(503, b"", "key", "Wed, 21 Oct 2026 07:28:00 GMT")
    assert caught.value.wait == 0


def test_an_endless_answer_is_cut(scene: Scene, hook: Hook) -> None:
    hook.moods = ["endless"]
    photo(scene)
    assert peers.send(scene.app) == 0
    assert state_of(scene)["error"] == "long-answer"
    assert rounds(scene, 2) == 1
    all_arrived(scene, hook)


def test_a_kill_in_the_middle_hands_over_once(scene: Scene, hook: Hook) -> None:
    for number in range(16):
        photo(scene, number)
    hook.slow_s = 0.1
    hook.moods = ["slow", "after", "slow"] * 3
    peers.kill_in_the_middle(scene.folder)
    hook.moods = []
    rounds(scene, 3)
    all_arrived(scene, hook)


def test_a_worker_that_lost_its_lease_writes_nothing(
    scene: Scene, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was so slow that another one has taken over: what that one wrote stands."""
    photo(scene)
    real, turns = Webhook.publish, iter((True,))

    def slow(self: Webhook, parcel: Any) -> str:
        state = real(self, parcel)
        if next(turns, False):
            scene.later(1_000)
            with scene.app.app_context(), monkeypatch.context() as other:
                other.setattr(deliver, "_IN_HAND", set())  # it is another process
                assert deliver.deliver_due() == 1
            raise Unreachable("timeout")
        return state

    monkeypatch.setattr(Webhook, "publish", slow)
    assert peers.send(scene.app) == 0
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("done", None)
    all_arrived(scene, hook)


def test_a_slow_connector_holds_up_one_lane_only(
    scene: Scene, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_begun, go_on = threading.Event(), threading.Event()
    with peers.listening() as other:
        with scene.app.app_context():
            peers.connect(scene.office, "webhook", other.url, peers.SECRET)
        for number in range(3):
            photo(scene, number)
        real = Webhook.publish

        def publish(self: Webhook, parcel: Any) -> str:
            if threading.current_thread() is lane:
                slow_begun.set()
                assert go_on.wait(30)
            return real(self, parcel)

        monkeypatch.setattr(Webhook, "publish", publish)
        lane = threading.Thread(target=peers.send, args=(scene.app,))
        lane.start()
        assert slow_begun.wait(30)
        assert peers.send(scene.app) == 3  # all of the other one, and none of the slow one
        go_on.set()
        lane.join()
        with scene.app.app_context():
            assert peers.states() == {"done": 6}
        assert set() == deliver._IN_HAND


def test_two_workers_do_not_take_the_same(scene: Scene, hook: Hook) -> None:
    photo(scene)
    with scene.app.app_context():
        first, second = deliver.claim(set()), deliver.claim(set())
    assert first is not None
    assert second is None
    scene.later(1_000)
    with scene.app.app_context():
        assert deliver.claim(set()) is not None


@pytest.mark.parametrize(
    ("host", "private", "loopback", "may"),
    [
        ("10.1.2.3", True, False, True),
        ("172.31.0.1", True, False, True),
        ("192.168.0.9", True, False, True),
        ("fd12::1", True, False, True),
        ("10.1.2.3", False, True, False),
        ("fd12::1", False, False, False),
        ("203.248.252.2", False, False, True),
        ("2001:2b8::1", False, False, True),
        ("127.0.0.1", True, False, False),
        ("127.9.9.9", True, True, True),
        ("::1", True, False, False),
        ("169.254.169.254", True, True, False),
        ("fe80::1", True, True, False),
        ("fe80::1%eth0", True, True, False),
        ("fd00:ec2::254", True, True, False),
        ("100.100.100.200", True, True, False),
        ("0.0.0.0", True, True, False),
        ("::", True, True, False),
        ("224.0.0.1", True, True, False),
        ("255.255.255.255", True, True, False),
        ("::ffff:169.254.169.254", True, True, False),
        ("::ffff:127.0.0.1", True, False, False),
        ("64:ff9b::a9fe:a9fe", True, True, False),
        ("2002:a9fe:a9fe::", True, True, False),
        ("::a9fe:a9fe", True, True, False),
        ("::7f00:1", True, False, False),
        ("::7f00:1", True, True, True),
        ("64:ff9b:1::a9fe:a9fe", True, True, False),
        ("64:ff9b:1:a9fe:a9:fe00::", True, True, False),
        ("64:ff9b:1:a9:fe:a9fe::", True, True, False),
        ("64:ff9b:1:0:a9:fea9:fe00:0", True, True, False),
        ("64:ff9b:1::cbf8:fc02", False, False, True),
        ("64:ff9b:1::", True, True, False),
        ("fec0::1", True, True, False),
        ("168.63.129.16", True, True, False),
        ("192.0.0.192", True, True, False),
        ("::ffff:168.63.129.16", True, True, False),
        ("example.kr", True, True, False),
        ("2130706433", True, True, False),
    ],
)
def test_where_the_worker_may_go(host: str, private: bool, loopback: bool, may: bool) -> None:
    assert may_reach(host, Allowed(private, loopback)) is may


IPV4 = st.one_of(
    st.ip_addresses(v=4),
    st.sampled_from(["169.254.169.254", "168.63.129.16", "192.0.0.192", "127.0.0.1"]),
    *(st.ip_addresses(network=one) for one in ("10.0.0.0/8", "192.168.0.0/16", "172.16.0.0/12")),
).map(str)


@given(IPV4, st.booleans(), st.booleans())
def test_an_address_in_a_wrapping_is_judged_as_itself(
    host: str, private: bool, loopback: bool
) -> None:
    inner = int(ipaddress.IPv4Address(host))
    allowed = Allowed(private, loopback)
    wraps = [int(ipaddress.IPv6Address(one)) for one in ("::ffff:0:0", "::", "64:ff9b::")]
    if inner >> 24:
        wraps.append(int(ipaddress.IPv6Address("64:ff9b:1::")))
    wrapped = [ipaddress.IPv6Address(one + inner) for one in wraps]
    wrapped.append(ipaddress.IPv6Address((0x2002 << 112) + (inner << 80)))
    for one in wrapped:
        if one.is_loopback:  # ::1 is no wrapping of 0.0.0.1
            continue
        assert may_reach(str(one), allowed) is may_reach(host, allowed), one


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "ftp://example.kr/", "gopher://example.kr", "https://", "/in", "",
        "https://a:b@example.kr/", "https://example.kr/#x", "https://169.254.169.254/latest",
        "https://[::1]/", "https://127.0.0.1/", "https://example.kr:99999/", "https://a\\@b/",
        "https://example.kr/a b", "https://[::1", "https://창원.kr/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_taken(address: str) -> None:
    with pytest.raises(BadAddress):
        web_address(address, NOT_HERE)


def test_a_name_is_checked_when_it_is_connected_to(hook: Hook) -> None:
    """`localhost` passes the form, as any name does; what it resolves to does not."""
    url = hook.url.replace("127.0.0.1", "localhost")
    assert web_address(url, NOT_HERE) == url
    gateway = Webhook(url, b"secret", NOT_HERE, lambda: 1)
    with pytest.raises(Failure, match="address-closed"):
        gateway.test("key")
    gateway.close()
    assert hook.requests == []


def test_pauses_grow_to_an_hour_and_spread() -> None:
    assert [pause(tries, 0) for tries in (1, 2, 3, 10, 11, 30)] == [5, 10, 20, 2560, 3600, 3600]
    assert {pause(30, jitter / 10) for jitter in range(11)} <= set(range(2400, 3601))
    assert pause(30, 1) == 2400
