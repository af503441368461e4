"""Every periodic job stands in the worker's one table, and everything in the table is a job."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.worker import SCHEDULE
from tests.house.source import Module, read

JOBS = [module for module in read("app") if module.kind == "jobs" and module.feature != "core"]
WEEK = [datetime(2026, 11, 16, tzinfo=UTC) + timedelta(minutes=at) for at in range(7 * 24 * 60)]


def verbs(module: Module) -> list[str]:
    """The public functions of a jobs file, dotted."""
    return [
        f"{module.name}.{node.name}"
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def dotted(verb: Callable[[], object]) -> str:
    """A function's dotted name."""
    return f"{verb.__module__}.{getattr(verb, '__qualname__', '?')}"


def missing(modules: list[Module], scheduled: set[str]) -> list[str]:
    """Jobs that stand in a jobs file and not in the table."""
    return [name for module in modules for name in verbs(module) if name not in scheduled]


def test_every_job_is_in_the_table() -> None:
    assert JOBS
    assert missing(JOBS, {dotted(entry.verb) for entry in SCHEDULE}) == []


def test_everything_in_the_table_is_a_job_of_a_jobs_file() -> None:
    for entry in SCHEDULE:
        path = dotted(entry.verb)
        module, _, name = path.rpartition(".")
        assert module.split(".")[2] == "jobs", path
        assert callable(getattr(importlib.import_module(module), name))


def test_names_are_unique_and_readable() -> None:
    names = [entry.name for entry in SCHEDULE]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)


def test_every_job_comes_up_within_a_week() -> None:
    for entry in SCHEDULE:
        assert any(entry.when(at) for at in WEEK), entry.name


def test_a_job_outside_the_table_is_found() -> None:
    stray = Module("app.trips.jobs", "def sweep(): pass\ndef _part(): pass")
    assert missing([stray], set()) == ["app.trips.jobs.sweep"]
