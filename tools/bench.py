"""`make bench` and `make drill`: measure, print one line a figure, keep them on demand.

A measurement is a module in tests/bench (performance) or tests/bench/drills (kill and fault
drills) with `FIGURES`, the names it gives, and `run(report)`, which calls
`report.figure(name, value)` as soon as it knows one. Names, units and goals stand here.

The dangers removed here: a figure in the documents that nobody measured (WRITE=1 alone writes
them, with machine and date), and a measurement that is left out in silence.
"""

from __future__ import annotations

import datetime as dt
import importlib
import operator
import os
import platform
import re
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from tools.setup import ROOT

FOLDERS = {"bench": "tests/bench", "drill": "tests/bench/drills"}
DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEADING = "| figure | value | unit | goal | met | date | machine |\n|---|---|---|---|---|---|---|"
SIGNS: dict[str, Callable[[float, float], bool]] = {
    "≤": operator.le,
    "≥": operator.ge,
    "=": operator.eq,
}


@dataclass(frozen=True)
class Goal:
    """What a figure is measured in, and what it should be; no sign means there is no goal."""

    unit: str
    sign: str = ""
    bound: float = 0

    def text(self) -> str:
        """The goal as a person reads it."""
        return f"{self.sign} {self.bound:g}" if self.sign else "–"

    def met(self, value: float) -> bool:
        """Whether a value keeps the goal."""
        return not self.sign or SIGNS[self.sign](value, self.bound)


