"""The program that table_process.py starts: JSON in, a workbook out."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

from app.directory.gateways import workbook_writer

FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST = 31


def main() -> None:
    """Write what standard input says to standard output."""
    given = json.load(sys.stdin)
    title = FORBIDDEN.sub(" ", given["title"]).strip()[:LONGEST] or "office"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        workbook_writer.write(path, title, given["heads"], given["lines"])
        sys.stdout.buffer.write(path.read_bytes())


if __name__ == "__main__":
    main()
