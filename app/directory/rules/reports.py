"""What may be wrong with an entry, and what is said of it."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l

OPEN, DONE, DECLINED = "open", "done", "declined"
REASONS: Final[dict[str, Any]] = {
    "person": _l("담당자가 바뀌었어요"),
    "phone": _l("전화번호가 달라요"),
    "duty": _l("담당 업무가 달라요"),
    "gone": _l("없어진 자리예요"),
    "other": _l("그 밖에"),
}
CAME: Final = _l("직원 정보가 틀렸다는 신고가 왔습니다")
ENDS: Final[dict[str, Any]] = {
    DONE: _l("신고하신 내용을 처리했습니다"),
    DECLINED: _l("신고하신 내용을 확인했고, 고치지 않기로 했습니다"),
}
