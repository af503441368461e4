"""From the last position sample to the QR on the screen, at a quarter of the processor's speed.

The page's watchPosition is wrapped, so the clock starts when the sample that ends the collection
(the fifth: all are coarser than 20 m) is handed to the page, or at the touch when the warm-up has
gathered five already; it stops in the task after the frame that first shows the QR. Sixty taps
with the server, sixty with it dead; the slower of the two counts. Each QR is then drawn at 3 px a
module, photographed and read by zxing-cpp.
"""

from __future__ import annotations

import io
import random
import time

import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.bench import chromium
from tests.bench.officer import Officer
from tests.bench.stage import Server, instance, served
from tools.bench import Report

FIGURES = ("tap_to_qr_p95_ms", "qr_read_percent")
TAPS = 60
SLOWER = 4
MODULE_PX = 3
REST_S = 1.3
QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
WANTED, PACE_S = 5, 0.15
INSTRUMENT = """
(() => {
  const own = navigator.geolocation.watchPosition.bind(navigator.geolocation);
  window.bench = { sample: 0, shown: 0 };
  navigator.geolocation.watchPosition = (take, ...rest) => own((position) => {
    if (window.bench.armed) window.bench.sample = performance.now();
    take(position);
  }, ...rest);
  addEventListener('click', () => {
    if (window.bench.armed) window.bench.sample = performance.now();
  }, true);
  const painted = () => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { window.bench.shown ||= performance.now(); };
    requestAnimationFrame(() => port2.postMessage(0));
  };
  const look = () => {
    if (window.bench.armed && document.querySelector('#sheet[open] [data-part=paper] svg path')) {
      window.bench.armed = false;
      painted();
    }
  };
  const everything = { subtree: true, childList: true, attributes: true };
  new MutationObserver(look).observe(document, everything);
})();
"""
ARM = """() => {
  Object.assign(window.bench, { sample: 0, shown: 0, armed: true });
  performance.clearMarks();
}"""
DONE = "() => window.bench.shown > 0"
TOOK = """() => {
  const at = (name) => performance.getEntriesByName(name).at(-1)?.startTime ?? NaN;
  const { sample, shown } = window.bench;
  return [shown - sample, at('stamp:shown') - at('stamp:fix')];
}"""
DRAW = """(px) => {
  const svg = document.querySelector('#sheet [data-part=paper] svg');
  const side = svg.viewBox.baseVal.width * px;
  const copy = svg.cloneNode(true);
  copy.id = 'bench-qr';
  Object.assign(copy.style, { position: 'fixed', inset: '0 auto auto 0', width: `${side}px`,
    height: `${side}px`, maxWidth: 'none', zIndex: 9, margin: 0, padding: 0, border: 0 });
  document.getElementById('sheet').append(copy);
  return side;
}"""
WIPE = "() => document.getElementById('bench-qr').remove()"


def move(page: Page, chance: random.Random, accuracy: float) -> None:
    """Let the phone measure another position, some metres away."""
    page.context.set_geolocation(
        {
            "latitude": chromium.HERE["latitude"] + chance.uniform(-2e-4, 2e-4),
            "longitude": chromium.HERE["longitude"] + chance.uniform(-2e-4, 2e-4),
            "accuracy": accuracy,
        }
    )


def tap_once(officer: Officer, chance: random.Random) -> list[float]:
    """One stamp: [milliseconds by our clock, by the page's own marks]."""
    page = officer.page
    time.sleep(REST_S)
    page.evaluate(ARM)
    officer.tap("#seal")
    page.wait_for_selector("#stamp[data-state=locating]")
    for _ in range(WANTED):
        move(page, chance, chance.uniform(25, 90))
        time.sleep(PACE_S)
    page.wait_for_function(DONE, polling=100)
    took: list[float] = page.evaluate(TOOK)
    return took


def read_qr(page: Page) -> bool:
    """Whether the QR, photographed at 3 px a module, reads as the URL of the newest stamp."""
    side = page.evaluate(DRAW, MODULE_PX)
    shot = page.screenshot(clip={"x": 0, "y": 0, "width": side, "height": side})
    page.evaluate(WIPE)
    picture = Image.open(io.BytesIO(shot)).convert("L")
    found = zxingcpp.read_barcodes(picture, formats=QR_ONLY)
    newest = max(Officer(page).items(), key=lambda item: item["seq"])
    return [code.text for code in found] == [newest["url"]]


def series(officer: Officer, taps: int, seed: int) -> tuple[list[list[float]], int]:
    """Times of some taps, and how many of their QRs were read."""
    chance = random.Random(seed)  # noqa: S311  places
    took, read = [], 0
    for _ in range(taps):
        took.append(tap_once(officer, chance))
        read += read_qr(officer.page)
        officer.put_away()
    return took, read


def p95(times: list[float]) -> float:
    """What 95 % of the times do not pass."""
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


def prepared(browser: Browser, server: Server) -> Officer:
    """An officer who is set up, on a slowed-down phone, before the stamp screen."""
    coarse = chromium.HERE | {"accuracy": 60}
    context = chromium.phone(browser, server.url, device_scale_factor=1, geolocation=coarse)
    context.add_init_script(INSTRUMENT)
    officer = Officer(context.new_page())
    officer.try_out()
    officer.set_up()
    officer.kept()
    officer.ready()
    chromium.throttle(chromium.protocol(officer.page), SLOWER)
    return officer


def run(report: Report, taps: int = TAPS) -> None:
    """Measure with the server, then with the server dead and the page opened anew."""
    with served(instance()) as server, chromium.launched() as browser:
        officer = prepared(browser, server)
        online, read = series(officer, taps, 1)
        server.kill()
        officer.ready()
        offline, more = series(officer, taps, 2)
    for name, times in (("online", online), ("offline", offline)):
        ours = sorted(pair[0] for pair in times)
        marks = [pair[1] for pair in times if pair[1] == pair[1]]
        own = f"{p95(marks):.0f}" if marks else "none"
        report.note(
            f"{name}: p50 {ours[len(ours) // 2]:.0f}, p95 {p95(ours):.0f}, "
            f"most {ours[-1]:.0f} ms; by the page's marks p95 {own} ms"
        )
    report.figure("tap_to_qr_p95_ms", max(p95([pair[0] for pair in t]) for t in (online, offline)))
    report.figure("qr_read_percent", 100 * (read + more) / (2 * taps))
