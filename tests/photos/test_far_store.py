"""Photos on another machine: nothing is lost by an outage, a kill, or a store that lies."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core import clock, lanes
from app.core.errors import StorageUnreachable
from app.core.far_files import KEPT_S, FarStore, NotTheSameError
from app.core.far_system import Login
from app.photos.jobs import LANES, check_kept_files
from app.photos.service import far
from tests.conftest import MakeApp
from tests.photos import corpus
from tests.photos.far_places import PLACES, FarPlace
from tests.photos.sender import Sender
from tests.scene import Scene

READY = all(importlib.util.find_spec(name) for name in ("moto", "s3fs", "wsgidav"))
pytestmark = pytest.mark.skipif(not READY, reason="requirements-dev.txt")
NAME = "office/3a/photo/original"
BY_NAME = {lane.name: lane for lane in LANES}


@pytest.fixture(scope="module", params=sorted(PLACES))
def place(request: pytest.FixtureRequest) -> Iterator[FarPlace]:
    """Each of the stores."""
    with PLACES[request.param]() as running:
        yield running


@pytest.fixture(scope="module")
def dav() -> Iterator[FarPlace]:
    """The one that needs nothing more than the product brings."""
    with PLACES["webdav"]() as running:
        yield running


@pytest.fixture
def store(place: FarPlace, tmp_path: Path) -> Iterator[FarStore]:
    """It, with nothing on it."""
    with closing(place.store(tmp_path / "near")) as made:
        made.remove_all("office")
        yield made


@pytest.fixture
def given(tmp_path: Path) -> Callable[[bytes], Path]:
    """Makes local files."""

    def make(content: bytes) -> Path:
        file = tmp_path / "given"
        file.write_bytes(content)
        return file

    return make


Given = Callable[[bytes], Path]


def read(store: FarStore, name: str = NAME) -> bytes:
    """All bytes."""
    with store.open(name) as file:
        return file.read()


def forget_near(store: FarStore) -> None:
    """This machine's disk is lost."""
    shutil.rmtree(store.near)


def out_of_reach(store: FarStore) -> FarStore:
    """The same, while nobody answers at its address."""
    return FarStore("webdav://127.0.0.1:9/in", store.near, Login())


def test_what_is_put_is_here_at_once_and_over_there_after_a_push(
    store: FarStore, given: Given
) -> None:
    store.put(NAME, given(b"a photo"))
    assert read(store) == b"a photo"
    assert store.state().waiting == 1
    assert store.push() == 1
    assert (store.state().waiting, store.state().kept) == (0, 1)
    forget_near(store)
    assert read(store) == b"a photo"
    assert store.size(NAME) == 7
    assert store.sha256(NAME) == hashlib.sha256(b"a photo").digest()
    assert store.push() == 0


def test_a_file_of_many_megabytes_comes_back_as_it_was(store: FarStore, given: Given) -> None:
    content = os.urandom(12_000_000)
    store.put(NAME, given(content))
    assert store.push() == 1
    forget_near(store)
    assert read(store) == content


def test_what_is_nowhere_is_not_found(store: FarStore) -> None:
    for ask in (store.open, store.size, store.sha256):
        with pytest.raises(FileNotFoundError):
            ask("office/none")
    store.remove("office/none")
    store.remove_all("office/none")


def test_names_are_ours_or_refused(store: FarStore, given: Given) -> None:
    for name in ("../x", "/x", "a/../../b", "a//b", "A", ""):
        for ask in (store.open, store.remove, store.remove_all, store.sha256):
            with pytest.raises(ValueError, match="not a name"):
                ask(name)
        with pytest.raises(ValueError, match="not a name"):
            store.put(name, given(b"x"))


def test_an_outage_loses_nothing_and_holds_up_nobody(store: FarStore, given: Given) -> None:
    down = out_of_reach(store)
    down.put(NAME, given(b"a photo"))
    with pytest.raises(StorageUnreachable):
        down.push()
    assert read(down) == b"a photo"
    with pytest.raises(StorageUnreachable):
        down.open("office/other")
    with pytest.raises(StorageUnreachable):
        down.remove("office/other")
    assert store.push() == 1
    forget_near(store)
    assert read(store) == b"a photo"


