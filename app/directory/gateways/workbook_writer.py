"""Writing a workbook of any length, a row at a time; every cell is a text, never a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

WIDTHS: Final = (20, 14, 18, 18, 12, 10, 60, 18, 16, 12, 24)
MOST_ROWS: Final = 1_048_575  # of a sheet, without its head


def write(path: Path, title: str, heads: Sequence[str], lines: Iterable[Sequence[str]]) -> int:
    """Write lines below a head that stays in sight; how many were written."""
    book = Workbook(write_only=True)
    page = book.create_sheet(title)
    page.freeze_panes = "A2"
    for at, width in enumerate(WIDTHS, 1):
        page.column_dimensions[get_column_letter(at)].width = width
    top = [WriteOnlyCell(page, value=head) for head in heads]
    for cell in top:
        cell.font = Font(bold=True)
    page.append(top)
    count = 0
    for line in lines:
        if count < MOST_ROWS:
            page.append([_text(page, cell) for cell in line])
            count += 1
    book.save(path)
    return count


def _text(page: object, text: str) -> str | WriteOnlyCell | None:
    if not text.startswith(("=", "#")):
        return text or None
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"  # never a formula or an error, whatever it begins with
    return cell
