"""Refusals of the pages of counters."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class DeviceRevoked(Refusal):
    """A counter that was revoked cannot be used again."""

    status = 409
    code = "canteen-device-revoked"
    title = _l("폐기한 기기예요")
    detail = _l("폐기한 기기는 다시 쓸 수 없어요. 새 기기로 등록해 주세요.")
    onward = ("/canteen/devices", _l("기기 목록"))
