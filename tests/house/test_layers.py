"""The import table holds for every module, and each rule is shown to be able to fail."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.house import layers
from tests.house.source import ROOT, Module, read

APP = read("app", "wsgi.py")
Rule = Callable[[list[Module]], Iterable[object]]
RULES: dict[str, Rule] = {
    "names": layers.names,
    "layers": layers.layers,
    "never": layers.never,
    "inner": layers.inner,
    "environment": layers.environment,
    "commits": layers.commits,
    "cycles": layers.cycles,
}
INSIDE = [module for module in APP if module.name != "wsgi"]
SAMPLES = [
    ("names", "app.trips.helpers", "x = 1"),
    ("names", "app.unheard.service", "x = 1"),
    ("layers", "app.accounts.service", "from app.trips import service"),
    ("layers", "app.trips.service", "from app.directory import service"),
    ("layers", "app.core.pages", "from app.trips import queries"),
    ("layers", "app.trips.routes", "from app.trips import models"),
    ("layers", "app.trips.queries", "from app.trips.service.stamps import keep"),
    ("layers", "app.trips.service", "from app.accounts import models"),
    ("layers", "app.trips.routes", "from app.accounts.service import people"),
    ("layers", "app.trips.service", "from app.factory import create_app"),
    ("layers", "app.trips.gateways.places", "import app.trips.models"),
    ("never", "app.trips.rules.token", "import random"),
    ("never", "app.trips.rules", "from flask import g"),
    ("never", "app.trips.rules", "import requests"),
    ("never", "app.trips.rules", "from datetime import datetime\nx = datetime.now()"),
    ("never", "app.trips.routes", "from sqlalchemy import select"),
    ("never", "app.trips.service", "from flask import request"),
    ("never", "app.trips.queries", "from sqlalchemy import update"),
    ("never", "app.trips.queries", "def f(): db.session().add(1)"),
    ("never", "app.trips.models", "from flask import url_for"),
    ("never", "app.trips.gateways", "from app.core import db"),
    ("inner", "app.trips.service", "def f():\n    import json"),
    ("inner", "app.trips.service", "from . import rules"),
    ("inner", "app.trips.service", "try:\n    import x\nexcept ImportError:\n    x = None"),
    ("environment", "app.trips.service", "import os\nx = os.environ['A']"),
    ("environment", "app.core.log", "from os import getenv"),
    ("commits", "app.trips.service", "def f(): db.session.commit()"),
]


@pytest.mark.parametrize("rule", RULES)
def test_every_module_keeps_the_rule(rule: str) -> None:
    found = list(RULES[rule](INSIDE))
    assert not found, "\n" + "\n".join(map(str, found))


def test_wsgi_keeps_the_rules_too() -> None:
    own = [module for module in APP if module.name == "wsgi"]
    assert own
    for rule in ("inner", "environment", "commits"):
        assert list(RULES[rule](own)) == []


@pytest.mark.parametrize(("rule", "name", "text"), SAMPLES)
def test_the_rule_finds_an_offender(rule: str, name: str, text: str) -> None:
    assert list(RULES[rule]([Module(name, text)]))


def test_a_ring_of_features_is_found() -> None:
    ring = [
        Module("app.trips.service", "from app.photos import service"),
        Module("app.photos.service", "from app.briefing import service"),
        Module("app.briefing.service", "from app.trips import service"),
    ]
    assert ["trips", "photos", "briefing", "trips"] in layers.cycles(ring)


def test_good_imports_pass() -> None:
    good = [
        Module("app.trips.service.stamps", "from app.accounts.service import people"),
        Module(
            "app.trips.routes.home", "from app.core import guard\nfrom app.trips import queries"
        ),
        Module(
            "app.trips.rules.token", "import hashlib\nimport cbor2\nfrom app.trips.rules import x"
        ),
        Module("app.factory", "from app.trips.routes import home"),
    ]
    for rule in RULES.values():
        assert list(rule(good)) == []


HEAVY = ("PIL", "kiwipiepy", "reportlab", "fpdf", "weasyprint", "openpyxl", "torch", "pi_heif")
WATCH = """
import builtins, json, sys
heavy, first, real = set(json.loads(sys.argv[1])), {}, builtins.__import__
def watch(name, globals=None, locals=None, fromlist=(), level=0):
    root = name.split(".")[0]
    if level == 0 and root in heavy and root not in first:
        first[root] = ((globals or {}).get("__name__") or "?").split(".")[0]
    return real(name, globals, locals, fromlist, level)
builtins.__import__ = watch
import wsgi
loaded = sorted(heavy & {name.split(".")[0] for name in sys.modules})
print(json.dumps([[name, first.get(name, "?")] for name in loaded]))
"""


def heavy_imports(folder: Path, extra: str = "") -> list[tuple[str, str]]:
    """Heavy libraries that importing wsgi loads, each with the package that asked for it first."""
    code = WATCH.replace("import wsgi", f"import wsgi\n{extra}")
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps([*HEAVY, "wave"])],
        cwd=ROOT, env={"INSTANCE_DIR": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [(name, by) for name, by in json.loads(done.stdout.splitlines()[-1])]


def test_the_web_process_loads_no_heavy_library(tmp_path: Path) -> None:
    assert heavy_imports(tmp_path) == []


def test_a_heavy_library_is_found(tmp_path: Path) -> None:
    assert ("wave", "__main__") in heavy_imports(tmp_path, "import wave")
