"""The camera page: shots are on the disk before they are called saved, and nowhere else."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.bench import axe, chromium
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.test_axe import VIEWS, Judge
from tests.journeys.test_without_server import DEAD
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

ALLOWED = ["geolocation", "background-sync", "camera"]
SAVED_WITHIN_MS = 60_000
THUMB_BYTES = 20 * 1024
LONGEST = 4032
COUNT_CALLS = """
(() => {
  const media = navigator.mediaDevices;
  if (!media) return;
  const real = media.getUserMedia.bind(media);
  window.asked = 0;
  media.getUserMedia = (wanted) => { window.asked += 1; return real(wanted); };
})();
"""
REFUSE = """
navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException('no', '%s');
};
"""
NO_ROOM = """() => {
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, ...rest) {
  if (this.name === 'bytes') throw new DOMException('full', 'QuotaExceededError');
  return put.call(this, value, ...rest);
};
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
CELLULAR = """
Object.defineProperty(navigator, 'connection', {
  value: Object.assign(new EventTarget(), { type: 'cellular', saveData: false }),
});
"""
NO_BANNER = """() => {
  document.documentElement.removeAttribute('data-demo');
  document.getElementById('bars').replaceChildren();
}"""
# Which of these do not show in the middle of each of their edges, and which link of the tabs.
COVERED = """(ids) => {
  const links = [...document.querySelectorAll('.tabs a')];
  const shown = links.filter((one) => one.getClientRects().length);
  const controls = [...ids.map((id) => document.getElementById(id)), ...shown];
  const shows = (one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const points = [[x, top + 2], [x, bottom - 2], [left + 2, y], [right - 2, y]];
    return points.every(([at, down]) => one.contains(document.elementFromPoint(at, down)));
  };
  return controls.filter((one) => !shows(one)).map((one) => one.id || one.textContent.trim());
}"""
SHOW_ALL = """() => {
  document.getElementById('camera').dataset.state = 'off';
  for (const one of document.querySelectorAll('main [hidden]')) one.hidden = false;
  for (const one of document.querySelectorAll('details')) one.open = true;
}"""
STORED = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('office');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const names = ['records', 'shots', 'bytes'];
    const tx = db.transaction(names);
    const [records, shots, bytes] = names.map((name) => tx.objectStore(name).getAll());
    const keys = tx.objectStore('bytes').getAllKeys();
    tx.oncomplete = async () => {
      db.close();
      const hex = (one) => Array.from(new Uint8Array(one), (b) => b.toString(16).padStart(2, '0'));
      const at = new Map(keys.result.map((key, index) => [key, bytes.result[index]]));
      const sum = async (one) => one && hex(await crypto.subtle.digest('SHA-256', one)).join('');
      resolve({
        records: records.result.map(({ signed, receipt, ...rest }) => rest),
        shots: await Promise.all(shots.result.map(async ({ thumb, receipt, ...rest }) => ({
          ...rest, thumb: thumb?.byteLength ?? 0, stored: await sum(at.get(rest.id)),
        }))),
      });
    };
    tx.onabort = () => reject(tx.error);
  };
})"""
PICTURE = """(id) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('office');
  opening.onsuccess = () => {
    const asked = opening.result.transaction('bytes').objectStore('bytes').get(id);
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      opening.result.close();
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.split(',')[1]);
      reader.readAsDataURL(new Blob([asked.result]));
    };
  };
})"""


class Camera:
    """The camera page in somebody's hand."""

    def __init__(self, page: Page) -> None:
        """Take the page that shows it."""
        self.page = page
        self.area = page.locator("#camera")
        self.shutter = page.get_by_role("button", name=re.compile("^(사진 찍기|Take photos)$"))
        self.said = page.locator("#said")
        self.strip = page.locator("#strip button")
        self.board = page.locator("#board")
        self.waiting = page.locator("#waiting")

    def open(self) -> Camera:
        """Go there and wait for the picture."""
        self.page.goto("/photos/camera")
        return self.lit()

    def lit(self) -> Camera:
        """Wait for the picture."""
        expect(self.area).to_have_attribute("data-state", "live", timeout=15_000)
        return self

    def shoot(self, count: int = 1) -> None:
        """Touch the shutter; waits for nothing."""
        for _ in range(count):
            self.shutter.click()

    def saved(self, count: int) -> None:
        """Wait until the page says that so many are saved."""
        words = re.compile(f"^(사진 {count}장 저장됨|{count} photos? saved)$")
        expect(self.said).to_have_text(words, timeout=SAVED_WITHIN_MS)

    def stored(self) -> dict[str, list[dict[str, Any]]]:
        """What lies on the disk: records, and shots with the hash of the bytes found there."""
        found: dict[str, list[dict[str, Any]]] = self.page.evaluate(STORED)
        return found

    def picture(self, shot: str) -> Image.Image:
        """The photo itself."""
        content = base64.b64decode(self.page.evaluate(PICTURE, shot))
        return Image.open(io.BytesIO(content))

    def problem(self, name: str) -> Locator:
        """The card that explains a problem."""
        return self.page.locator(f"[data-problem={name}]")


