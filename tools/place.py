"""Where the product is to run, known and checked before any package is installed.

The application's own reader of settings (app/core/config.py) needs the standard library only, so
a wrong value is named at once, before anything is downloaded. Standard library only.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import sqlite3
import ssl
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from app.core.config import Config, ConfigError
from tools.setup import PYTHON, ROOT, SetupError, stage

# The port is open before the server can answer, so a question may wait. Questions given up after
# 2 s while it started were seen to delay the server's stop by its whole 5 s.
ANSWER_WITHIN = 30.0


@dataclass
class Place:
    """One product to run: its settings, how it is reached, what its processes are given."""

    config: Config
    https: bool
    url: str
    env: dict[str, str]

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return self.config.port

    @property
    def bind(self) -> str:
        """The address that the server listens on."""
        return self.config.bind

    @property
    def instance(self) -> Path:
        """The folder of database and secrets."""
        return self.config.instance_dir

    @property
    def certificate(self) -> Path:
        """The server's certificate chain (HTTPS=1)."""
        return self.instance / "lan" / "server.pem"

    @property
    def key(self) -> Path:
        """The server's private key, PKCS#8 (HTTPS=1)."""
        return self.instance / "lan" / "server.key"

    @property
    def mark(self) -> Path:
        """The file that says who runs here."""
        return self.instance / "running.json"


def read(env: dict[str, str]) -> Place:
    """Read HTTPS and the application's settings, with the defaults of `make run`: DEMO=1.

    Raises SetupError with a line for each wrong value.
    """
    https = env.get("HTTPS", "").strip() or "0"
    if https not in {"0", "1"}:
        raise SetupError(f"wrong setting: HTTPS={https!r}: give 0 or 1.")
    anywhere = "0.0.0.0" if https == "1" else "127.0.0.1"  # noqa: S104  asked for by HTTPS=1
    full = env | {"HTTPS": https, "PYTHONUNBUFFERED": "1"}
    full["DEMO"] = env.get("DEMO", "").strip() or "1"
    full["BIND"] = env.get("BIND", "").strip() or anywhere
    try:
        config = Config.from_env(full)
    except ConfigError as error:
        raise SetupError("\n".join(f"wrong setting: {line}" for line in error.lines)) from error
    full |= {"PORT": str(config.port), "WEB_PROCESSES": str(config.web_processes)}
    full |= {"INSTANCE_DIR": str(config.instance_dir), "PUBLIC_URL": config.public_url}
    return Place(config, https == "1", config.public_url, full)


def certify(here: Place) -> None:
    """Make or keep the local certificate, and move the address to https:// on the network."""
    with stage("certificate for the local network"):
        done = subprocess.run(
            [str(PYTHON), "-m", "tools.lan", "prepare"],
            cwd=ROOT, env=here.env, capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode != 0:
        raise SetupError(f"no certificate: {done.stderr.strip()[-300:]}")
    if not here.url.startswith("https://"):
        here.url = f"https://{done.stdout.strip()}:{here.port}"
        here.env["PUBLIC_URL"] = here.url


def local(here: Place) -> str:
    """The address by which this machine itself reaches the server."""
    host = "127.0.0.1" if here.bind in {"0.0.0.0", "::"} else here.bind  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return f"{'https' if here.https else 'http'}://{host}:{here.port}"


def answers(url: str, within: float = ANSWER_WITHIN) -> int | None:
    """The HTTP status of a page of ours on this machine, or None when nothing answers."""
    context = ssl._create_unverified_context()  # noqa: SLF001, S323  ourselves, over loopback
    try:
        with urllib.request.urlopen(url, timeout=within, context=context) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return None


def ready(here: Place) -> bool:
    """Whether the server says that it can do its work."""
    return answers(f"{local(here)}/health/ready") == 200


def taken(bind: str, port: int) -> bool:
    """Whether somebody else listens on the port."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except PermissionError as error:
            raise SetupError(f"port {port} needs more rights; try: make run PORT=8000") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise SetupError(f"BIND={bind}: this machine has no such address") from error
    return False


def database(here: Place) -> Path:
    """The SQLite file."""
    return Path(here.config.database_url.removeprefix("sqlite:///"))


def newest_migration() -> str:
    """The number of the newest migration; it is its revision's name too."""
    return max(path.name[:4] for path in (ROOT / "migrations/versions").glob("[0-9]*.py"))


def prepared(here: Place) -> bool:
    """Whether the database stands at the newest migration and holds what it should.

    Reads the file itself, which takes milliseconds; loading the application takes a second.
    """
    path, mark = database(here), here.instance / "prepared"
    if not path.exists() or not mark.exists() or mark.read_text() != prepared_mark(here):
        return False
    with contextlib.closing(sqlite3.connect(path)) as connection:
        try:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except sqlite3.Error:
            return False
    return found == [(newest_migration(),)]


def prepared_mark(here: Place) -> str:
    """What was prepared: which database, to which migration, with or without demo data."""
    return f"{database(here)} {newest_migration()} demo={int(here.config.demo)}\n"


def mark_prepared(here: Place) -> None:
    """Write down what was prepared."""
    (here.instance / "prepared").write_text(prepared_mark(here))


def check_ports(here: Place) -> None:
    """Raise SetupError, with a free port as a suggestion, when a port is taken."""
    for port in [here.port] + ([here.port + 1] if here.https else []):
        if taken(here.bind, port):
            free = next(
                (at for at in range(here.port + 10, here.port + 500, 10)
                 if not taken(here.bind, at) and not taken(here.bind, at + 1)), here.port + 10,
            )  # fmt: skip
            raise SetupError(f"port {port} is taken by another program; try: make run PORT={free}")


def already_running(here: Place) -> str | None:
    """The address of this very product when it runs already on that port, else None."""
    try:
        mark = json.loads(here.mark.read_text())
        os.kill(mark["pid"], 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if mark["port"] != here.port or answers(f"{mark['local']}/health/live", 3.0) != 200:
        return None
    return str(mark["url"])


def remember(here: Place) -> None:
    """Write down that we run here."""
    what = {"pid": os.getpid(), "port": here.port, "url": here.url, "local": local(here)}
    here.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    here.mark.write_text(json.dumps(what))


def forget(here: Place) -> None:
    """Take the mark away again."""
    here.mark.unlink(missing_ok=True)


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
