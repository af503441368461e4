"""A sheet as PDF: A4, text that can be copied out, a QR beside each picture, by reportlab.

The same sheet gives the same bytes: no clock, no random ids, objects named by what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

from app.photos.gateways import fonts, pdf_table, picture_qr
from app.photos.gateways.pdf_pen import BLACK, INK, MAT, SOFT, THICK, WARN, Pen, up
from app.photos.gateways.pdf_table import Row, Table
from app.photos.gateways.prints import Print
from app.photos.rules import sheet as rules
from app.photos.rules.sheet import BOTTOM, LEFT, TOP, WIDTH, Box, Entry, Frame, Sheet

rl_config.useA85 = 0  # binary streams: a quarter smaller
BLUE, BROWN, GREEN = HexColor("#0b50d0"), HexColor("#8a5300"), HexColor("#1a6b34")
PHASES = {"before": BLUE, "during": BROWN, "after": GREEN}
PRACTICE, PRACTICE_WORD = "연습용 · 증빙으로 쓸 수 없음", "연습"
APPENDIX = "보드판 전체 내용"
ASK = "QR을 찍으면 기관이 이 사진을 보관하는지 확인합니다."
ABOUT_HASH = "사진들의 SHA-256을 차례로 이은 값의 SHA-256"
ABOUT_CODE = "원본 해시(SHA-256)"
MOST_CODE = 24.0
HEADING = 12.0
Prints = Mapping[str, Print]


class _Picture(PDFImageXObject):  # type: ignore[misc]  # reportlab ships no types
    """A JPEG of a document whose bytes are read when the document is written, and then let go:
    with two hundred pictures, the library's own object would hold them all twice."""

    def __init__(self, name: str, made: Print) -> None:
        super().__init__(name)
        self.path, self.width, self.height = made.path, made.width, made.height
        self.colorSpace, self.bitsPerComponent = "DeviceRGB", 8  # as prints.make writes them
        self._filters = ("DCTDecode",)
        self.streamContent = b""

    def format(self, document: Any) -> bytes:
        self.streamContent = self.path.read_bytes()
        try:
            return bytes(super().format(document))
        finally:
            self.streamContent = b""


def write(target: Path, sheet: Sheet, prints: Prints) -> None:
    """Write the PDF.

    Args:
        target: the file, made or replaced.
        sheet: what stands where.
        prints: the picture of each entry by photo id; an entry without one shows its note.

    Raises:
        FontMissing: the font was not brought by set-up.
    """
    fonts.load()
    _Writer(target, sheet, prints).write()


