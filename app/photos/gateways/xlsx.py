"""A sheet as a workbook: a row for each picture, its board in columns, set up for A4 paper.

The dangers removed here: a board text that a spreadsheet would run as a formula (every text is
written as a text, whatever it begins with), and boards that name thousands of fields (the columns
are bounded, and what is left stands in one cell).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.units import pixels_to_EMU
from openpyxl.worksheet.pagebreak import Break

from app.photos.gateways import picture_qr
from app.photos.gateways.prints import Print
from app.photos.rules import board
from app.photos.rules.sheet import PHASE_WORDS, Entry, Sheet, plain

FACE: Final = "맑은 고딕"
FIRST: Final = ("번호", "사진", "단계", "촬영 일시", "촬영 장소")
LAST: Final = ("원본 해시(SHA-256)", "확인 QR")
WIDTHS: Final = {"번호": 7.0, "단계": 6.0, LAST[0]: 17.0, LAST[1]: 15.0}
PICTURE_WIDTHS: Final = {2: 52.0, 4: 44.0, 6: 36.0}
WIDTH, WIDE, LONG_TEXT = 13.0, 28.0, 45
SIZE, SMALL, LONGER_TEXT = 10, 8, 100
HEAD_ROW: Final = 4
PAPER_MM, PAPER_POINTS, MOST_ROW_POINTS = 276.0, 518.0, 400.0
HEIGHTS, FOOT_POINTS = (34.0, 18.0, 16.0, 32.0), 15.0  # of the rows above the pictures, and below
PIXELS_A_CHARACTER, PIXELS_A_POINT, MM_A_PIXEL = 7.0, 96 / 72, 25.4 / 96
# A column is as wide as so many digits of a font that the reader's machine may lack: as wide as the
# widest that stands in for it, so that no column falls upon a page of its own.
MOST_PIXELS_A_CHARACTER: Final = 9.4
CLEAR_PIXELS: Final = 4.0
LEAST_SCALE: Final = 30
PRACTICE: Final = "연습용 · 증빙으로 쓸 수 없음"
LINE = Border(*(Side(style="thin", color="8A949E"),) * 4)
NAMES = PatternFill("solid", fgColor="EEF2F7")
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def write(target: Path, sheet: Sheet, prints: Mapping[str, Print], made: datetime) -> None:
    """Write the workbook.

    Args:
        target: the file, made or replaced.
        sheet: what stands where.
        prints: the picture of each entry by photo id; an entry without one shows its note.
        made: when it was asked for.
    """
    _Writer(sheet, prints).write(target, made)


class _Writer:
    """Fills one worksheet."""

    def __init__(self, sheet: Sheet, prints: Mapping[str, Print]) -> None:
        self.sheet, self.prints = sheet, prints
        self.book = Workbook()
        self.page: Any = self.book.active
        self.boards = [entry.written for entry in sheet.entries]
        self.fields = board.columns(self.boards)
        self.more = any(board.others(one, self.fields) for one in self.boards)
        more = (board.OTHERS,) if self.more else ()
        self.columns = (*FIRST, *self.fields, *more, *LAST)
        wide = WIDTHS | {"사진": PICTURE_WIDTHS[sheet.per_page], board.OTHERS: WIDE}
        heads = [wide.get(name, WIDTH) for name in FIRST]
        own = (self._width(name) for name in self.fields)
        self.widths = [*heads, *own, *(wide[name] for name in (*more, *LAST))]
        wide_mm = sum(one * MOST_PIXELS_A_CHARACTER + 5 for one in self.widths) * MM_A_PIXEL
        self.scale = max(LEAST_SCALE, min(100, int(100 * PAPER_MM / wide_mm)))
        points = PAPER_POINTS * 100 / self.scale - sum(HEIGHTS) - FOOT_POINTS
        self.row_points = min(points / sheet.per_page, MOST_ROW_POINTS)

    def _width(self, name: str) -> float:
        """A column of text is wide where one of its texts is long."""
        lengths = (len(one.get(name, "")) for one in self.boards)
        return WIDE if max(lengths) > LONG_TEXT else WIDTH

    def write(self, target: Path, made: datetime) -> None:
        self._set_up(made)
        self._heading()
        for number, entry in enumerate(self.sheet.entries, 1):
            self._row(HEAD_ROW + number, number, entry)
        self._foot(HEAD_ROW + len(self.sheet.entries) + 1)
        self.book.save(target)

    def _set_up(self, made: datetime) -> None:
        page, facts = self.page, self.book.properties
        facts.title, facts.creator = self.sheet.title, self.sheet.organisation
        facts.created = made.replace(tzinfo=None)
        page.title = "사진대지"
        page.page_setup.paperSize = page.PAPERSIZE_A4
        page.page_setup.orientation = page.ORIENTATION_LANDSCAPE
        page.page_setup.scale = self.scale
        for side in ("left", "right", "top", "bottom"):
            setattr(page.page_margins, side, 0.4)
        page.page_margins.bottom, page.page_margins.footer = 0.65, 0.3
        page.print_options.horizontalCentered = True
        page.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        page.oddFooter.center.text = "&P / &N쪽"
        page.freeze_panes = page.cell(HEAD_ROW + 1, 3)
        last = HEAD_ROW + len(self.sheet.entries) + 1
        page.print_area = f"A1:{get_column_letter(len(self.columns))}{last}"
        for place, width in enumerate(self.widths, 1):
            page.column_dimensions[get_column_letter(place)].width = width

    def _heading(self) -> None:
        last = len(self.columns)
        about = (
            f"{self.sheet.organisation}   작성 {self.sheet.made}   사진 {len(self.sheet.entries)}장"
        )
        lines = (
            (self.sheet.title, Font(name=FACE, size=20, bold=True)),
            (about, Font(name=FACE, size=SIZE)),
            (PRACTICE if self.sheet.practice else "", Font(name=FACE, bold=True, color="B3261E")),
        )
        for row, (text, font) in enumerate(lines, 1):
            self.page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
            self._cell(row, 1, text, font=font, place=MIDDLE)
            self.page.row_dimensions[row].height = HEIGHTS[row - 1]
        for column, name in enumerate(self.columns, 1):
            cell = self._cell(HEAD_ROW, column, name, font=Font(name=FACE, size=SIZE, bold=True))
            cell.fill, cell.border, cell.alignment = NAMES, LINE, MIDDLE
        self.page.row_dimensions[HEAD_ROW].height = HEIGHTS[-1]

    def _row(self, row: int, number: int, entry: Entry) -> None:
        self.page.row_dimensions[row].height = self.row_points
        if number > 1 and number % self.sheet.per_page == 1:
            self.page.row_breaks.append(Break(id=row - 1))
        own = entry.written
        made = self.prints.get(entry.photo_id)
        values = (
            f"{number}/{len(self.sheet.entries)}",
            f"사진 없음: {entry.note}" if made is None else "",
            PHASE_WORDS[entry.phase],
            entry.taken,
            plain(entry.place),
            *(own.get(name, "") for name in self.fields),
            *((board.others(own, self.fields),) if self.more else ()),
            entry.short_hash,
            "",
        )
        for column, value in enumerate(values, 1):
            font = Font(name=FACE, size=SMALL if len(value) > LONGER_TEXT else SIZE)
            place = LEFT if column > 3 else MIDDLE
            self._cell(row, column, value, font=font, place=place).border = LINE
        self.page.cell(row, len(values) - 1).hyperlink = entry.url
        if made is not None:
            self._picture(row, 2, Image(str(made.path)))
        self._picture(row, len(values), Image(BytesIO(picture_qr.png(entry.url))))

    def _picture(self, row: int, column: int, picture: Any) -> None:
        """Put a picture into the middle of a cell, as large as it goes in."""
        cell = (
            self.widths[column - 1] * PIXELS_A_CHARACTER + 5,
            self.row_points * PIXELS_A_POINT,
        )
        room = (cell[0] - 2 * CLEAR_PIXELS, cell[1] - 2 * CLEAR_PIXELS)
        scale = min(room[0] / picture.width, room[1] / picture.height)
        size = (picture.width * scale, picture.height * scale)
        corner = AnchorMarker(
            col=column - 1, row=row - 1,
            colOff=pixels_to_EMU(int((cell[0] - size[0]) / 2)),
            rowOff=pixels_to_EMU(int((cell[1] - size[1]) / 2)),
        )  # fmt: skip
        extent = XDRPositiveSize2D(pixels_to_EMU(int(size[0])), pixels_to_EMU(int(size[1])))
        picture.anchor = OneCellAnchor(_from=corner, ext=extent)
        self.page.add_image(picture)

    def _foot(self, row: int) -> None:
        text = f"문서 해시 {self.sheet.document_hash} (사진들의 SHA-256을 차례로 이은 값의 SHA-256)"
        last = len(self.columns)
        self.page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
        self._cell(row, 1, text, font=Font(name=FACE, size=8, color="58616A"))
        self.page.row_dimensions[row].height = FOOT_POINTS

    def _cell(
        self, row: int, column: int, text: str, *, font: Font | None = None, place: Any = LEFT
    ) -> Any:
        cell = self.page.cell(row, column)
        cell.value = text or None
        if text:
            cell.data_type = "s"  # never a formula or an error, whatever it begins with
        cell.font, cell.alignment = font or Font(name=FACE, size=SIZE), place
        return cell