def in_hand(phones: Phones, product: Product, **changes: Any) -> Camera:
    """The camera page of a phone that is set up and counts what it asks of the browser."""
    phone = phones.ready(product, **{"permissions": ALLOWED} | changes)
    phone.page.context.add_init_script(COUNT_CALLS)
    return Camera(phone.page)


@pytest.fixture
def camera(phones: Phones, product: Product, watch: Watch) -> Camera:
    """A camera page in the hand of an officer who is set up.

    Chromium itself reports the 404 of an upload that a page was left in the middle of making.
    """
    watch.expect("status of 404.*/api/photos/uploads/")
    return in_hand(phones, product)


def test_a_burst_of_ten_is_on_the_disk(camera: Camera) -> None:
    camera.open()
    page = camera.page
    left: list[str] = []
    page.on("download", lambda one: left.append(one.suggested_filename))
    page.on("filechooser", lambda _: left.append("file chooser"))
    camera.page.get_by_text("전", exact=True).click()
    for _ in range(10):
        camera.shoot()
    camera.saved(10)
    stored = camera.stored()
    shots = stored["shots"]
    assert len(shots) == 10 == len({one["id"] for one in shots})
    assert all(one["stored"] == one["sha256"] for one in shots), "other bytes than those hashed"
    assert len({one["sha256"] for one in shots}) == 10
    assert all(0 < one["thumb"] <= THUMB_BYTES for one in shots)
    assert {(one["phase"], one["source"]) for one in shots} == {("before", "camera")}
    assert [one["state"] for one in stored["records"]] == ["draft"]
    assert page.evaluate("window.asked") == 1
    assert page.locator("input[type=file]:visible, a[download]").count() == 0
    assert left == []
    picture = camera.picture(shots[0]["id"])
    assert picture.format == "JPEG"
    assert not picture.getexif()
    assert max(picture.size) <= LONGEST
    assert min(picture.size) >= 480
    expect(camera.strip).to_have_count(10)