class _Writer:
    """Draws one document."""

    def __init__(self, target: Path, sheet: Sheet, prints: Prints) -> None:
        self.sheet, self.prints = sheet, prints
        self.frames = rules.frames(sheet.per_page)
        canvas: Any = Canvas(str(target), pagesize=A4, invariant=1, pageCompression=1, lang="ko-KR")
        self.canvas, self.pen = canvas, Pen(canvas)
        self.many = len(sheet.entries)
        self.numbers = {entry.photo_id: f"사진 {number}/{self.many}"
                        for number, entry in enumerate(sheet.entries, 1)}  # fmt: skip
        box = self.frames[0].table
        self.tables = {
            entry.photo_id: pdf_table.fit(entry.rows, box.width * mm, box.height * mm, 17 * mm)
            for entry in sheet.entries
        }
        self.appendix = self._appendix()
        self.page = 0

    def write(self) -> None:
        canvas = self.canvas
        canvas.setTitle(self.sheet.title)
        canvas.setAuthor(self.sheet.organisation)
        canvas.setSubject(f"사진 {self.many}장, 문서 해시 {self.sheet.document_hash}")
        canvas.setCreator("현장사진")
        for page in self.sheet.pages:
            self._begin()
            for entry, frame in zip(page, self.frames, strict=False):
                if entry is not None:
                    self._entry(entry, frame)
            canvas.showPage()
        for part in self.appendix:
            self._begin()
            self._part(part)
            canvas.showPage()
        canvas.save()

    def _begin(self) -> None:
        self.page += 1
        pen, sheet = self.pen, self.sheet
        pen.words_middle(sheet.title, 20.5, size=21, least=12)
        room = 58.0 if sheet.practice else 110.0
        pen.words(sheet.organisation, LEFT, 28, size=9.5, colour=SOFT, room=room)
        pages = len(sheet.pages) + len(self.appendix)
        pen.words_right(f"작성 {sheet.made} · {self.page} / {pages}쪽", 28, size=9.5)
        if sheet.practice:
            pen.words_middle(PRACTICE, 28, size=9.5, least=9.5, colour=WARN)
        pen.rule(30.3)
        pen.rule(BOTTOM + 3)
        pen.words(f"문서 해시 {sheet.document_hash}", LEFT, BOTTOM + 7, size=7, colour=SOFT)
        pen.words_right(ABOUT_HASH, BOTTOM + 7, size=7)

    def _entry(self, entry: Entry, frame: Frame) -> None:
        self._head(entry, frame.head)
        self._picture(entry, frame.picture)
        table = self.tables[entry.photo_id]
        pdf_table.draw(self.canvas, table, frame.table.x * mm, up(frame.table.y))
        self._code(entry, frame.code)
        self.pen.rect(frame.cell, line=INK, thick=THICK)

    def _head(self, entry: Entry, box: Box) -> None:
        middle, right = box.y + box.height / 2, box.x + box.width - 1.6
        self.pen.rect(box, fill=MAT)
        number = self.numbers[entry.photo_id]
        self.pen.words(number, box.x + 2, middle + 1.2, font=fonts.BOLD, size=9.5)
        if entry.phase:
            word = rules.PHASE_WORDS[entry.phase]
            right = self.pen.chip(word, right, middle, PHASES[entry.phase]) - 1.4
        if entry.practice:
            self.pen.chip(PRACTICE_WORD, right, middle, WARN)

    def _picture(self, entry: Entry, box: Box) -> None:
        made = self.prints.get(entry.photo_id)
        self.pen.rect(box, fill=MAT)
        if made is None:
            self._note(entry.note, box)
            return
        scale = min(box.width / made.width, box.height / made.height)
        width, height = made.width * scale, made.height * scale
        left, bottom = box.x + (box.width - width) / 2, box.y + (box.height + height) / 2
        self.canvas.saveState()
        self.canvas.translate(left * mm, up(bottom))
        self.canvas.scale(width * mm, height * mm)
        self.canvas.doForm(self._register(entry, made))
        self.canvas.restoreState()

    def _register(self, entry: Entry, made: Print) -> str:
        """Make a picture known to the document under a name that says what it is."""
        name = f"photo-{entry.photo_id}"
        document: Any = self.canvas._doc  # noqa: SLF001  `drawImage` would name it by its path
        document.addForm(name, _Picture(name, made))
        return name

    def _note(self, note: str, box: Box) -> None:
        inner = Box(box.x + 4, box.y + 4, box.width - 8, box.height - 8)
        self.canvas.saveState()
        self.canvas.setDash(3, 2)
        self.pen.rect(inner, line=SOFT, thick=THICK)
        self.canvas.restoreState()
        words = pdf_table.paragraph(f"사진 없음: {note}", fonts.BOLD, 9, middle=True)
        _, tall = words.wrap((inner.width - 6) * mm, BOTTOM * mm)
        words.drawOn(self.canvas, (inner.x + 3) * mm, up(inner.y + inner.height / 2) - tall / 2)

    def _code(self, entry: Entry, box: Box) -> None:
        """The QR, with what it is for beside it, or below it where the box is tall."""
        self.pen.rect(box)
        tall = box.height > box.width
        side = min(box.height - 1.6, box.width - 1.6, MOST_CODE)
        x = box.x + ((box.width - side) / 2 if tall else 0.8)
        y = box.y + (0.8 if tall else (box.height - side) / 2)
        self._qr(entry.url, x, y, side)
        if tall:
            below = box.y + side
            words = Box(box.x + 1.5, below, box.width - 3, box.height - side)
        else:
            words = Box(x + side + 1, box.y, box.width - side - 3, box.height)
        self._about(entry, words, middle=tall)

    def _qr(self, url: str, x: float, y: float, side: float) -> None:
        rows = picture_qr.modules(url)
        step = side / (len(rows) + 2 * picture_qr.QUIET)
        first = picture_qr.QUIET * step
        path = self.canvas.beginPath()  # one path: no seams between the rows of the code
        for column, row, length in picture_qr.runs(rows):
            bottom = up(y + first + (row + 1) * step)
            path.rect((x + first + column * step) * mm, bottom, length * step * mm, step * mm)
        self.canvas.setFillColor(BLACK)
        self.canvas.drawPath(path, stroke=0, fill=1)
        self.canvas.linkURL(url, (x * mm, up(y + side), (x + side) * mm, up(y)))

    def _about(self, entry: Entry, box: Box, *, middle: bool) -> None:
        """The hash and what the QR is for, in the middle of a box's height."""
        lines = (
            (ABOUT_CODE, fonts.REGULAR, 6.5),
            (entry.short_hash, fonts.BOLD, 7.5 if middle else 8.5),
            (ASK, fonts.REGULAR, 6.5),
        )
        words = [pdf_table.paragraph(*line, middle=middle) for line in lines]
        heights = [one.wrap(box.width * mm, BOTTOM * mm)[1] + 1.4 for one in words]
        y = up(box.y + box.height / 2) + sum(heights) / 2
        for one, height in zip(words, heights, strict=True):
            y -= height
            one.drawOn(self.canvas, box.x * mm, y)

    def _appendix(self) -> list[list[str | tuple[Row, Table]]]:
        """Pages of headings and rows, for the pictures whose table was cut."""
        pages: list[list[str | tuple[Row, Table]]] = []
        room = 0.0
        for entry in self.sheet.entries:
            if not self.tables[entry.photo_id].cut:
                continue
            table = pdf_table.measure(entry.rows, (WIDTH - 2 * LEFT) * mm, 34 * mm, 9)
            for place, row in enumerate(table.rows):
                needed = row.height + (HEADING * mm if place == 0 else 0)
                if needed > room:
                    pages.append([])
                    room = (BOTTOM - TOP) * mm
                if place == 0:
                    pages[-1].append(f"{self.numbers[entry.photo_id]} · {APPENDIX}")
                pages[-1].append((row, table))
                room -= needed
        return pages

    def _part(self, parts: list[str | tuple[Row, Table]]) -> None:
        y = up(TOP)
        for part in parts:
            if isinstance(part, str):
                self.canvas.setFillColor(INK)
                self.canvas.setFont(fonts.BOLD, 11)
                self.canvas.drawString(LEFT * mm, y - (HEADING - 3) * mm, part)
                y -= HEADING * mm
                continue
            row, table = part
            pdf_table.draw(self.canvas, Table((row,), table.names, table.width), LEFT * mm, y)
            y -= row.height
