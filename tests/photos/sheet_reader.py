"""Reading a finished sheet as who receives it: pages as pixels, QRs by camera, copied text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdf
import pypdfium2
import zxingcpp
from PIL import Image

from app.photos.rules.sheet import BOTTOM, HEIGHT, LEFT, TOP, WIDTH, Box, frames

POINTS_A_MM = 72 / 25.4
HAIR = 0.4
QR: Any = zxingcpp.BarcodeFormat.QRCode


@dataclass(frozen=True)
class Sign:
    """One printed character and the rectangle it covers, in millimetres from the upper left."""

    text: str
    box: Box


def squeezed(text: str) -> str:
    """A text without any white space: where lines break is not what is tested."""
    return re.sub(r"\s+", "", text)


def pages(data: bytes, dpi: int) -> Iterator[Image.Image]:
    """The pages as pictures."""
    document = pypdfium2.PdfDocument(data)
    try:
        for page in document:
            yield page.render(scale=dpi / 72).to_pil()
    finally:
        document.close()


def codes(picture: Image.Image) -> list[str]:
    """The QRs of a page, by rows from the left."""
    found = zxingcpp.read_barcodes(picture, formats=QR)
    height = picture.height / HEIGHT * 20

    def place(code: Any) -> tuple[int, int]:
        corner = code.position.top_left
        return round(corner.y / height), corner.x

    return [code.text for code in sorted(found, key=place)]


def texts(data: bytes) -> list[str]:
    """The text of each page as pdfium copies it out."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def texts_by_another(data: bytes) -> list[str]:
    """The text of each page as pypdf copies it out."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def signs(data: bytes, number: int) -> list[Sign]:
    """Every printed character of a page."""
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[number].get_textpage()
        found = []
        for place in range(page.count_chars()):
            text = page.get_text_range(place, 1)
            if text.strip():
                left, bottom, right, top = page.get_charbox(place)
                found.append(Sign(text, _box(left, bottom, right, top)))
        return found
    finally:
        document.close()


def _box(left: float, bottom: float, right: float, top: float) -> Box:
    scale = POINTS_A_MM
    upper = HEIGHT - top / scale
    return Box(left / scale, upper, (right - left) / scale, (top - bottom) / scale)


def holds(outer: Box, inner: Box) -> bool:
    """Whether a rectangle lies in another, but for a hair."""
    return (
        outer.x - HAIR <= inner.x
        and outer.y - HAIR <= inner.y
        and inner.x + inner.width <= outer.x + outer.width + HAIR
        and inner.y + inner.height <= outer.y + outer.height + HAIR
    )


def meet(one: Box, other: Box) -> bool:
    """Whether two rectangles share more than a hair."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 0.15 and down > 0.15


def rooms(per_page: int) -> list[Box]:
    """Where words may stand on a page of pictures: header, footer, and each picture's parts."""
    wide = WIDTH - 2 * LEFT
    edges = [Box(LEFT, 8, wide, TOP - 8), Box(LEFT, BOTTOM, wide, HEIGHT - BOTTOM)]
    places = frames(per_page)
    return edges + [box for one in places for box in (one.head, one.table, one.code)]


def links(data: bytes) -> list[str]:
    """Every address that a document leads to."""
    pages_of: Any = pypdf.PdfReader(io.BytesIO(data)).pages
    return [
        str(note.get_object()["/A"]["/URI"]) for page in pages_of for note in page["/Annots"]
    ]  # fmt: skip


def picture_sizes(data: bytes) -> list[tuple[int, int]]:
    """The pixels of every picture in a document, smallest first."""
    found = [one.image for page in pypdf.PdfReader(io.BytesIO(data)).pages for one in page.images]
    return sorted(one.size for one in found if one is not None)


def fonts(data: bytes) -> dict[str, int]:
    """The fonts of a document by name, with the bytes that are embedded of each (0: none)."""
    found: dict[str, int] = {}
    pages_of: Any = pypdf.PdfReader(io.BytesIO(data)).pages
    for page in pages_of:
        for font in page["/Resources"]["/Font"].values():
            one = font.get_object()
            about = one.get("/FontDescriptor", {})
            file = about.get("/FontFile2") if about else None
            found[str(one["/BaseFont"])] = len(file.get_object().get_data()) if file else 0
    return found