KNOWN = {
    "setup_first_page_s": Goal("s", "≤", 180),
    "second_start_s": Goal("s", "≤", 5),
    "web_idle_rss_mb": Goal("MB", "≤", 250),
    "first_qr_s": Goal("s", "≤", 60),
    "first_qr_taps": Goal("taps", "≤", 6),
    "later_stamp_taps": Goal("taps", "=", 1),
    "tamper_accepted": Goal("tokens", "=", 0),
    "tamper_errors": Goal("errors", "=", 0),
    "photo_tamper_missed": Goal("changes", "=", 0),
    "tap_to_qr_p95_ms": Goal("ms", "≤", 150),
    "stamp_drill_lost": Goal("stamps", "=", 0),
    "stamp_drill_doubled": Goal("stamps", "=", 0),
    "stamp_saved_lost": Goal("stamps", "=", 0),
    "photo_drill_lost": Goal("photos", "=", 0),
    "photo_drill_doubled": Goal("photos", "=", 0),
    "photo_drill_corrupt": Goal("photos", "=", 0),
    "photo_resent_chunks": Goal("pieces/kill", "≤", 1),
    "photo_resent_most": Goal("chunks", "≤", 1),
    "saved_is_true": Goal("of 20", "=", 20),
    "photo_inbox_s": Goal("s", "≤", 5),
    "photo_burst_s": Goal("s", "≤", 10),
    "first_view_kb": Goal("KB gz", "≤", 34),
    "first_view_lcp_ms": Goal("ms", "≤", 1200),
    "today_view_kb": Goal("KB gz"),
    "today_view_lcp_ms": Goal("ms"),
    "repeat_view_bytes": Goal("bytes", "=", 0),
    "axe_violations": Goal("violations", "=", 0),
    "install_errors": Goal("errors", "=", 0),
    "qr_read_percent": Goal("%", "=", 100),
    "stamp_rps": Goal("requests/s"),
    "stamp_ratio": Goal("x", "≥", 0.5),
    "stamp_p99_ms": Goal("ms"),
    "verify_rps": Goal("requests/s"),
    "verify_ratio": Goal("x"),
    "verify_p99_ms": Goal("ms"),
    "derivative_ratio": Goal("x", "≤", 1.3),
    "derivative_peak_mb": Goal("MB", "≤", 300),
    "hostile_accepted": Goal("files", "=", 0),
    "delivery_lost": Goal("deliveries", "=", 0),
    "delivery_doubled": Goal("deliveries", "=", 0),
    "follow_missed": Goal("notices", "=", 0),
    "follow_doubled": Goal("notices", "=", 0),
    "isolation_routes": Goal("routes", "≥", 1),
    "isolation_leaks": Goal("leaks", "=", 0),
    "dir_build_s": Goal("s"),
    "dir_index_mb": Goal("MB", "≤", 125),
    "dir_build_peak_mb": Goal("MB", "≤", 400),
    "dir_top50_p50_ms": Goal("ms", "≤", 0.5),
    "dir_top50_p95_ms": Goal("ms", "≤", 3),
    "dir_top50_p99_ms": Goal("ms", "≤", 10),
    "dir_top50_max_ms": Goal("ms", "≤", 25),
    "dir_page_p50_ms": Goal("ms", "≤", 5),
    "dir_page_p95_ms": Goal("ms", "≤", 20),
    "dir_page_p99_ms": Goal("ms", "≤", 25),
    "dir_vs_like": Goal("x", "≥", 150),
    "dir_vs_tantivy": Goal("x", "≤", 2),
    "dir_recall_min": Goal("", "=", 1),
    "dir_precision_min": Goal("", "≥", 0.995),
    "dir_initials_recall": Goal("", "≥", 0.99),
    "dir_hostile_errors": Goal("errors", "=", 0),
    "dir_hostile_ratio": Goal("x"),
    "dir_http_p99_ms": Goal("ms", "≤", 100),
    "dir_browser_p95_ms": Goal("ms", "≤", 100),
    "photo_sheet_s": Goal("s", "≤", 60),
    "photo_sheet_peak_mb": Goal("MB", "≤", 300),
    "photo_sheet_qr_percent": Goal("%", "=", 100),
    "dir_import_rows_s": Goal("rows/s"),
    "dir_import_peak_mb": Goal("MB", "≤", 500),
    "crawl_found_percent": Goal("%", "=", 100),
    "crawl_violations": Goal("violations", "=", 0),
    "queue_mae_noise": Goal("min", "≤", 0.8),
    "queue_mae_bias": Goal("min", "≤", 1.0),
    "queue_mae_outage": Goal("min", "≤", 2.0),
    "queue_mae_outage_tap": Goal("min", "≤", 1.4),
    "queue_mae_taps": Goal("min", "≤", 0.9),
    "queue_mae_phones": Goal("min"),
    "queue_bias_noise": Goal("min"),
    "queue_coverage": Goal("%"),
    "level_right_percent": Goal("%"),
    "live_p95_ms": Goal("ms", "≤", 4000),
    "live_back_s": Goal("s", "≤", 10),
    "fault_stale_shown": Goal("moments", "=", 0),
    "privacy_found": Goal("findings", "=", 0),
}


@dataclass
class Report:
    """Takes figures as they come, prints each at once, and keeps them."""

    wanted: str = ""
    figures: dict[str, float] = field(default_factory=dict)

    def figure(self, name: str, value: float, unit: str | None = None) -> None:
        """Print and keep one figure.

        Args:
            name: one of KNOWN.
            value: the measurement, in the unit that KNOWN gives.
            unit: may be given for the reader; must be that unit.

        Raises:
            ValueError: the name is not known, or the unit is another one.
        """
        if name not in KNOWN:
            raise ValueError(f"{name} is not a known figure")
        if unit not in {None, KNOWN[name].unit}:
            raise ValueError(f"{name} is measured in {KNOWN[name].unit}, not in {unit}")
        self.figures[name] = value
        print(f"figure {name} = {shown(value)} {KNOWN[name].unit}", flush=True)

    def note(self, text: str) -> None:
        """Print one line of explanation, indented."""
        print(f"  {text}", flush=True)


def shown(value: float) -> str:
    """A number without false precision: whole, or three significant digits."""
    return str(int(value)) if value == int(value) else f"{value:.3g}"


