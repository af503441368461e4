"""How a counter is connected, as a page, and the examples to take home. The addresses stand in
`devices`."""

from __future__ import annotations

from typing import Final

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.core.config import ROOT
from app.core.errors import NotFound

FOLDER: Final = ROOT / "docs" / "counters"
FILES: Final = {
    "counter.py": FOLDER / "counter.py",
    "counter_esp32.ino": FOLDER / "counter_esp32" / "counter_esp32.ino",
    "README.md": FOLDER / "README.md",
}


def show_guide() -> ResponseReturnValue:
    """The steps of docs/counters/README.md."""
    return render_template("cafeteria/device_guide.html")


def send_example() -> ResponseReturnValue:
    """One of the files, to be saved.

    Raises:
        NotFound: it does not lie here.
    """
    name = request.path.rsplit("/", 1)[-1]
    path = FILES[name]
    if not path.is_file():
        raise NotFound
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(path.read_bytes(), content_type="text/plain; charset=utf-8", headers=headers)
