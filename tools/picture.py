"""One picture of a page for the documents: the whole page when wanted, in few bytes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image
from playwright.sync_api import Page

COLOURS = 96


@contextmanager
def stretched(page: Page, whole: bool) -> Iterator[None]:
    """The window as high as its page, so that bars at its edges stand where they belong."""
    size = page.viewport_size
    if not whole or size is None:
        yield
        return
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": int(height)})
    yield
    page.set_viewport_size(size)


def small(picture: bytes) -> bytes:
    """The PNG again with few colours: a screen of flat areas loses nothing that is seen."""
    with Image.open(io.BytesIO(picture)) as shot:
        few = shot.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