def modules(kind: str) -> list[ModuleType]:
    """The measurements of a folder, imported; each must have FIGURES and run."""
    found = []
    for path in sorted((ROOT / FOLDERS[kind]).glob("[a-z]*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        module = importlib.import_module(name)
        if hasattr(module, "FIGURES") and hasattr(module, "run"):
            unknown = set(module.FIGURES) - set(KNOWN)
            if unknown:
                raise SystemExit(f"{name} gives figures nobody knows: {', '.join(sorted(unknown))}")
            found.append(module)
    return found


def chosen(kind: str, wanted: str) -> list[ModuleType]:
    """The measurements to run: all of a kind, or the one that gives a figure.

    Raises SystemExit with one line when the figure is unknown or nobody gives it.
    """
    if not wanted:
        return modules(kind)
    if wanted not in KNOWN:
        raise SystemExit(f"NAME={wanted}: no such figure; there are: {', '.join(KNOWN)}")
    every = [*modules("bench"), *modules("drill")]
    giving = [module for module in every if wanted in module.FIGURES]
    if not giving:
        raise SystemExit(f"NAME={wanted}: a known figure, but no measurement gives it yet")
    return giving


def machine() -> str:
    """Processor, cores, memory and the versions that matter, in one line."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        match = re.search(r"model name\s*:\s*(.+)", info.read_text())
        cpu = match[1].strip() if match else cpu
    ram = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = f"Python {platform.python_version()}, Flask {version('flask')}"
    return f"{cpu}, {os.cpu_count()} cores, {ram:.0f} GiB, {versions}"


def measure(module: ModuleType, report: Report) -> str:
    """Run one measurement; returns what went wrong, or ""."""
    name = module.__name__.rpartition(".")[2]
    print(f"-- {name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
    try:
        module.run(report)
    except Exception:  # one broken measurement must not hide the others
        traceback.print_exc()
        return f"{name} broke"
    left = set(module.FIGURES) - set(report.figures)
    return f"{name} did not give {', '.join(sorted(left))}" if left else ""


def write(report: Report, where: str) -> None:
    """Put the new figures into docs/performance.md, leaving the other rows as they are."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else "# Performance\n"
    if BEGIN not in text:
        text += f"\n{BEGIN}\n{HEADING}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    rows = {
        match[1]: line for line in old.splitlines() if (match := re.match(r"\| `(\w+)` \|", line))
    }
    today = dt.datetime.now(dt.UTC).date().isoformat()
    for name, value in report.figures.items():
        goal = KNOWN[name]
        met = "yes" if goal.met(value) else "**no**"
        rows[name] = (
            f"| `{name}` | {shown(value)} | {goal.unit} | {goal.text()} | "
            f"{met if goal.sign else '–'} | {today} | {where} |"
        )
    body = "\n".join(rows[name] for name in KNOWN if name in rows)
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{HEADING}\n{body}\n{END}{after}", encoding="utf-8")
    print(f"written to {DOCUMENT.relative_to(ROOT)}")


def close(report: Report, problems: list[str]) -> int:
    """Say which goals were missed and what broke; returns the exit code."""
    for name, value in report.figures.items():
        if not KNOWN[name].met(value):
            problems.append(f"GOAL MISSED: {name} = {shown(value)}, goal {KNOWN[name].text()}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def main(words: list[str]) -> int:
    """Run `bench` or `drill`; NAME picks one figure, WRITE=1 keeps what was measured."""
    if len(words) != 1 or words[0] not in FOLDERS:
        print("usage: [NAME=figure] [WRITE=1] python -m tools.bench bench|drill", file=sys.stderr)
        return 2
    report = Report(wanted=os.environ.get("NAME", "").strip())
    where = machine()
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC · {where}", flush=True)
    found = chosen(words[0], report.wanted)
    problems = [problem for module in found if (problem := measure(module, report))]
    if not found:
        problems.append(f"NOT MEASURED: there is no measurement in {FOLDERS[words[0]]} yet")
    if not report.wanted and words[0] == "bench":
        given = {name for module in [*found, *modules("drill")] for name in module.FIGURES}
        problems += [f"NOT MEASURED: {name}" for name in KNOWN if name not in given]
    if os.environ.get("WRITE") == "1" and report.figures:
        write(report, where)
    return close(report, problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
