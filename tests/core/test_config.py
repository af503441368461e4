"""Wrong settings are told in readable lines before anything starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.core.config import ROOT, Config, ConfigError


def lines(**settings: str) -> list[str]:
    """What is said about settings."""
    with pytest.raises(ConfigError) as caught:
        Config.from_env(settings)
    return caught.value.lines


def test_nothing_needs_to_be_set_and_the_demo_is_off() -> None:
    config = Config.from_env({})
    assert config.demo is False
    assert config.public_url == "http://127.0.0.1:8000"
    assert config.bind == "127.0.0.1"
    assert config.instance_dir == ROOT / "instance"
    assert config.database_url.endswith("/instance/office.db")
    assert config.trusted_proxies == 0


WRONG = {
    "DEMO": ["yes", "true", "2", "-1", "01"],
    "PORT": ["0", "65536", "-1", "80.0", "http", "８０８０", "1e3", "+80", "9" * 5000],
    "BIND": ["everywhere", "256.1.1.1", "example.kr", "127.0.0.1:80"],
    "WEB_PROCESSES": ["0", "65", "two", "-2"],
    "LOG_LEVEL": ["info", "TRACE", "5"],
    "SESSION_DAYS": ["0", "401", "x"],
    "TRUSTED_PROXIES": ["-1", "6", "all"],
    "FRONT": ["dist", "vite"],
    "PRIVATE_NETWORKS": ["yes", "2"],
    "FETCH_DELAY_MS": ["0", "99", "60001", "2.5"],
    "FETCH_PORTS": ["0", "80;81", "8080,", "http", "-1", "123456"],
    "FETCH_CONTACT": ["office.example.kr", "ftp://a.example", "https://a:secret@b.example/"],
    "HANDOVER_DIR": [str(Path(__file__).resolve())],
    "DATABASE_URL": [
        "postgresql://user:secret@host/db",
        "mysql://x",
        "office.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///office.db",
        "sqlite:///../office.db",
    ],
    "FILES_URL": [
        "s3://",
        "s3:///photos",
        "webdavs://dav.example.kr/in?x=1",
        "webdavs://dav.example.kr/in folder",
        "webdav://account:secret@dav.example.kr/in",
        "sftp://host/folder",
        "nowhere://folder",
        "FILE:///srv/files",
        "/srv/files",
        "file:srv/files",
        "file://srv/files",
        "file:///srv/files::s3://bucket",
        f"file://{Path(__file__).resolve()}",
    ],
    "PUBLIC_URL": [
        "stamp.example.kr",
        "ftp://stamp.example.kr",
        "https://",
        "https:///path",
        "https://stamp.example.kr/office",
        "https://stamp.example.kr/?a=1",
        "https://stamp.example.kr/?",
        "https://stamp.example.kr/#top",
        "https://stamp.example.kr/#",
        "https://user:secret@stamp.example.kr",
        "https://stamp.example.kr:0",
        "https://stamp.example.kr:99999",
        "https://stamp.example.kr:port",
        "https://[::1",
        "https://도장.kr",
        "https://stamp example.kr",
        'https://stamp"onload=x',
        "https://stamp_office.example.kr",
        "https://-",
        "http://stamp.example.kr",
        "http://192.168.0.10:8000",
        "http://0.0.0.0:8000",
        "javascript:alert(1)",
    ],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in WRONG.items() for v in vs])
def test_each_wrong_value_has_one_line_with_its_name(name: str, value: str) -> None:
    [line] = lines(**{name: value})
    assert line.startswith(f"{name}=")
    assert len(line.partition(": ")[2]) > 10
    assert line.endswith(".")
    assert "secret" not in line


HIDING = [
    "s3://key:secret@bucket/photos",
    "s3://key:secret/with@signs?secret#in@bucket/photos",
    "webdav+https://secret@dav.example.kr/in",
    "account:secret@dav.example.kr",
    "//account:secret@dav.example.kr",
    "s3://bucket/photos?key=a&secret=secret",
    "abfs://container/photos#secret",
    "webdav://account:secret\n@dav.example.kr",
]


@pytest.mark.parametrize("name", ["FILES_URL", "DATABASE_URL", "PUBLIC_URL"])
@pytest.mark.parametrize("url", HIDING)
def test_no_line_holds_what_opens_a_store(name: str, url: str) -> None:
    [line] = lines(**{name: url})
    assert "secret" not in line
    assert "***" in line


def test_an_account_in_the_address_of_a_store_is_refused_with_where_it_goes() -> None:
    told = (
        "give s3://bucket/folder or webdavs://host/folder; "
        "FILES_ACCOUNT and FILES_SECRET say who signs in."
    )
    said = lines(FILES_URL="webdav://account:secret@dav.example.kr/in")
    assert said == [f"FILES_URL='webdav://***@dav.example.kr/in': {told}"]


@pytest.mark.parametrize(
    "url", ["webdav://dav.example.kr/in", "webdavs://dav.example.kr:8443/in/office", "s3://photos"]
)
def test_stores_on_other_machines_are_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())
    secret = {"FILES_ACCOUNT": "office", "FILES_SECRET": "hidden"}
    config = Config.from_env({"FILES_URL": url, "PUBLIC_URL": "https://stamp.example.kr"} | secret)
    assert (config.files_url, config.files_secret) == (url, "hidden")
    assert "hidden" not in repr(config)
    assert len(config.warnings()) == url.startswith("webdav://")


def test_s3_without_its_package_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    [line] = lines(FILES_URL="s3://photos/office")
    assert "pip install -r requirements-s3.txt" in line


GOOD = {
    "https://stamp.example.kr": "https://stamp.example.kr",
    "https://stamp.example.kr/": "https://stamp.example.kr",
    "https://STAMP.example.kr:8443": "https://STAMP.example.kr:8443",
    "https://192.168.0.10:8443": "https://192.168.0.10:8443",
    "http://localhost:8000": "http://localhost:8000",
    "http://127.0.0.1:8000/": "http://127.0.0.1:8000",
    " https://stamp.example.kr ": "https://stamp.example.kr",
    "https://xn--bj0bj06e.kr": "https://xn--bj0bj06e.kr",
}


@pytest.mark.parametrize("given", GOOD)
def test_good_addresses_are_kept_bare(given: str) -> None:
    assert Config.from_env({"PUBLIC_URL": given}).public_url == GOOD[given]


def test_every_wrong_value_is_told_at_once() -> None:
    said = lines(DEMO="maybe", PORT="x", PUBLIC_URL="nowhere", LOG_LEVEL="loud")
    assert {line.partition("=")[0] for line in said} == {"DEMO", "LOG_LEVEL", "PORT", "PUBLIC_URL"}
    assert len(said) == 4


def test_an_instance_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    [line] = lines(INSTANCE_DIR=str(file))
    assert line.startswith("INSTANCE_DIR=")


def test_an_empty_setting_is_as_good_as_none() -> None:
    assert Config.from_env({"PORT": "", "DEMO": " "}) == Config.from_env({})


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "https://localhost"])
def test_a_loopback_address_is_warned_of(url: str) -> None:
    [line] = Config.from_env({"PUBLIC_URL": url}).warnings()
    assert "loopback" in line
    assert url in line


def test_a_real_address_is_not_warned_of() -> None:
    assert Config.from_env({"PUBLIC_URL": "https://stamp.example.kr"}).warnings() == []


def test_only_https_makes_cookies_secure() -> None:
    assert Config.from_env({"PUBLIC_URL": "https://stamp.example.kr"}).secure is True
    assert Config.from_env({}).secure is False


@pytest.mark.parametrize(("url", "told"), [("", 1), ("https://stamp.example.kr", 0)])
def test_the_server_warns_in_its_log_however_it_is_started(
    tmp_path: Path, url: str, told: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env={"INSTANCE_DIR": str(tmp_path), "PUBLIC_URL": url, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.count("is a loopback address") == told


@pytest.mark.parametrize("program", [["-c", "import wsgi"], ["-m", "app.worker"]])
def test_both_programs_say_it_and_stop(tmp_path: Path, program: list[str]) -> None:
    environ = {"PORT": "99999", "DEMO": "perhaps", "INSTANCE_DIR": str(tmp_path)}
    environ |= {"FILES_URL": "s3://key:secret@bucket/photos"}
    done = subprocess.run(
        [sys.executable, *program], cwd=ROOT, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 2
    said = done.stderr.splitlines()
    names = [f"config: {name}" for name in ("DEMO", "FILES_URL", "PORT")]
    assert sorted(line.partition("=")[0] for line in said) == names
    assert "secret" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("files", "handover"),
    [("a", "a/handover"), ("a/files", "a"), ("a", "a"), ("a", "link/handover"), ("a", "b/../a/c")],
)
def test_files_and_handover_may_not_lie_in_each_other(
    tmp_path: Path, files: str, handover: str
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    [line] = lines(FILES_URL=f"file://{tmp_path}/{files}", HANDOVER_DIR=f"{tmp_path}/{handover}")
    assert line.startswith("HANDOVER_DIR=")
    assert "FILES_URL" in line


@pytest.mark.parametrize("files", ["file:///a/files", "file:///a/b/hand"])
def test_files_and_handover_may_lie_beside_each_other(files: str) -> None:
    config = Config.from_env({"FILES_URL": files, "HANDOVER_DIR": "/a/b/handover"})
    assert config.files_url == files
