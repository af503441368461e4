"""Who may import whom: the table of docs/architecture.md as data, and the functions that check it.

Each function takes modules and returns findings, one readable line each; none is the good answer.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from tests.house.source import Import, Module, calls, imports

ORDER = (
    ("core",),
    ("ledger",),
    ("accounts",),
    ("notices",),
    ("trips", "directory"),
    ("photos", "cafeteria", "briefing"),
    ("admin",),
)
LEVEL = {name: level for level, names in enumerate(ORDER) for name in names}
ROOTS = {"app", "app.factory", "app.worker", "app.robot", "app.witness"}
MAY = {
    "routes": {"service", "queries", "schemas", "rules"},
    "schemas": {"rules"},
    "service": {"rules", "models", "queries", "gateways"},
    "rules": set(),
    "queries": {"models"},
    "models": set(),
    "gateways": {"rules"},
    "jobs": {"service"},
    "cli": {"service"},
}
COMPUTE = (
    "cryptography", "cbor2", "geopy.distance", "numpy", "ahocorasick_rs", "shapely",
    "pydantic", "selectolax",
)  # fmt: skip
# What a row of a file is (core.sheets.lines) is plain data and decides nothing of the world.
RULES_MAY = (
    *COMPUTE, "app.core.errors", "app.core.reach", "app.core.sheets.lines",
    "flask_babel.lazy_gettext",
)  # fmt: skip
WORLD = {
    *("asyncio", "http", "io", "multiprocessing", "os", "pathlib", "random", "secrets"),
    *("shutil", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time"),
    "urllib.request",
}
NEVER_IMPORT = {
    "routes": ("sqlalchemy", "flask_sqlalchemy"),
    "schemas": ("sqlalchemy", "flask", "app.core.db"),
    "service": ("flask.request", "flask.jsonify", "flask.render_template", "flask.redirect"),
    "queries": ("sqlalchemy.insert", "sqlalchemy.update", "sqlalchemy.delete", "flask"),
    "models": ("flask", "json"),
    "gateways": ("sqlalchemy", "flask_sqlalchemy", "app.core.db"),
    "jobs": ("sqlalchemy", "flask.request"),
    "cli": ("sqlalchemy", "flask.request"),
}
WRITES = (".add", ".add_all", ".delete", ".merge", ".flush", ".bulk_save_objects")
CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "uuid4")


def within(target: str, roots: Iterable[str]) -> bool:
    """Whether a dotted name is one of the roots or lies in one."""
    return any(target == root or target.startswith(f"{root}.") for root in roots)


def place(target: str) -> tuple[str, str]:
    """Feature and kind of an imported name of ours: `app.trips.rules.token.x` → trips, rules."""
    parts = [*target.split("."), "", ""]
    return parts[1], parts[2]


def names(modules: list[Module]) -> Iterator[str]:
    """Files that are none of the ten names, and features that stand in no layer."""
    for module in modules:
        if module.name in ROOTS:
            continue
        if module.feature not in LEVEL:
            yield f"{module.name}: {module.feature or 'a file beside the folders'} is in no layer"
        elif module.feature != "core" and module.kind not in {"", *MAY}:
            yield f"{module.name}: {module.kind} is none of the ten names"


def layers(modules: list[Module]) -> Iterator[str]:
    """Imports that go up, sideways, or round another feature's door."""
    for module in modules:
        if module.name in ROOTS or module.feature not in LEVEL:
            continue
        for one in imports(module):
            if one.target.startswith("app."):
                why = refused(module, one)
                if why:
                    yield f"{module.name}:{one.line} imports {one.target}: {why}"


def refused(module: Module, one: Import) -> str:
    """Why a module may not import something of ours, or ""."""
    feature, kind = place(one.target)
    if feature not in LEVEL:
        return "only wsgi and the worker may import what stands at the top"
    if feature == "core":
        return ""
    if module.feature == "core":
        return "core knows no feature"
    if feature == module.feature:
        allowed = {module.kind, *MAY.get(module.kind, set())}
        return "" if kind in allowed else f"{module.kind or 'a docstring'} may not see {kind}"
    if LEVEL[feature] >= LEVEL[module.feature]:
        return "up or sideways"
    if module.kind != "service" or kind != "service":
        return "features meet in service only"
    return ""


def never(modules: list[Module]) -> Iterator[str]:
    """Imports and calls that a kind of file must never hold."""
    for module in modules:
        if module.feature == "core" or not module.kind:
            continue
        for one in imports(module):
            if within(one.target, NEVER_IMPORT.get(module.kind, ())):
                yield f"{module.name}:{one.line} {module.kind} never imports {one.target}"
            if module.kind == "rules" and not pure(one.target, module):
                yield f"{module.name}:{one.line} rules are pure: {one.target}"
        for call, line in calls(module):
            if forbidden_call(module.kind, call):
                yield f"{module.name}:{line} {module.kind} never calls {call}"


def pure(target: str, module: Module) -> bool:
    """Whether rules may import this: their own rules, libraries that compute, pure stdlib."""
    if within(target, (f"app.{module.feature}.rules", *RULES_MAY)):
        return True
    root = target.partition(".")[0]
    return root in sys.stdlib_module_names and not within(target, WORLD)


def forbidden_call(kind: str, call: str) -> bool:
    """Whether a call breaks the kind's `never` column."""
    if kind == "rules":
        return any(call == clock or call.endswith(f".{clock}") for clock in CLOCKS)
    return kind == "queries" and call.endswith(WRITES) and "session" in call


def inner(modules: list[Module]) -> Iterator[str]:
    """Imports inside functions, classes or conditions, and relative ones."""
    for module in modules:
        for one in imports(module):
            if one.inner:
                yield f"{module.name}:{one.line} imports {one.target} not at the top"
            if one.relative:
                yield f"{module.name}:{one.line} imports {one.target} relatively"


def environment(modules: list[Module]) -> Iterator[str]:
    """Everything outside core/config.py that touches the environment."""
    for module in modules:
        if module.name == "app.core.config":
            continue
        for number, text in enumerate(module.text.splitlines(), 1):
            if "os.environ" in text or "getenv" in text:
                yield f"{module.name}:{number} reads the environment"
        for one in imports(module):
            if within(one.target, ("os.environ", "os.getenv", "dotenv")):
                yield f"{module.name}:{one.line} reads the environment"


def commits(modules: list[Module]) -> Iterator[str]:
    """Everything outside core/db.py that commits."""
    for module in modules:
        if module.name == "app.core.db":
            continue
        for call, line in calls(module):
            if call.endswith(".commit") or call == "commit":
                yield f"{module.name}:{line} calls {call}"


def cycles(modules: list[Module]) -> list[list[str]]:
    """Features that import one another in a ring, directly or round others."""
    graph: dict[str, set[str]] = {}
    for module in modules:
        if module.feature:
            seen = {place(one.target)[0] for one in imports(module) if one.target[:4] == "app."}
            graph.setdefault(module.feature, set()).update(seen - {module.feature, ""})
    return [ring for start in sorted(graph) if (ring := ring_from(start, graph))]


def ring_from(start: str, graph: dict[str, set[str]]) -> list[str]:
    """A way from a feature back to itself, or an empty list."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for following in sorted(graph.get(way[-1], ())):
            if following == start:
                return [*way, start]
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []
