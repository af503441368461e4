"""The Korean font of the sheets: Gothic A1 (SIL Open Font License 1.1), brought by npm.

reportlab embeds only the glyphs that a document uses, with the table by which text can be copied
out. It has every syllable of Hangul and the units of building sites, but no Hanja. A sign that it
does not have shows as a plainer one (Unicode NFKC) or as a box, so that a reader sees that one
stood there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from app.core.config import ROOT
from app.photos.rules.sheet import MISSING

FOLDER = ROOT / "node_modules" / "@expo-google-fonts" / "gothic-a1"
REGULAR, BOLD = "SheetRegular", "SheetBold"
FILES = {
    REGULAR: "400Regular/GothicA1_400Regular.ttf",
    BOLD: "700Bold/GothicA1_700Bold.ttf",
}


class FontMissing(OSError):
    """The font was not brought by set-up."""


def file_of(font: str) -> Path:
    """Where a font lies."""
    return FOLDER / FILES[font]


def load() -> None:
    """Make both fonts known to reportlab; a second time does nothing.

    Raises:
        FontMissing: set-up has not brought them.
    """
    for font in FILES:
        if font in pdfmetrics.getRegisteredFontNames():
            continue
        if not file_of(font).is_file():
            raise FontMissing(f"{file_of(font)} is missing: run `make front`")
        pdfmetrics.registerFont(TTFont(font, str(file_of(font))))


def shown(text: str, font: str = REGULAR) -> str:
    """A text in which every sign that the font does not have is a plainer one or a box."""
    face: Any = pdfmetrics.getFont(font).face
    return "".join(_sign(sign, face.charToGlyph) for sign in text)


def _sign(sign: str, known: Container[int]) -> str:
    if ord(sign) in known:
        return sign
    plainer = unicodedata.normalize("NFKC", sign)
    return plainer if all(ord(one) in known for one in plainer) else MISSING


def width(text: str, font: str, size: float) -> float:
    """How wide a text is, in points."""
    return float(pdfmetrics.stringWidth(text, font, size))


def cut(text: str, font: str, size: float, room: float) -> str:
    """A text of one line that is no wider than `room`, with an ellipsis where it was cut."""
    text = shown(text, font)
    if width(text, font, size) <= room:
        return text
    while text and width(text + "…", font, size) > room:
        text = text[:-1]
    return text + "…"
