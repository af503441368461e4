"""A small file in the instance folder with the tokens of the demonstration's sample QRs."""

from __future__ import annotations

import json
from pathlib import Path

NAME = "demo-samples.json"


def read_samples(instance: Path) -> dict[str, bytes]:
    """`{sample key: token}`; empty when there is no file."""
    path = instance / NAME
    if not path.exists():
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
    return {key: bytes.fromhex(token) for key, token in found.items()}


def write_samples(instance: Path, tokens: dict[str, bytes]) -> None:
    """Replace the file."""
    draft = instance / f".{NAME}"
    content = json.dumps({key: token.hex() for key, token in tokens.items()})
    draft.write_text(content, encoding="ascii")
    draft.replace(instance / NAME)
