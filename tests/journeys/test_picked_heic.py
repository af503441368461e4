"""A picture that the phone cannot draw: a HEIC from the gallery, to the office in its own bytes."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect
from sqlalchemy import select

from app.accounts.models import Organisation
from app.core import db
from app.photos.service import settings
from tests.bench import stage
from tests.bench.photo_inbox import worker
from tests.journeys.conftest import Phones, Product
from tests.journeys.test_camera import Camera, in_hand
from tests.journeys.watch import Watch
from tests.photos import corpus
from tests.photos.heic_maker import heic

pytestmark = pytest.mark.browser

HEIC = heic(640, 480, lambda column, row: (60 + column, 90 + row, 120), exif=corpus.exif())
# Its head is a HEIC's; what this browser cannot draw and what is none is told by bytes alone.
FILM = bytes.fromhex("0000001866747970") + b"mp42" + bytes(4) + b"isommp42" + bytes(400)


@pytest.fixture
def office() -> Iterator[Product]:
    """A product whose office takes picked pictures, with its worker."""
    home = stage.instance()
    with stage.application(home).app_context(), db.transaction():
        for (organisation,) in db.rows(select(Organisation.id)):
            settings.save(organisation, replace(settings.DEFAULT, picked=True))
    with stage.served(home) as server, worker(server):
        yield Product(server, home)


def file(name: str, kind: str, content: bytes) -> FilePayload:
    """A file as the gallery gives it."""
    return {"name": name, "mimeType": kind, "buffer": content}


def pick(camera: Camera) -> None:
    """Pick a HEIC and two files that are no pictures; one of them says that it is."""
    camera.page.locator("#picked").set_input_files(
        [
            file("IMG_0001.HEIC", "image/heic", HEIC),
            file("IMG_0002.HEIC", "image/heic", FILM),
            file("a.jpg", "image/jpeg", b"no picture at all"),
        ]
    )


def test_a_heic_from_the_gallery_is_shown_in_the_office(
    phones: Phones, office: Product, watch: Watch
) -> None:
    camera = in_hand(phones, office)
    page = camera.page
    camera.open()
    expect(page.locator("#pick")).to_be_visible()
    pick(camera)
    camera.saved(1)
    expect(page.locator("#toast")).to_contain_text("2장은 사진으로 읽지 못해 넣지 않았어요.")
    [shot] = camera.stored()["shots"]
    assert (shot["kind"], shot["source"], shot["size"]) == ("heic", "picked", len(HEIC))
    assert shot["stored"] == shot["sha256"] == hashlib.sha256(HEIC).hexdigest()
    assert 0 < shot["thumb"] <= 20 * 1024
    camera.strip.first.click()
    expect(page.locator("#look-note")).to_contain_text("이 휴대폰에서는 미리 볼 수 없어요")
    drawn = page.evaluate("document.getElementById('look-picture').naturalWidth")
    assert drawn == 320, "the drawn stand-in, never the file itself"
    expect(page.locator("#look")).not_to_contain_text(corpus.SECRET.decode())
    page.locator("#look [data-do=close]").click()
    page.locator("#finish").click()
    expect(camera.waiting).to_contain_text("모두 사무실에 도착했어요", timeout=30_000)

    page.goto("/photos")
    card = page.locator(f".shot[data-id='{shot['id']}']")
    expect(card).to_have_attribute("data-state", "ready", timeout=30_000)
    expect(card).to_contain_text("골라 온 사진")
    card.locator(".look").click()
    expect(page.locator("figure.print img")).to_be_visible()
    expect(page.locator("#photo")).to_contain_text("아래 줄이 없습니다")
    expect(page.locator("#photo")).not_to_contain_text(corpus.SECRET.decode())
    answer = page.request.get(str(page.locator("figure.print img").get_attribute("src")))
    copy = Image.open(io.BytesIO(answer.body()))
    assert (copy.format, copy.size, dict(copy.getexif())) == ("JPEG", (640, 480), {})
    assert corpus.SECRET not in answer.body()
    with closing(sqlite3.connect(office.home / "office.db")) as found:
        kept = found.execute("SELECT kind, source, lower(hex(sha256)) FROM photos WHERE id = ?",
                             (shot["id"],)).fetchone()  # fmt: skip
    assert kept == ("heic", "picked", shot["sha256"]), json.dumps(kept)
