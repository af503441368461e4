"""`make test`: every check, each with its seconds, and a plain closing line.

mypy runs on one core for as long as all the short checks together, so it runs beside them; what
takes both cores comes after, one stage after the other.

The danger removed here: a check that did not run and is taken for one that passed. What cannot
run is said loudly (`NOT RUN: …`), and counts as a failure where CI=true. A failed stage does not
hide the later ones.

Runs inside the virtual environment: `python -m tools.check [stage …]`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree  # only our own pytest's report is read

from tools import browser
from tools.setup import PYTHON, ROOT, SetupError, build_front, node

REPORTS = ROOT / "build"
LIMIT_S = 360.0
JOURNEYS = "tests/journeys"


@dataclass
class Outcome:
    """What one stage came to; for lint and types a stage is one check."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    not_run: str = ""

    def word(self) -> str:
        """The stage's result in a word or two."""
        if self.not_run:
            return "NOT RUN"
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def call(command: list[str], env: dict[str, str] | None = None) -> int:
    """Run a command in the project's root with its output shown; returns the exit code."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL).returncode


def one(command: list[str]) -> Outcome:
    """A tool that says yes or no."""
    return Outcome(passed=1) if call(command) == 0 else Outcome(failed=1)


def lint() -> Outcome:
    """ruff's rules."""
    return one([str(PYTHON), "-m", "ruff", "check", "."])


def layout() -> Outcome:
    """ruff's format."""
    return one([str(PYTHON), "-m", "ruff", "format", "--check", "."])


class Types:
    """mypy, strict: begun early, asked for its result when it is due."""

    process: subprocess.Popen[str]
    began: float

    def begin(self) -> None:
        """Start it; what it says is kept until it is asked for."""
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [str(PYTHON), "-m", "mypy"], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def __call__(self) -> Outcome:
        """Wait for it and show what it said."""
        print(self.process.communicate()[0], flush=True)
        return Outcome(passed=1) if self.process.returncode == 0 else Outcome(failed=1)


types = Types()


def counted_pytest(name: str, *options: str) -> Outcome:
    """Run pytest and count from its report; a run that ends badly never counts as passed."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    code = call([str(PYTHON), "-m", "pytest", f"--junitxml={report}", *options])
    if code == 5:
        return Outcome(not_run="pytest found no test")
    if not report.exists():
        return Outcome(failed=1)
    suite = next(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314
    bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    skipped = int(suite.get("skipped", 0))
    passed = max(0, int(suite.get("tests", 0)) - bad - skipped)
    return Outcome(passed, max(bad, 1) if code else 0, skipped)


def pytest() -> Outcome:
    """The Python tests, without the browser."""
    apart = f"--ignore={JOURNEYS}"  # neither stage reads what only the other runs
    return counted_pytest("pytest", "-n", "2", "--durations=5", apart)


def front() -> Outcome:
    """The front end builds and keeps its size budget."""
    try:
        build_front()
    except SetupError as error:
        print(f"front end: {error}")
        return Outcome(failed=1)
    return Outcome(passed=1)


def jstest() -> Outcome:
    """The JavaScript tests, by Node's own runner."""
    files = sorted(str(path) for path in (ROOT / "tests/pwa").glob("**/*.test.js"))
    if not files:
        return Outcome(not_run="no JavaScript test was found")
    command = [node(), "--test", "--test-reporter=spec", *files]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    print(done.stdout)
    counts = dict(re.findall(r"^\S+ (pass|fail|skipped) (\d+)$", done.stdout, re.MULTILINE))
    failed = int(counts.get("fail", 0))
    return Outcome(
        int(counts.get("pass", 0)),
        max(failed, 1) if done.returncode else failed,
        int(counts.get("skipped", 0)),
    )


def journeys() -> Outcome:
    """The journeys, in the real browser."""
    missing = browser.ensure()
    if missing:
        return Outcome(not_run=missing)
    return counted_pytest("journeys", JOURNEYS, "-m", "browser", "-n", "2", "--durations=5")


STAGES: dict[str, Callable[[], Outcome]] = {
    "lint": lint,
    "format": layout,
    "front": front,
    "jstest": jstest,
    "types": types,
    "pytest": pytest,
    "journeys": journeys,
}


def table(results: dict[str, tuple[Outcome, float]], whole: float) -> None:
    """Print what each stage came to and how long it took; stages may overlap in the whole."""
    print("\nstage       seconds  result")
    for name, (outcome, seconds) in results.items():
        print(f"{name:<11} {seconds:>7.1f}  {outcome.word()}")
    over = f"  (over the {LIMIT_S:.0f} s it should take)" if whole > LIMIT_S else ""
    print(f"{'all':<11} {whole:>7.1f}{over}")


def close(results: dict[str, tuple[Outcome, float]]) -> int:
    """Print what did not run, then the closing line; returns the exit code."""
    outcomes = [outcome for outcome, _ in results.values()]
    not_run = [(name, one.not_run) for name, (one, _) in results.items() if one.not_run]
    for name, why in not_run:
        print(f"NOT RUN: {name}: {why}")
    passed, failed, skipped = (
        sum(getattr(outcome, field) for outcome in outcomes)
        for field in ("passed", "failed", "skipped")
    )
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or (not_run and os.environ.get("CI") == "true") else 0


def main(wanted: list[str]) -> int:
    """Run the named stages, or all; returns 0 when nothing failed."""
    unknown = set(wanted) - set(STAGES)
    if unknown:
        print(f"no such stage: {', '.join(sorted(unknown))}; there are: {', '.join(STAGES)}")
        return 2
    REPORTS.mkdir(exist_ok=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # every process would compile everything anew
    start = time.monotonic()
    chosen = {name: stage for name, stage in STAGES.items() if not wanted or name in wanted}
    if "types" in chosen:
        types.begin()
    results: dict[str, tuple[Outcome, float]] = {}
    for name, stage in chosen.items():
        print(f"\n== {name} ==", flush=True)
        begin = types.began if name == "types" else time.monotonic()
        results[name] = (stage(), time.monotonic() - begin)
    table(results, time.monotonic() - start)
    return close(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
