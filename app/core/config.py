"""Configuration: one frozen dataclass read from the environment, checked before anything starts.

The danger removed here: a typing mistake in a setting that shows only at the first stamp, and a
product that runs on default secrets. Every wrong value is reported in one readable line, and
secrets are no settings at all: `core/keys.py` makes them at first run.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# What a host may hold: a QR code has no other signs in its compact mode.
HOST = re.compile(r"[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?")
# Where a URL may hold a secret: before the last @, and after the first ? or # that follows it.
CREDENTIALS = re.compile(r"^([A-Za-z][\w+.-]*://)?.*@", re.DOTALL)
QUERY = re.compile(r"[?#].+", re.DOTALL)
# Host or bucket, port and folders of a store on another machine: no account, no query, no spaces.
FAR = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]*(:[0-9]{1,5})?(/[0-9A-Za-z._~-]+)*/?")
FAR_URLS = "s3://bucket/folder or webdavs://host/folder"
ROOT = Path(__file__).resolve().parents[2]


class ConfigError(Exception):
    """One or more settings are wrong; `lines` says which, one readable line each."""

    def __init__(self, lines: list[str]) -> None:
        """Keep the lines in the order of the settings."""
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Config:
    """Every setting of the product, in one place; see docs/configuration.md."""

    demo: bool
    public_url: str
    bind: str
    port: int
    instance_dir: Path
    database_url: str
    files_url: str
    handover_dir: Path
    private_networks: bool
    web_processes: int
    log_level: str
    session_days: int
    trusted_proxies: int
    front: str
    fetch_delay_ms: int = 2000
    fetch_ports: frozenset[int] = frozenset()
    fetch_contact: str = ""
    files_account: str = ""
    files_secret: str = field(default="", repr=False)
    files_endpoint: str = ""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Config:
        """Read and check all settings.

        Args:
            environ: names and values; the process environment when None.

        Raises:
            ConfigError: with one line for each wrong value.
        """
        reader = _Reader(os.environ if environ is None else environ)
        instance = Path(reader.checked("INSTANCE_DIR", str(ROOT / "instance"), _folder)).absolute()
        port = reader.number("PORT", 8000, 1, 65535)
        config = cls(
            demo=reader.choice("DEMO", "0", ("0", "1")) == "1",
            public_url=reader.checked("PUBLIC_URL", f"http://127.0.0.1:{port}", _public_url),
            bind=reader.checked("BIND", "127.0.0.1", _address),
            port=port,
            instance_dir=instance,
            database_url=reader.checked(
                "DATABASE_URL", f"sqlite:///{instance / 'office.db'}", _database_url
            ),
            files_url=reader.checked("FILES_URL", f"file://{instance / 'files'}", _files_url),
            handover_dir=Path(
                reader.checked("HANDOVER_DIR", str(instance / "handover"), _folder)
            ).absolute(),
            private_networks=reader.choice("PRIVATE_NETWORKS", "1", ("0", "1")) == "1",
            web_processes=reader.number("WEB_PROCESSES", min(2, os.cpu_count() or 1), 1, 64),
            log_level=reader.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            session_days=reader.number("SESSION_DAYS", 400, 1, 400),
            trusted_proxies=reader.number("TRUSTED_PROXIES", 0, 0, 5),
            front=reader.checked(
                "FRONT", reader.choice("FRONT", "auto", ("auto", "built", "source")), _front
            ),
            **_more_settings(reader),
        )
        wrong = reader.wrong or _nested(config)
        if wrong:
            raise ConfigError(wrong)
        return config

    @property
    def secure(self) -> bool:
        """True when people reach the product by HTTPS, so cookies may demand it."""
        return self.public_url.startswith("https://")

    @property
    def public_name(self) -> bool:
        """True for HTTPS under a name of the public DNS: a browser may be told to insist on it."""
        host = urlsplit(self.public_url).hostname or ""
        local = host == "localhost" or host.endswith(".local") or _is_address(host)
        return self.secure and not local

    @property
    def loopback(self) -> bool:
        """True when QR codes carry an address that other machines cannot open."""
        host = urlsplit(self.public_url).hostname or ""
        return host == "localhost" or _loopback(host)

    @property
    def built_front(self) -> Path:
        """Where the built front end lies, if it was built."""
        return ROOT / "static" / "pwa" / "dist"

    @property
    def near_dir(self) -> Path:
        """Where files wait for, and are fetched from, a store on another machine."""
        return self.instance_dir / "near"

    def warnings(self) -> list[str]:
        """What is allowed but should be known before real use, a line each."""
        told = []
        if self.loopback:
            told.append(
                f"PUBLIC_URL={self.public_url} is a loopback address: "
                "QR codes will open on this machine only."
            )
        if self.files_url.startswith("webdav://") or self.files_endpoint.startswith("http://"):
            told.append("FILES_URL: photos and the password travel to the store unencrypted.")
        return told


class _Reader:
    """Reads values one by one and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.wrong: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        raw = self.text(name, str(default))
        is_whole = raw.isascii() and raw.isdigit() and len(raw) < 10
        if not (is_whole and low <= int(raw) <= high):
            self.wrong.append(f"{name}={raw[:40]!r}: give a whole number from {low} to {high}.")
            return default
        return int(raw)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        raw = self.text(name, default)
        if raw not in allowed:
            self.wrong.append(f"{name}={raw!r}: give one of {', '.join(allowed)}.")
            return default
        return raw

    def checked(self, name: str, default: str, check: Callable[[str], str]) -> str:
        raw = self.text(name, default)
        problem = check(raw)
        if problem:
            self.wrong.append(f"{name}={_without_secrets(raw)!r}: {problem}")
            return default
        return raw.rstrip("/") if name == "PUBLIC_URL" else raw


