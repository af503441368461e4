"""From a photo to its derivatives: what the safe way costs, and that it is safe.

The yardstick is a bare Pillow script that does the same and trusts everybody: the file is opened,
drafted, shrunk and saved twice, in a process of its own. What it lacks is what is measured:
examining before and after, limits, a process that can open nothing.
"""

from __future__ import annotations

import itertools
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from app.photos.gateways import imaging
from app.photos.gateways.imaging import Made
from app.photos.rules.anatomy import Refused
from tests.bench.stage import folder
from tests.photos import corpus
from tests.photos.clean import faults
from tests.photos.heic_maker import heic
from tools.bench import Report

FIGURES = ("derivative_ratio", "derivative_peak_mb", "hostile_accepted")
PAIRS = 15
MUTATIONS = 300
_places = itertools.count(1)
BARE = """
import sys
from PIL import Image
picture = Image.open(sys.argv[1])
picture.draft("RGB", (2016, 1512))
picture.thumbnail((2016, 2016))
picture.save(sys.argv[2], quality=82)
picture.thumbnail((320, 320))
picture.save(sys.argv[3], quality=75)
"""


def photo(width: int, height: int) -> Image.Image:
    """Something as hard to encode as a photo: soft colours, and grain."""
    chance = random.Random(7)  # noqa: S311  the same picture in every run
    soft = Image.frombytes("RGB", (32, 24), chance.randbytes(32 * 24 * 3))
    grain = Image.effect_noise((width // 2, height // 2), 40).resize((width, height))
    soft = soft.resize((width, height), Image.Resampling.BICUBIC)
    return Image.blend(soft, Image.merge("RGB", (grain, grain, grain)), 0.3)


def large() -> Iterator[tuple[str, bytes]]:
    """The largest pictures of each kind that are let in, and one that is not."""
    flat = Image.new("RGB", (8192, 6144), (90, 120, 60))
    yield "PNG, 50.3 MP", corpus.saved(flat, "PNG", compress_level=1)
    yield "progressive JPEG, 50.3 MP", corpus.saved(flat, progressive=True)
    yield "WebP, 12 MP", corpus.saved(flat.crop((0, 0, 4032, 3024)), "WEBP", method=0)
    for name, grid in (("25.2", (8, 4)), ("50.3", (8, 8))):
        tile = heic(1024, 768, lambda x, y: (60 + x, 60 + y, 128), grid=grid)
        yield f"HEIC, {name} MP", tile


def make(source: Path) -> Made | Refused:
    """Run a file through the whole path, in a fresh folder."""
    work = source.parent / f"work-{next(_places)}"
    work.mkdir()
    try:
        return imaging.make(source, work)
    except Refused as refused:
        return refused


def pair(source: Path) -> tuple[float, float]:
    """Seconds of our path, and of the bare script."""
    began = time.perf_counter()
    made = make(source)
    ours = time.perf_counter() - began
    if isinstance(made, Refused):
        raise RuntimeError(f"the photo was refused: {made.reason}")
    targets = [str(source.parent / f"bare-{next(_places)}.jpg") for _ in range(2)]
    began = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", BARE, str(source), *targets], check=True)
    return ours, time.perf_counter() - began


def wrong(name: str, outcome: Made | Refused | Exception, reason: str) -> str:
    """What is wrong with an outcome, or ""; a reason means that it had to be refused for it."""
    if isinstance(outcome, Refused):
        return "" if reason in {"", outcome.reason} else f"{name}: {outcome.reason}, not {reason}"
    if isinstance(outcome, Exception):
        return f"{name}: {type(outcome).__name__} {outcome}"
    return f"{name}: accepted" if reason else "; ".join(faults(outcome))


def sent() -> Iterator[tuple[str, bytes, str]]:
    """Every hostile file with its reason, and mutations, which have none."""
    yield from corpus.hostile()
    chance = random.Random(11)  # noqa: S311  the same files in every run
    kinds = itertools.cycle(corpus.good().items())
    for number, (kind, data) in enumerate(itertools.islice(kinds, MUTATIONS)):
        yield f"{kind}, mutation {number}", corpus.mutated(data, chance), ""


def attack(place: Path, report: Report) -> tuple[int, int]:
    """Send every file; how many came out wrong, and the peak in kB."""
    bad, peak, refused, count = 0, 0, 0, 0
    outcome: Made | Refused | Exception
    for name, data, reason in sent():
        source = place / f"sent-{next(_places)}"
        source.write_bytes(data)
        try:
            outcome = make(source)
        except Exception as error:  # whatever it is, it counts
            outcome = error
        source.unlink()
        fault = wrong(name, outcome, reason)
        if fault:
            bad += 1
            report.note(fault)
        count, refused = count + 1, refused + isinstance(outcome, Refused)
        peak = max(peak, getattr(outcome, "peak_kb", 0))
    report.note(f"{count} files sent, {refused} refused, {count - refused} became clean pictures")
    return bad, peak


def run(report: Report) -> None:
    """Measure the pairs, weigh the largest, then send what is hostile."""
    place = folder()
    source = place / "photo.jpg"
    source.write_bytes(corpus.saved(photo(4032, 3024), quality=90))
    pairs = [pair(source) for _ in range(PAIRS + 1)][1:]
    report.figure("derivative_ratio", statistics.median(ours / bare for ours, bare in pairs))
    ours, bare = (statistics.median(one) * 1000 for one in zip(*pairs, strict=True))
    report.note(f"{source.stat().st_size / 1e6:.1f} MB; ours {ours:.0f} ms, bare {bare:.0f} ms")
    peak = 0
    for name, data in [("JPEG, 12 MP", source.read_bytes()), *large()]:
        source.write_bytes(data)
        outcome = make(source)
        told = outcome.reason if isinstance(outcome, Refused) else "ready"
        report.note(f"{name}: {told}, {outcome.peak_kb * 1.024 / 1000:.0f} MB")
        peak = max(peak, outcome.peak_kb)
    bad, worst = attack(place, report)
    report.figure("derivative_peak_mb", max(peak, worst) * 1.024 / 1000)
    report.figure("hostile_accepted", bad)
