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
    try:
        with Image.open(source, formats=("JPEG",)) as picture:
            size = _size(picture.size, room_mm, dpi)
            picture.draft("RGB", size)  # decodes at a half, a quarter or an eighth where it can
            plain = picture if picture.mode == "RGB" else picture.convert("RGB")
            plain = plain.resize(size, Image.Resampling.LANCZOS)
            plain.save(target, "JPEG", quality=QUALITY)
            return Print(target, *size)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NoPicture(type(error).__name__) from error


def _size(size: tuple[int, int], room_mm: tuple[float, float], dpi: int) -> tuple[int, int]:
    """The pixels of a picture that fits into a room, as wide for its height as it was."""
    wide, high = (side / MM_PER_INCH * dpi for side in room_mm)
    scale = min(wide / size[0], high / size[1], 1)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
