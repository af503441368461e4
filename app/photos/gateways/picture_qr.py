"""The verification QR of a picture: as runs of modules for paper, as a small PNG for a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import groupby

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4
PIXELS = 4


def modules(text: str) -> list[list[bool]]:
    """The rows of the code, dark is True; compact when the text is upper case."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def runs(rows: list[list[bool]]) -> Iterator[tuple[int, int, int]]:
    """Dark runs as (column, row, length)."""
    for y, row in enumerate(rows):
        start = 0
        for dark, group in groupby(row):
            length = len(list(group))
            if dark:
                yield start, y, length
            start += length


def png(text: str) -> bytes:
    """The code with its quiet zone as a black and white PNG."""
    rows = modules(text)
    side = len(rows) + 2 * QUIET
    picture = Image.new("1", (side, side), 1)
    for x, y, length in runs(rows):
        for step in range(length):
            picture.putpixel((x + step + QUIET, y + QUIET), 0)
    large = picture.resize((side * PIXELS, side * PIXELS), Image.Resampling.NEAREST)
    file = BytesIO()
    large.save(file, "PNG")
    return file.getvalue()
