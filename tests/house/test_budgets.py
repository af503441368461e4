"""The budgets hold, in the product and in its tools, and each is shown to be able to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tests.house import budgets
from tests.house.source import Module, read

APP = read("app")
CODE = [*APP, *read("tools", "wsgi.py")]
HOUSE = read("tests/house", "tests/client.py", "tests/conftest.py")
Rule = Callable[[list[Module]], Iterable[str]]
RULES: dict[str, tuple[Rule, list[Module]]] = {
    "long_modules": (budgets.long_modules, [*CODE, *HOUSE]),
    "long_functions": (budgets.long_functions, [*CODE, *HOUSE]),
    "deep_functions": (budgets.deep_functions, CODE),
    "nameless": (budgets.nameless, CODE),
    "undocumented": (budgets.undocumented, CODE),
    "packages_with_code": (budgets.packages_with_code, CODE),
    "untyped": (budgets.untyped, CODE),
    "long_views": (budgets.long_views, APP),
    "thick_wrappers": (budgets.thick_wrappers, APP),
}
DEEP = "def f():\n for a in b:\n  if a:\n   while a:\n    with a:\n     pass"
FLAT = "def f():\n if a:\n  pass\n elif b:\n  pass\n elif c:\n  for x in y:\n   pass\n"
VIEW = '@bp.get("/")\ndef view():\n    """Doc."""\n' + "    x = 1\n" * 13
SAMPLES = [
    ("long_modules", Module("app.trips.service", "x = 1\n" * 301)),
    ("long_functions", Module("app.trips.service", "def f():\n" + "    x = 1\n" * 41)),
    ("deep_functions", Module("app.trips.service", DEEP)),
    ("nameless", Module("app.trips.utils", "")),
    ("undocumented", Module("app.trips.service", '"""Doc."""\ndef f(): pass')),
    ("undocumented", Module("app.trips.service", '"""Doc."""\nclass A:\n def f(self): pass')),
    ("packages_with_code", Module("app.trips", '"""Doc."""\nx = 1', is_package=True)),
    ("packages_with_code", Module("app.trips", "", is_package=True)),
    ("untyped", Module("app.trips.service", "def f(a): pass")),
    ("long_views", Module("app.trips.routes.home", VIEW)),
    ("thick_wrappers", Module("app.trips.jobs", "def f():\n" + "    x = 1\n" * 13)),
]


@pytest.mark.parametrize("rule", RULES)
def test_the_budget_is_kept(rule: str) -> None:
    check, modules = RULES[rule]
    found = list(check(modules))
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(("rule", "offender"), SAMPLES)
def test_the_budget_can_be_broken(rule: str, offender: Module) -> None:
    assert list(RULES[rule][0]([offender]))


def test_elif_is_not_deeper() -> None:
    assert list(budgets.deep_functions([Module("app.trips.service", FLAT)])) == []
