"""A small workbook in which one text stands in very many cells, as no program would write it."""

from __future__ import annotations

import io
import zipfile

from openpyxl.utils import get_column_letter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def dense(text: str, rows: int, columns: int, sheets: int = 1) -> bytes:
    """A workbook whose cells all name the same shared text."""
    numbers = range(1, sheets + 1)
    names = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    targets = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    cells = [get_column_letter(n) for n in range(1, columns + 1)]
    filled = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{at}{row}" t="s"><v>0</v></c>' for at in cells)
        + "</row>"
        for row in range(1, rows + 1)
    )  # fmt: skip
    kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/sharedStrings.xml", "sharedStrings")]
    kinds += [(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in numbers]
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="{n}" ContentType="{TYPE}.{k}+xml"/>' for n, k in kinds)
        + "</Types>",
        "_rels/.rels": _links([("r1", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{names}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": _links(
            [*targets, ("r0", "sharedStrings", "sharedStrings.xml")]
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t xml:space="preserve">{text}</t></si>'
        "</sst>",
    } | {
        f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{filled}</sheetData>'
        "</worksheet>"
        for n in numbers
    }  # fmt: skip
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return found.getvalue()


def _links(found: list[tuple[str, str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{one}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for one, kind, target in found
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'
