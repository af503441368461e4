"""The tools keep their promises: one clear line for each thing that can be wrong at a start."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from tests.house.source import ROOT, Module, imports, read
from tools import authority, bench, children, place
from tools.setup import SetupError, requirement_files, run_quietly

BEFORE_INSTALLATION = ("tools.run", "tools.setup", "tools.place", "tools.children")


def outside(modules: list[Module]) -> list[str]:
    """Imports that are neither of the standard library nor of a module checked here."""
    ours = {*BEFORE_INSTALLATION, "app.core.config", "tools"}
    return [
        f"{module.name}: {one.target}"
        for module in modules
        for one in imports(module)
        if one.target.split(".", maxsplit=1)[0] not in sys.stdlib_module_names
        and not any(one.target == name or one.target.startswith(f"{name}.") for name in ours)
    ]


def test_what_runs_before_the_installation_needs_no_package() -> None:
    early = [module for module in read("tools") if module.name in BEFORE_INSTALLATION]
    assert len(early) == len(BEFORE_INSTALLATION)
    assert outside([*early, *read("app/core/config.py")]) == []
    assert outside([Module("tools.run", "import flask")])


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "x"), ("HTTPS", "yes"), ("DEMO", "2"), ("PUBLIC_URL", "ftp:a")]
)
def test_a_wrong_setting_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=f"wrong setting: {name}='{value}'"):
        place.read({"INSTANCE_DIR": str(tmp_path), name: value})


def test_run_starts_the_demonstration_on_loopback_unless_told(tmp_path: Path) -> None:
    here = place.read({"INSTANCE_DIR": str(tmp_path)})
    assert (here.config.demo, here.bind, here.https) == (True, "127.0.0.1", False)
    there = place.read({"INSTANCE_DIR": str(tmp_path), "DEMO": "0", "HTTPS": "1"})
    assert (there.config.demo, there.bind) == (False, "0.0.0.0")


def test_a_taken_port_is_named_with_another_to_try(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        here = place.read({"INSTANCE_DIR": str(tmp_path), "PORT": str(port)})
        with pytest.raises(SetupError, match=f"port {port} is taken .* make run PORT="):
            place.check_ports(here)


def test_a_mark_of_a_dead_process_is_no_running_product(tmp_path: Path) -> None:
    here = place.read({"INSTANCE_DIR": str(tmp_path)})
    assert place.already_running(here) is None
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    mark = {"pid": gone.pid, "port": here.port, "url": here.url, "local": place.local(here)}
    here.mark.write_text(json.dumps(mark))
    assert place.already_running(here) is None


def test_a_database_is_prepared_only_at_the_newest_migration(installation: Path) -> None:
    here = place.read({"INSTANCE_DIR": str(installation)})
    assert not place.prepared(here)
    place.mark_prepared(here)
    assert place.prepared(here)
    assert not place.prepared(place.read({"INSTANCE_DIR": str(installation), "DEMO": "0"}))
    (installation / "prepared").unlink()


def test_an_unreachable_registry_is_named() -> None:
    code = "import sys; sys.exit('ReadTimeout: Max retries exceeded with url')"
    with pytest.raises(SetupError, match="registry cannot be reached"):
        run_quietly([sys.executable, "-c", code], dict(os.environ), "packages", "test.log")
    with pytest.raises(SetupError, match="packages failed: no room"):
        run_quietly(
            [sys.executable, "-c", "exit('no room')"], dict(os.environ), "packages", "test.log"
        )


def test_a_child_that_dies_is_named_and_started_again(tmp_path: Path) -> None:
    family = children.Family(dict(os.environ), tmp_path / "log")
    family.start("worker", [sys.executable, "-c", "print('no disk', flush=True); exit(3)"])
    try:
        for _ in range(children.TRIES):
            family.children[0].process.wait()
            family.look()
        family.children[0].process.wait()
        with pytest.raises(children.Died, match=r"the worker ended with exit code 3\n.*no disk"):
            family.look()
    finally:
        family.stop()


def test_children_stop_together(tmp_path: Path) -> None:
    family = children.Family(dict(os.environ), tmp_path / "log")
    for name in ("web server", "worker"):
        family.start(name, [sys.executable, "-c", "import time; time.sleep(60)"])
    family.stop()
    assert all(child.process.returncode is not None for child in family.children)


def test_every_requirement_is_pinned_and_names_no_host() -> None:
    for name in ("requirements-dev.txt", "requirements-node.txt"):
        for path in requirement_files(name):
            for line in path.read_text().splitlines():
                words = line.partition("#")[0].strip()
                assert not words or words.startswith("-r ") or "==" in words, f"{path.name}: {line}"
                assert "://" not in line


def test_the_authority_vouches_for_private_addresses_only() -> None:
    certificate, key = authority.make("host", ["192.168.0.7", "127.0.0.1"])
    held = x509.load_pem_x509_certificate(certificate)
    assert authority.may_vouch(held, ["10.1.2.3", "127.0.0.1"])
    assert not authority.may_vouch(held, ["8.8.4.4"])
    ca = trustme.CA.from_pem(certificate, key)
    assert trusts(ca, certificate, "127.0.0.1")
    assert not trusts(ca, certificate, "bank.example")


def trusts(ca: trustme.CA, root: bytes, name: str) -> bool:
    """Whether a client that trusts the authority accepts its certificate for a name."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(served)
    asking = ssl.create_default_context(cadata=root.decode())
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = served.wrap_bio(there, back, server_side=True)
    client = asking.wrap_bio(back, there, server_hostname=name)
    for _ in range(3):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return True


def test_a_figure_is_known_by_name_and_unit(capsys: pytest.CaptureFixture[str]) -> None:
    report = bench.Report()
    report.figure("tamper_accepted", 0, "tokens")
    assert capsys.readouterr().out == "figure tamper_accepted = 0 tokens\n"
    with pytest.raises(ValueError, match="not a known figure"):
        report.figure("speed", 1)
    with pytest.raises(ValueError, match="measured in"):
        report.figure("stamp_p99_ms", 1, "s")
    with pytest.raises(SystemExit, match="no such figure"):
        bench.chosen("bench", "speed")
    assert bench.close(bench.Report(figures={"stamp_drill_lost": 1}), []) == 1


def test_figures_are_written_beside_older_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    monkeypatch.setattr(bench, "DOCUMENT", tmp_path / "docs" / "performance.md")
    bench.write(bench.Report(figures={"stamp_ratio": 0.61}), "machine one")
    bench.write(bench.Report(figures={"stamp_p99_ms": 42.0}), "machine two")
    text = bench.DOCUMENT.read_text()
    assert "| `stamp_ratio` | 0.61 | x | ≥ 0.5 | yes |" in text
    assert text.count(bench.BEGIN) == 1
    assert "machine two" in text


def test_ci_runs_the_whole_proof() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
