"""Copies of pictures for print: no larger than the paper shows, without metadata.

The danger removed here: two hundred pictures in memory at once. Each is decoded at the scale it is
printed at (JPEG's own draft mode), written to a file, and forgotten; the sheet reads it when it is
written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

QUALITY = 82
MM_PER_INCH = 25.4


class NoPicture(OSError):
    """The bytes cannot be read as a picture."""


@dataclass(frozen=True)
class Print:
    """A JPEG file with its size in pixels."""

    path: Path
    width: int
    height: int


def make(source: BinaryIO, target: Path, room_mm: tuple[float, float], dpi: int) -> Print:
    """Write a copy that fits into a room on paper at a density; it is never made larger.

    Raises:
        NoPicture: the source is none.
    """
    room = (round(room_mm[0] / MM_PER_INCH * dpi), round(room_mm[1] / MM_PER_INCH * dpi))
    try:
        with Image.open(source, formats=("JPEG",)) as picture:
            picture.draft("RGB", room)
            picture.thumbnail(room, Image.Resampling.LANCZOS, reducing_gap=2.0)
            plain = picture if picture.mode == "RGB" else picture.convert("RGB")
            plain.save(target, "JPEG", quality=QUALITY, optimize=False)
            return Print(target, plain.width, plain.height)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NoPicture(type(error).__name__) from error
