"""Refusals of the canteen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import BadInput, NotFound, Refusal


class BadRecording(BadInput):
    """A file of a recorded lunch has a line that cannot be read."""

    def __init__(self, name: str, line: int) -> None:
        """Of that file, at that line (1 is its head)."""
        super().__init__([], f"{name}, line {line}")


class LinkUnknown(NotFound):
    """A link for the kitchen or a wall that we never made: cut off, or mistyped."""

    code = "canteen-link-unknown"
    title = _l("링크를 찾을 수 없습니다")
    detail = _l("링크가 완전하지 않아요. QR을 다시 찍거나 담당자에게 새 링크를 받아 주세요.")
    login = False


class LinkRevoked(Refusal):
    """A link for the kitchen or a wall was revoked."""

    status = 410
    login = False
    code = "canteen-link-revoked"
    title = _l("이 링크는 더 쓸 수 없습니다")
    detail = _l("담당자가 링크를 없앴습니다. 새 링크를 받아 다시 열어 주세요.")
