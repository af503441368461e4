"""Where the product is to run: settings that `make run` needs before the application starts.

Only what must be known before any package is installed is read here; the application checks
every setting again, strictly, in app/core/config.py. Standard library only.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tools.setup import PYTHON, ROOT, SetupError, stage


@dataclass
class Place:
    """One running product: where it listens, how it is reached, what its processes are given."""

    port: int
    bind: str
    https: bool
    demo: bool
    url: str
    env: dict[str, str]
    instance: Path

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
    """Read PORT, BIND, HTTPS and DEMO; raises SetupError naming a wrong value."""
    port = env.get("PORT", "").strip() or "8000"
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise SetupError(f"PORT={port}: give a whole number from 1 to 65535")
    for name in ("HTTPS", "DEMO"):
        if env.get(name, "").strip() not in {"", "0", "1"}:
            raise SetupError(f"{name}={env[name]}: give 0 or 1")
    https = env.get("HTTPS", "").strip() == "1"
    demo = env.get("DEMO", "").strip() != "0"
    bind = env.get("BIND", "").strip() or ("0.0.0.0" if https else "127.0.0.1")  # noqa: S104
    processes = env.get("WEB_PROCESSES", "").strip() or str(min(2, os.cpu_count() or 1))
    instance = Path(env.get("INSTANCE_DIR", "").strip() or ROOT / "instance").absolute()
    url = env.get("PUBLIC_URL", "").strip() or f"http://127.0.0.1:{int(port)}"
    full = env | {"PORT": str(int(port)), "BIND": bind, "DEMO": "1" if demo else "0"}
    full |= {"WEB_PROCESSES": processes, "INSTANCE_DIR": str(instance), "PUBLIC_URL": url}
    full |= {"PYTHONUNBUFFERED": "1", "HTTPS": "1" if https else "0"}
    return Place(int(port), bind, https, demo, url, full, instance)


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


def answers(url: str) -> int | None:
    """The HTTP status of a page of ours on this machine, or None when nothing answers."""
    context = ssl._create_unverified_context()  # noqa: SLF001, S323  ourselves, over loopback
    try:
        with urllib.request.urlopen(url, timeout=2, context=context) as answer:
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
    if mark["port"] != here.port or answers(f"{mark['local']}/health/live") != 200:
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
