"""Meals and weekdays, as people call them."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l

MEALS: Final[dict[str, Any]] = {
    "breakfast": _l("아침"),
    "lunch": _l("점심"),
    "dinner": _l("저녁"),
}
WEEKDAYS: Final[tuple[Any, ...]] = (
    _l("월요일"), _l("화요일"), _l("수요일"), _l("목요일"),
    _l("금요일"), _l("토요일"), _l("일요일"),
)  # fmt: skip
