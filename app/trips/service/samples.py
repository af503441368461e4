"""The four sample QRs of the demonstration's first page, kept in the instance folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from app.trips.gateways import sample_file
from app.trips.rules.token import token_text

LABELS: dict[str, Any] = {
    "valid": _l("유효한 도장"),
    "forged": _l("위조한 도장"),
    "void": _l("취소한 도장"),
    "revoked": _l("사용을 멈춘 기기의 도장"),
}


@dataclass(frozen=True)
class Sample:
    """One sample: its key, what it is, and where its verdict stands."""

    key: str
    label: Any
    url: str
    image: str


def list_samples(instance: Path) -> list[Sample]:
    """The samples that the demonstration's loader wrote; none before it ran."""
    tokens = sample_file.read_samples(instance)
    return [
        Sample(key, LABELS[key], "/S/" + token_text(token), f"/qr/{token_text(token)}.svg")
        for key in LABELS
        if (token := tokens.get(key)) is not None
    ]


def keep_samples(instance: Path, tokens: dict[str, bytes]) -> None:
    """Write the samples' tokens."""
    sample_file.write_samples(instance, tokens)