def test_a_store_that_gives_other_bytes_back_is_not_believed(
    store: FarStore, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("office/a", "office/b", NAME):
        store.put(name, given(b"a photo"))
    real = store.system.put_file

    def half(source: str, path: str, **how: Any) -> None:
        """The first is cut off, without a word."""
        if path.endswith("/a"):
            source = str(given(b"a ph"))
        real(source, path, **how)

    monkeypatch.setattr(store.system, "put_file", half)
    with pytest.raises(NotTheSameError, match="office/a"):
        store.push()
    assert store.state().waiting == 1  # the others are there
    assert read(store, "office/a") == b"a photo"
    monkeypatch.undo()
    assert store.push() == 1
    forget_near(store)
    assert read(store, "office/a") == b"a photo"


def test_what_never_gets_there_lets_the_others_by(
    store: FarStore, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = [f"office/bad/{number}" for number in range(4)]
    for name in (*bad, NAME):
        store.put(name, given(b"a photo"))
        time.sleep(0.01)
    real = store.system.put_file

    def refuse(source: str, path: str, **how: Any) -> None:
        """Too large, say."""
        if "/bad/" in path:
            raise PermissionError
        real(source, path, **how)

    monkeypatch.setattr(store.system, "put_file", refuse)
    for _ in range(2):
        with pytest.raises(StorageUnreachable):
            store.push()
    assert store.state().waiting == len(bad)


def test_what_is_removed_is_nowhere(store: FarStore, given: Given) -> None:
    for name in (NAME, "office/3a/other"):
        store.put(name, given(b"a photo"))
    store.push()
    store.put("office/3a/waits", given(b"a photo"))
    store.remove(NAME)
    assert not list(store.near.rglob("original"))
    store.remove_all("office")
    for name in (NAME, "office/3a/other", "office/3a/waits"):
        with pytest.raises(FileNotFoundError):
            store.open(name)
    assert store.push() == 0


@pytest.mark.parametrize("meanwhile", ["removed", "removed, late", "replaced"])
def test_what_changes_while_it_is_brought_over(
    store: FarStore, given: Given, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    store.put(NAME, given(b"a photo"))
    real = store.system.put_file

    def slowly(source: str, path: str, **how: Any) -> None:
        """Somebody else acts after the last byte."""
        real(source, path, **how)
        monkeypatch.undo()
        if meanwhile.startswith("removed"):
            store.remove(NAME)
            if meanwhile == "removed, late":
                real(given(b"a photo"), path)  # its last byte came later
        else:
            store.put(NAME, given(b"a newer one"))

    monkeypatch.setattr(store.system, "put_file", slowly)
    if meanwhile == "removed":  # what was read back was not there
        with pytest.raises(NotTheSameError):
            store.push()
    else:
        assert store.push() == 1
    if meanwhile.startswith("removed"):
        with pytest.raises(FileNotFoundError):
            store.open(NAME)
        return
    assert read(store) == b"a newer one"
    assert store.push() == 1
    forget_near(store)
    assert read(store) == b"a newer one"


def test_after_a_day_our_copy_goes_when_theirs_is_still_the_same(
    store: FarStore, given: Given
) -> None:
    for name in (NAME, "office/lost", "office/changed"):
        store.put(name, given(b"a photo"))
    store.push()
    store.system.rm_file(store.path("office/lost"))
    store.system.put_file(str(given(b"other")), store.path("office/changed"))
    assert store.check_kept(time.time() + KEPT_S - 60) == 0
    assert store.state().kept == 3
    assert store.sha256("office/changed") == hashlib.sha256(read(store, "office/changed")).digest()
    assert store.check_kept(time.time() + KEPT_S + 60) == 2
    assert (store.state().waiting, store.state().kept) == (2, 0)
    assert store.push() == 2
    forget_near(store)
    assert [read(store, name) for name in (NAME, "office/lost", "office/changed")] == [
        b"a photo"
    ] * 3


def test_a_file_that_is_damaged_here_is_never_brought_over_what_was_brought(
    store: FarStore, given: Given
) -> None:
    for name in (NAME, "office/both"):
        store.put(name, given(b"a photo"))
    store.push()
    for name in (NAME, "office/both"):
        Path(store.kept.path(name)).write_bytes(b"a phot0")
        os.utime(store.kept.path(name), (1, 1))
    store.system.put_file(str(given(b"other")), store.path("office/both"))
    with pytest.raises(NotTheSameError, match="office/both"):
        store.check_kept(time.time())
    assert (store.state().waiting, store.state().kept) == (0, 1)  # nobody knows which is right
    assert read(store) == b"a photo"


def test_one_file_that_cannot_be_judged_leaves_the_others_judged(
    store: FarStore, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        store.put(f"office/{number}", given(b"a photo"))
    store.push()
    real = store.system.open

    def refuse(path: str, mode: str, **how: Any) -> Any:
        if path.endswith("/1"):
            raise PermissionError
        return real(path, mode, **how)

    monkeypatch.setattr(store.system, "open", refuse)
    with pytest.raises(StorageUnreachable):
        store.check_kept(time.time() + KEPT_S + 60)
    assert store.state().kept == 1


def test_a_file_that_cannot_be_given_back_lets_the_others_by(
    store: FarStore, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        store.put(f"office/{number}", given(b"a photo"))
    real = store.system.put_file

    def swallow(source: str, path: str, **how: Any) -> None:
        """A virus scanner over there puts it away at once."""
        real(source, path, **how)
        if path.endswith("/0"):
            store.system.rm_file(path)

    monkeypatch.setattr(store.system, "put_file", swallow)
    for _ in range(2):
        with pytest.raises(NotTheSameError, match="office/0"):
            store.push()
    assert (store.state().waiting, store.state().kept) == (1, 2)


def test_a_full_disk_here_is_emptied_by_the_queue(
    store: FarStore, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        store.put(f"office/{number}", given(b"a photo"))

    def full(*_words: Any, **_how: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", full)
        patch.setattr(tempfile, "NamedTemporaryFile", full)
        assert store.push() == 3
    assert (store.state().waiting, store.state().kept) == (0, 0)
    assert read(store, "office/1") == b"a photo"


def test_no_empty_folder_is_left_to_be_walked(store: FarStore, given: Given) -> None:
    for number in range(3):
        store.put(f"office/{number}/photo/original", given(b"a photo"))
    store.push()
    assert list(Path(store.queue.root).rglob("*")) == []
    assert store.check_kept(time.time() + KEPT_S + 60) == 0
    for near in (store.kept, store.sums):
        assert list(Path(near.root).rglob("*")) == []
    store.put("office/a/b/original", given(b"a photo"))
    store.remove("office/a/b/original")
    store.sweep(0)
    assert list(Path(store.queue.root).rglob("*")) == []


def test_readers_of_a_store_that_is_down_are_refused_at_once(store: FarStore) -> None:
    asked: list[str] = []

    class Down:
        """Never answers in time."""

        protocol = ("s3",)

        def open(self, path: str, _mode: str) -> Any:
            asked.append(path)
            raise TimeoutError

    store.close()
    store.system = Down()
    for _ in range(5):
        with pytest.raises(StorageUnreachable):
            store.open(NAME)
    assert len(asked) == 1


def test_a_folder_may_be_called_as_one_likes(place: FarPlace, tmp_path: Path, given: Given) -> None:
    near = tmp_path / "현장 사진 100%" / "near"
    with closing(place.store(near)) as store:
        store.put("office/named", given(b"a photo"))
        assert read(store, "office/named") == b"a photo"
        assert (near / "queue/office/named").read_bytes() == b"a photo"


def test_our_copy_stays_while_nobody_can_say(store: FarStore, given: Given) -> None:
    store.put(NAME, given(b"a photo"))
    store.push()
    with pytest.raises(StorageUnreachable):
        out_of_reach(store).check_kept(time.time() + KEPT_S + 60)
    assert store.state().kept == 1


PUSHER = """
import sys, pathlib
from app.core.far_files import FarStore
from app.core.far_system import Login
store = FarStore(sys.argv[1], pathlib.Path(sys.argv[2]), Login(*sys.argv[3:]))
print("begun", flush=True)
store.push()
"""


def test_a_worker_killed_at_any_moment_loses_and_tears_nothing(
    place: FarPlace, store: FarStore, given: Given
) -> None:
    contents = {f"office/{number}/original": os.urandom(300_000) for number in range(12)}
    for name, content in contents.items():
        store.put(name, given(content))
    login = (place.login.account, place.login.secret, place.login.endpoint)
    kills = 0
    for turn in range(3):
        words = [sys.executable, "-c", PUSHER, place.url, str(store.near), *login]
        worker = subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True)
        assert worker.stdout is not None
        with worker.stdout as said:
            assert said.readline() == b"begun\n"
        time.sleep(0.05 + turn * 0.1)
        kills += worker.poll() is None
        os.killpg(worker.pid, signal.SIGKILL) if worker.poll() is None else None
        worker.wait()
        assert {name: read(store, name) for name in contents} == contents
    assert kills > 0
    store.push()
    forget_near(store)
    assert {name: read(store, name) for name in contents} == contents


@pytest.fixture
def far_scene(dav: FarPlace, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """An office whose photos lie on another machine."""
    monkeypatch.setattr(far, "_PACE", far.Pace())
    scene = Scene(make_app(**dav.settings), monkeypatch)
    with scene.app.app_context():
        store = far._store()
    assert isinstance(store, FarStore)
    store.remove_all("office")
    yield scene
    store.close()


def arrived(scene: Scene) -> Sender:
    """A photo that was sent and made ready."""
    sender = Sender(scene, corpus.good()["jpeg"])
    assert sender.send().status_code == 200
    assert lanes.step(scene.app, BY_NAME["photo-process"]) == 1
    return sender


def test_a_photo_comes_through_the_far_store(far_scene: Scene) -> None:
    sender = arrived(far_scene)
    assert lanes.step(far_scene.app, BY_NAME["photo-store"]) == 3  # the original and two copies
    shutil.rmtree(far_scene.folder / "near")
    auditor = far_scene.enter("auditor")
    page = auditor.get(f"/photos/{sender.photo_id}")
    [link] = {word for word in page.text.split('"') if word.startswith("/photos/file/")}
    with auditor.get(link) as picture:
        assert picture.status_code == 200
        assert picture.data.startswith(b"\xff\xd8")
    where = f"/photos/{sender.photo_id}/original"
    with auditor.post(where, data={"reason": "감사 자료"}) as original:
        assert original.data == sender.whole
    assert not (far_scene.folder / "files").exists()


def test_while_the_store_is_down_phones_are_served_and_people_are_told(far_scene: Scene) -> None:
    old = arrived(far_scene)
    lanes.step(far_scene.app, BY_NAME["photo-store"])
    shutil.rmtree(far_scene.folder / "near")
    with far_scene.app.app_context():
        store = far._store()
    assert isinstance(store, FarStore)
    store.close()
    store.system = out_of_reach(store).system
    new = arrived(far_scene)
    auditor = far_scene.enter("auditor")
    why = {"reason": "감사 자료"}
    with auditor.post(f"/photos/{new.photo_id}/original", data=why) as taken:
        assert taken.data == new.whole
    told = auditor.post(f"/photos/{old.photo_id}/original", data=why)
    assert told.status_code == 503
    assert int(told.headers["Retry-After"]) > 0
    assert "사진 저장소에 연결하지 못했습니다" in told.text


def test_an_outage_is_logged_in_growing_pauses_and_named_for_the_operator(
    far_scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with far_scene.app.app_context():
        store = far._store()
    assert isinstance(store, FarStore)
    real, store.system = store.system, out_of_reach(store).system
    arrived(far_scene)
    start = clock.now()
    for second in range(0, 60, 3):
        far_scene.later(second)
        assert lanes.step(far_scene.app, BY_NAME["photo-store"]) == 0
    lines = [one for one in caplog.records if one.name == "app.photos.far"]
    assert 2 <= len(lines) <= 5
    assert lines[-1].facts["waiting"] == 3  # type: ignore[attr-defined]
    far_scene.later(far.LATE_S + clock.now() - start + 60)
    run = far_scene.app.test_cli_runner().invoke
    assert "store-waiting 3 (the oldest for" in run(args=["photos", "dead-tasks"]).output
    assert run(args=["photos", "try-store"]).exit_code == 1
    store.system = real
    assert lanes.step(far_scene.app, BY_NAME["photo-store"]) == 3
    assert run(args=["photos", "dead-tasks"]).output == "none 0\n"
    assert run(args=["photos", "try-store"]).output == "it can\n"
    far_scene.later(KEPT_S + 3_600)
    with far_scene.app.app_context():
        assert check_kept_files() == 0
    assert store.state().kept == 0


def test_a_folder_can_be_tried_out_too(scene: Scene) -> None:
    result = scene.app.test_cli_runner().invoke(args=["photos", "try-store"])
    assert (result.exit_code, result.output) == (0, "it can\n")
