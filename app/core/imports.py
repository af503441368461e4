"""Keeping an optional library of a library out of the web process.

qrcode takes Pillow up wherever it is installed, to draw pictures in ways that nobody here asks
for: 25 ms and some megabytes in every web worker. It says itself that it can do without.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def load(module: str, *, without: str) -> Any:
    """Import a module that finds no package `without`, unless that was loaded before.

    An entry of None in `sys.modules` makes the import system raise ModuleNotFoundError (Python
    language reference, 5.3.1). It is taken back at once: who needs the package later gets it.

    Raises:
        ImportError: when the module is not there, or cannot do without.
    """
    if without in sys.modules:
        return importlib.import_module(module)
    sys.modules[without] = None  # type: ignore[assignment]
    try:
        return importlib.import_module(module)
    finally:
        del sys.modules[without]
