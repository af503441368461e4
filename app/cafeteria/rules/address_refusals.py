"""Refusals of the addresses that open pages ask for again and again."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class LiveExpired(Refusal):
    """An address of what is going on in a canteen is a day old."""

    status = 410
    code = "canteen-live-expired"
    title = _l("화면을 연 지 하루가 지났어요")
    detail = _l("화면을 새로 열어 주세요. 그러면 지금 줄이 다시 보여요.")