def _more_settings(reader: _Reader) -> dict[str, Any]:
    """How public pages are fetched (pause between two requests, more ports, who we say we are);
    who signs in to a store on another machine, and where it is."""
    ports = reader.checked("FETCH_PORTS", "", _ports)
    return {
        "fetch_delay_ms": reader.number("FETCH_DELAY_MS", 2000, 100, 60_000),
        "fetch_ports": frozenset(int(one) for one in ports.split(",") if one),
        "fetch_contact": reader.checked("FETCH_CONTACT", "", _web_address),
        "files_account": reader.text("FILES_ACCOUNT", ""),
        "files_secret": reader.text("FILES_SECRET", ""),
        "files_endpoint": reader.checked("FILES_ENDPOINT", "", _web_address),
    }


def _without_secrets(raw: str) -> str:
    """What may be said of a wrong value: the line may end in a log."""
    return QUERY.sub("?***", CREDENTIALS.sub(r"\1***@", raw))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _public_url(raw: str) -> str:
    try:
        parts = urlsplit(raw)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return "give an address such as https://stamp.example.go.kr."
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_valid:
        return "give an address such as https://stamp.example.go.kr."
    if parts.path.strip("/") or "?" in raw or "#" in raw or "@" in raw:
        return "give the bare address, without a path: QR codes add /S/ to it."
    if not parts.netloc.isascii():
        return "give the host in ASCII (punycode): QR codes hold upper-case ASCII only."
    if not HOST.fullmatch(parts.hostname) and not _loopback(parts.hostname):
        return "give a host of letters, digits, dots and hyphens only."
    if parts.scheme == "http" and parts.hostname != "localhost" and not _loopback(parts.hostname):
        return "give https://: phones allow GPS and keys on secure addresses only."
    return ""


def _front(raw: str) -> str:
    if raw == "built" and not (ROOT / "static" / "pwa" / "dist" / "manifest.json").exists():
        return "the front end is not built; run python tools/build_front.py or give auto."
    return ""


def _address(raw: str) -> str:
    try:
        ipaddress.ip_address(raw)
    except ValueError:
        return "give an IP address to listen on, such as 127.0.0.1 or 0.0.0.0."
    return ""


def _folder(raw: str) -> str:
    path = Path(raw)
    return "give a folder, not a file." if path.exists() and not path.is_dir() else ""


def _nested(config: Config) -> list[str]:
    """Two places of which each is swept and emptied by its own rules must not lie in each other."""
    is_far = not config.files_url.startswith("file://")
    files = (config.near_dir if is_far else Path(config.files_url[7:])).resolve()
    handover = config.handover_dir.resolve()
    if not (files.is_relative_to(handover) or handover.is_relative_to(files)):
        return []
    return [
        f"HANDOVER_DIR={str(config.handover_dir)!r}: give a folder that does not lie in that of "
        f"FILES_URL ({files}), nor that one in it."
    ]


def _files_url(raw: str) -> str:
    """A folder, or a store on another machine. fsspec takes `::` for a chain of addresses."""
    scheme, mark, rest = raw.partition("://")
    if mark and scheme in {"s3", "webdav", "webdavs"}:
        return _far_url(scheme, rest)
    if not mark or scheme != "file" or not Path(rest).is_absolute() or "::" in rest:
        return f"give file:///absolute/folder (without ::), {FAR_URLS}."
    return _folder(rest)


def _far_url(scheme: str, rest: str) -> str:
    if not FAR.fullmatch(rest):
        return f"give {FAR_URLS}; FILES_ACCOUNT and FILES_SECRET say who signs in."
    if scheme == "s3" and importlib.util.find_spec("s3fs") is None:
        return "S3 needs a package more: pip install -r requirements-s3.txt."
    return ""


def _web_address(raw: str) -> str:
    parts = urlsplit(raw)
    right = not raw or (parts.scheme in {"http", "https"} and parts.hostname and "@" not in raw)
    return "" if right else "give an address, https://…, without an account in it."


def _ports(raw: str) -> str:
    right = re.fullmatch(r"([1-9][0-9]{0,4}(,[1-9][0-9]{0,4})*)?", raw)
    return "" if right else "give ports with commas between them, such as 8080,8443."


def _database_url(raw: str) -> str:
    if not Path(raw.removeprefix("sqlite:///")).is_absolute() or not raw.startswith("sqlite:///"):
        return "give sqlite:////absolute/path.db (PostgreSQL is not supported yet)."
    return ""