def test_the_foot_line_is_burnt_in_and_the_rest_is_clean(camera: Camera) -> None:
    camera.open().shoot()
    camera.saved(1)
    camera.page.locator("#open-board").click()
    camera.page.locator("#board-0").fill("아주 긴 이름의 공사")
    camera.page.get_by_role("button", name="저장하고 계속 찍기").click()
    expect(camera.page.locator("#plate")).to_contain_text("아주 긴 이름의 공사")
    picture = camera.picture(camera.stored()["shots"][0]["id"]).convert("RGB")
    wide, tall = picture.size
    foot = picture.crop((0, tall - round(min(picture.size) * 0.03), wide, tall))
    body = picture.crop((0, tall // 2, wide, tall - 2 * foot.height))
    assert white(foot) > 200, "the line's letters"
    assert white(body) == 0, "something is written over the picture"
    [record] = camera.stored()["records"]
    assert ["공사명", "아주 긴 이름의 공사"] in record["board"]


def white(picture: Image.Image) -> int:
    """How many pixels are as white as the letters."""
    red, green, blue = picture.split()
    return sum(ImageChops.darker(ImageChops.darker(red, green), blue).histogram()[216:])


def test_the_keyboard_shoots_writes_and_finishes(camera: Camera) -> None:
    camera.open()
    page = camera.page
    camera.shutter.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    camera.saved(2)
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#open-board")).to_be_focused()
    page.keyboard.press("Enter")
    expect(camera.board).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#open-board")).to_be_focused()
    page.locator("#finish").focus()
    page.keyboard.press("Enter")
    expect(camera.said).to_contain_text("2장을 보내기 시작했어요")
    [record] = camera.stored()["records"]
    assert record["state"] != "draft"
    assert len(record["photos"]) == 2


def test_the_board_is_remembered_and_a_series_goes_on(camera: Camera) -> None:
    camera.open()
    page = camera.page
    page.locator("#open-board").click()
    expect(page.locator("#series")).to_be_hidden()
    page.locator("#board-0").fill("용지호수 정비")
    page.get_by_role("button", name="저장하고 계속 찍기").click()
    camera.shoot()
    camera.saved(1)
    page.locator("#finish").click()
    expect(camera.said).to_contain_text("보내기 시작")
    page.goto("/photos/camera")
    camera.lit()
    page.get_by_text("후", exact=True).click()
    camera.shoot()
    camera.saved(1)
    page.locator("#open-board").click()  # who shoots first can still join it
    expect(page.locator("#board-0")).to_have_value("용지호수 정비")
    page.locator("#series").select_option(index=1)
    page.get_by_role("button", name="저장하고 계속 찍기").click()
    expect(page.get_by_text("보드판을 저장했어요.")).to_be_visible()
    camera.shoot()  # and stays in it with every later shot
    camera.saved(2)
    page.locator("#finish").click()
    expect(camera.said).to_contain_text("2장을 보내기 시작")
    records = camera.stored()["records"]
    assert sorted(len(one["photos"]) for one in records) == [1, 2]
    assert len({one["series"] for one in records}) == 1


def test_on_its_side_nothing_lies_on_the_controls(camera: Camera) -> None:
    page = camera.open().page
    hidden = {}
    for banner in (True, False):
        if not banner:
            page.evaluate(NO_BANNER)
        for wide, high in ((740, 360), (844, 390), (667, 375)):
            page.set_viewport_size({"width": wide, "height": high})
            found = page.evaluate(COVERED, ["shutter", "open-board", "finish", "said"])
            hidden[f"{wide}x{high}, banner: {banner}"] = found
    assert {name: found for name, found in hidden.items() if found} == {}


def test_photos_are_tied_to_the_open_trip(camera: Camera) -> None:
    page = camera.page
    phone = Phone(page)
    stamp = phone.stamp_now()
    phone.put_away()
    camera.open()
    expect(page.locator("#visit")).to_contain_text(stamp["trip"])
    camera.shoot()
    camera.saved(1)
    [record] = camera.stored()["records"]
    assert (record["trip"], record["stampSha256"]) == (stamp["trip"], stamp["sha256"])
    assert record["board"] == []  # nothing is written: the date alone names no site


@pytest.mark.parametrize(
    ("name", "card"),
    [("NotAllowedError", "denied"), ("NotFoundError", "none"), ("NotReadableError", "busy")],
)
def test_each_missing_camera_has_its_own_words(camera: Camera, name: str, card: str) -> None:
    camera.page.context.add_init_script(REFUSE % name)
    camera.page.goto("/photos/camera")
    expect(camera.problem(card)).to_be_visible()
    expect(camera.page.locator("[data-problem]:visible")).to_have_count(1)
    expect(camera.shutter).to_have_attribute("aria-disabled", "true")
    expect(camera.problem(card).get_by_role("button")).to_be_visible()


def test_somebody_new_is_led_on(phones: Phones, product: Product, watch: Watch) -> None:
    phone = phones(product, permissions=ALLOWED)
    phone.page.context.add_init_script(COUNT_CALLS)
    camera = Camera(phone.page)
    phone.page.goto("/photos/camera")
    expect(camera.problem("sign-in")).to_be_visible()
    phone.sign_in(product.next_officer(), product.password)
    phone.page.goto("/photos/camera")
    expect(camera.problem("setup")).to_be_visible()
    assert phone.page.evaluate("window.asked") == 0


def test_a_full_disk_is_said_and_counts_nothing(camera: Camera) -> None:
    camera.open().shoot()
    camera.saved(1)
    camera.page.evaluate(NO_ROOM)
    camera.shoot()
    expect(camera.problem("storage")).to_be_visible()
    camera.saved(1)
    assert len(camera.stored()["shots"]) == 1


def test_the_camera_is_off_out_of_sight(camera: Camera) -> None:
    camera.open()
    page = camera.page
    page.evaluate(HIDE, True)
    expect(camera.area).to_have_attribute("data-state", "off")
    assert page.evaluate("document.getElementById('view').srcObject === null")
    page.evaluate(HIDE, False)
    camera.lit()


def test_leaving_with_photos_is_asked_about(camera: Camera) -> None:
    camera.open().shoot()
    camera.saved(1)
    page = camera.page
    page.get_by_role("link", name="기록").click()
    leave = page.get_by_role("alertdialog")
    expect(leave).to_contain_text("1장")
    leave.get_by_role("button", name="머물기").click()
    expect(leave).to_be_hidden()
    camera.lit()
    page.get_by_role("link", name="기록").click()
    leave.get_by_role("button", name="보내기").click()
    page.wait_for_url("**/history")
    camera.open()
    expect(camera.strip).to_have_count(0)


def test_a_photo_is_taken_back_before_it_is_sent(camera: Camera) -> None:
    camera.open().shoot(2)
    camera.saved(2)
    camera.strip.first.click()
    camera.page.get_by_role("button", name="이 사진 지우기").click()
    camera.saved(1)
    stored = camera.stored()
    assert len(stored["shots"]) == 1 == len(stored["records"][0]["photos"])


def test_gallery_pictures_only_where_the_office_allows_them(camera: Camera) -> None:
    page = camera.page
    camera.open()
    expect(page.locator("#pick")).to_be_hidden()
    told = {"board": [{"name": "사업명", "kind": "text"}], "picked": True}
    page.route("**/api/photos/settings", lambda route: route.fulfill(json=told))
    camera.open()
    expect(page.locator("#pick")).to_be_visible()
    drawing = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(drawing, "JPEG")
    picture: FilePayload = {
        "name": "a.jpg", "mimeType": "image/jpeg", "buffer": drawing.getvalue(),
    }  # fmt: skip
    page.locator("#picked").set_input_files(picture)
    camera.saved(1)
    assert [one["source"] for one in camera.stored()["shots"]] == ["picked"]
    camera.shoot(2)
    camera.saved(3)
    sets = [
        {one["source"] for one in camera.stored()["shots"] if one["id"] in record["photos"]}
        for record in camera.stored()["records"]
    ]
    assert sorted(sets, key=str) == [{"camera"}, {"picked"}], "each in a record of its own"
    assert len({record["series"] for record in camera.stored()["records"]}) == 1
    page.locator("#open-board").click()
    expect(page.get_by_label("사업명")).to_be_visible()


def test_it_shoots_with_the_server_dead(phones: Phones, mortal: Product, watch: Watch) -> None:
    watch.expect(*DEAD)
    camera = in_hand(phones, mortal)
    Phone(camera.page).kept()
    mortal.server.kill()
    camera.open().shoot(3)
    camera.saved(3)
    camera.page.locator("#finish").click()
    expect(camera.waiting).to_contain_text("3장이 기다려요")
    camera.page.goto("/photos/camera")
    camera.lit()
    expect(camera.waiting).to_contain_text("3장이 기다려요")
    shots = camera.stored()["shots"]
    assert len(shots) == 3
    assert all(one["stored"] == one["sha256"] for one in shots)


def test_photos_wait_for_wifi_when_told_to(phones: Phones, product: Product, watch: Watch) -> None:
    watch.expect("net::ERR_FAILED", "blocked by Playwright")
    # A real service worker knows the network too; here only the page can be told of it.
    camera = in_hand(phones, product, service_workers="block")
    page = camera.page
    page.context.add_init_script(CELLULAR)
    page.route("**/api/photos/records", lambda route: route.abort())
    camera.open()
    switch = page.get_by_role("switch", name="와이파이에서만 보내기")
    expect(switch).not_to_be_checked()
    page.locator("#wifi").click()
    camera.shoot()
    camera.saved(1)
    page.locator("#finish").click()
    expect(camera.waiting).to_contain_text("와이파이를 기다려요")
    camera.open()
    expect(switch).to_be_checked()


def test_what_is_never_accepted_can_be_discarded(
    phones: Phones, product: Product, watch: Watch
) -> None:
    watch.expect("status of 422", "blocked by Playwright")
    camera = in_hand(phones, product, service_workers="block")
    page = camera.page
    told = {"code": "bad-record", "title": "받을 수 없는 기록이에요.", "status": 422, "detail": ""}
    page.route(
        "**/api/photos/records",
        lambda route: route.fulfill(
            status=422, json=told, headers={"Content-Type": "application/problem+json"}
        ),
    )
    camera.open().shoot(2)
    camera.saved(2)
    page.locator("#finish").click()
    expect(page.locator("#stuck")).to_contain_text("받을 수 없는 기록이에요.")
    page.get_by_role("button", name="버리기").click()
    sure = page.get_by_role("alertdialog")
    expect(sure).to_contain_text("사무실에 도착하지 않은 사진 2장")
    sure.get_by_role("button", name="남겨 두기").click()
    assert len(camera.stored()["shots"]) == 2
    page.get_by_role("button", name="버리기").click()
    sure.get_by_role("button", name="버리기").click()
    expect(page.locator("#stuck")).to_be_hidden()
    assert camera.stored() == {"records": [], "shots": []}


def test_photos_reach_the_office_and_leave_the_phone(camera: Camera) -> None:
    camera.open().shoot(2)
    camera.saved(2)
    camera.page.locator("#finish").click()
    expect(camera.waiting).to_contain_text("모두 사무실에 도착했어요", timeout=15_000)
    shots = camera.stored()["shots"]
    assert [one["state"] for one in shots] == ["received", "received"]
    assert all(one["stored"] is None for one in shots)


def test_an_open_inbox_counts_a_new_record(camera: Camera) -> None:
    inbox = camera.page.context.new_page()
    inbox.goto("/photos")
    expect(inbox.locator("#live")).to_be_visible()
    camera.open().shoot(2)
    camera.saved(2)
    camera.page.locator("#finish").click()
    record = inbox.locator("#fresh .records li")
    expect(record.locator(".badge")).to_have_text("2장 모두 도착", timeout=30_000)
    expect(record).to_have_count(1)
    expect(inbox.locator("#fresh .shot")).to_have_count(2)


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def seat(request: pytest.FixtureRequest, phones: Phones, product: Product, watch: Watch) -> Camera:
    """A camera page at a screen of this width, in this language."""
    watch.expect("status of 4..", "blocked by Playwright")
    width, language = request.param
    narrow = width < 500
    phone = phones(
        product, viewport=chromium.PHONE if narrow else chromium.DESK, is_mobile=narrow,
        has_touch=narrow, service_workers="block", reduced_motion="reduce",
        locale=language, permissions=ALLOWED,
    )  # fmt: skip
    phone.page.context.add_init_script(path=axe.AXE)
    phone.page.goto("/photos/camera")
    expect(phone.page.locator("[data-problem=sign-in]")).to_be_visible()
    phone.page.goto("/login?next=/start")
    phone.page.locator("#staff_number").fill(product.next_officer())
    phone.page.locator("#password").fill(product.password)
    phone.page.locator("main form button").click()
    phone.agree()
    return Camera(phone.page)


def test_axe_finds_nothing(seat: Camera) -> None:
    page, judge = seat.page, Judge(seat.page)
    seat.open()
    judge.look("camera")
    seat.shoot(2)
    seat.saved(2)
    page.locator("#open-board").click()
    judge.look("board")
    page.locator("#board-0").fill("용지호수 정비")
    page.locator("#board-form button[type=submit]").click()
    judge.look("camera, shot")
    seat.strip.first.click()
    judge.look("large")
    page.locator("#look [data-do=close]").click()
    page.locator(".tabs a").first.click()
    judge.look("leaving")
    page.locator("#leave [data-do=stay]").click()
    page.locator("#finish").click()
    expect(page.locator("#stuck, #wait-list").first).to_be_attached()
    page.evaluate(SHOW_ALL)
    judge.look("everything shown")
    assert judge.faults == []
