"""A sheet of 200 photos: how long, how much memory, and whether every QR on its pages reads back.

Each sheet is made by the worker's verb in a process of its own, so that memory is that sheet's;
this module is that process too: `python -m tests.bench.photo_sheet INSTANCE EXPORT`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from flask import Flask

from app.core import http
from app.photos.rules import picture_code
from app.photos.rules.sheet import PER_PAGE
from app.photos.service import sheet
from tests import factories
from tests.bench.stage import NotReadyError, application, instance
from tests.photos import sheet_reader, sheet_scene
from tests.photos.sheet_scene import Kept
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("photo_sheet_s", "photo_sheet_peak_mb", "photo_sheet_qr_percent")
PHOTOS, DIFFERENT, DPI = 200, 20, 150
PHASES = ("before", "during", "after", "", "")


def gather(app: Flask) -> tuple[list[Kept], dict[str, str]]:
    """200 photos of one office with their files, and a sheet of each kind that is asked for."""
    with app.app_context():
        office = factories.make_office()
        kept = []
        for number in range(PHOTOS):
            size = sheet_scene.PORTRAIT if number % 4 == 3 else sheet_scene.LANDSCAPE
            large = sheet_scene.picture(number % DIFFERENT, size)
            phase = PHASES[number % len(PHASES)]
            series = f"00000000-0000-4000-8000-{number // len(PHASES):012d}"
            at = sheet_scene.TAKEN + 60 * number
            kept.append(
                sheet_scene.keep(office, large=large, phase=phase, series=series, captured_at=at)
            )
        ids = [one.id for one in kept]
        orders = {
            f"PDF, {per_page} a page": sheet_scene.order(office, "pdf", ids, per_page=per_page)
            for per_page in PER_PAGE
        }
        orders["workbook"] = sheet_scene.order(office, "xlsx", ids)
    return kept, orders


def make(home: Path, export_id: str) -> tuple[float, float, float]:
    """Have a fresh process make a sheet: seconds, seconds of processor, most memory in MB.

    Raises:
        NotReadyError: it failed; with what it said.
    """
    command = [sys.executable, "-m", "tests.bench.photo_sheet", str(home), export_id]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise NotReadyError(done.stderr[-800:])
    seconds, busy, peak = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), float(busy), float(peak)


def read_back(app: Flask, kept: list[Kept], export_id: str) -> tuple[int, int]:
    """How many of the sheet's QRs read back in their place, and the file's size."""
    with app.app_context():
        data = sheet_scene.made(export_id)
        public = http.config().public_url
    read = [code for page in sheet_reader.pages(data, DPI) for code in sheet_reader.codes(page)]
    wanted = [picture_code.url_of(public, one.id, one.sha256) for one in kept]
    return sum(one == other for one, other in zip(read, wanted, strict=False)), len(data)


def run(report: Report) -> None:
    """Make a sheet of each layout and read it; the worst counts."""
    home = instance(demo=False)
    app = application(home)
    kept, orders = gather(app)
    seconds, peaks, right = [], [], []
    for name, export_id in orders.items():
        took, busy, peak = make(home, export_id)
        spent = f"{name}: {took:.1f} s ({busy:.1f} s of processor), {peak:.0f} MB at most"
        if name == "workbook":
            report.note(spent)
            continue
        found, size = read_back(app, kept, export_id)
        report.note(f"{spent}, {size / 1e6:.1f} MB of file, {found} of {PHOTOS} QRs at {DPI} dpi")
        seconds.append(took)
        peaks.append(peak)
        right.append(found)
    report.figure("photo_sheet_s", max(seconds))
    report.figure("photo_sheet_peak_mb", max(peaks))
    report.figure("photo_sheet_qr_percent", 100 * sum(right) / (PHOTOS * len(right)))


def main(home: str, export_id: str) -> None:
    """Make one sheet in this process and print seconds and peak memory."""
    with application(Path(home)).app_context():
        began, busy = time.perf_counter(), time.process_time()
        sheet.make_sheet(export_id)
        took, busy = time.perf_counter() - began, time.process_time() - busy
        row = sheet_scene.export(export_id)
    if row.state != sheet.READY:
        raise NotReadyError(f"{row.state}: {row.error}")
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    print(json.dumps([took, busy, int(peak[1]) / 1024 if peak else 0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
