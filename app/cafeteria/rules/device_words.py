"""What an administrator reads of a counter: what it measures, what is wrong, what to do."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

MEASURES: dict[str, Any] = {
    "in": _l("들어온 사람"),
    "out": _l("나간 사람"),
    "both": _l("들어온 사람과 나간 사람"),
    "people": _l("줄에 선 사람 수"),
    "level": _l("혼잡 단계 (0~4)"),
}
STATES: dict[str, tuple[str, Any, Any]] = {
    "": ("good", _l("잘 되고 있어요"), ""),
    "new": (
        "info",
        _l("첫 소식을 기다려요"),
        _l("기기에 번호와 비밀값을 넣고 켜 주세요. 처음 보내면 여기에 나타나요."),
    ),
    "dead": (
        "bad",
        _l("소식이 없어요"),
        _l(
            "기기의 전원과 네트워크를 확인해 주세요. 다시 보내기 시작하면 저절로 돌아와요. "
            "그동안은 이 기기 없이 어림해요."
        ),
    ),
    "frozen": (
        "bad",
        _l("같은 수만 보내요"),
        _l(
            "센서가 멈췄거나 가려져 있어요. 앞을 치우고 기기를 껐다 켜 주세요. "
            "다른 수가 오기 전까지는 세지 않아요."
        ),
    ),
    "jump": (
        "warn",
        _l("수가 갑자기 튀었어요"),
        _l(
            "다음 기록이 비슷하면 저절로 믿어요. 자주 그러면 센서의 높이와 각도를 "
            "맞추고, 반사되는 물건을 치워 주세요."
        ),
    ),
    "swapped": (
        "bad",
        _l("들어옴과 나감이 바뀐 것 같아요"),
        _l(
            "나간 사람이 들어온 사람보다 훨씬 많아요. 아래 ‘방향 바꾸기’를 눌러 주세요. "
            "지난 기록도 함께 바로잡혀요. 입구와 출구를 두 기기가 나눠 세면 둘 다 바꿔 주세요."
        ),
    ),
    "clock": (
        "warn",
        _l("기기 시계가 틀려요"),
        _l(
            "시각을 고쳐서 쓰고 있으니 급하지 않아요. 기기가 답에 담긴 now로 시계를 맞추거나 "
            "sent를 함께 보내게 해 주세요."
        ),
    ),
    "two-devices": (
        "bad",
        _l("두 기기가 한 비밀값을 써요"),
        _l(
            "같은 번호로 다른 내용이 와서 받지 않았어요. 기기가 둘이면 하나를 새로 등록하고, "
            "하나뿐이면 번호를 저장해 두고 이어서 쓰게 고쳐 주세요. 새 비밀값을 만들면 "
            "이 알림이 사라져요."
        ),
    ),
    "flood": (
        "warn",
        _l("너무 자주 보내요"),
        _l(
            "1분에 240번, 기록 600개까지 받아요. 기기가 정한 주기로, 밀린 것은 묶어서 보내게 해 "
            "주세요."
        ),
    ),
    "revoked": ("", _l("폐기했어요"), _l("더는 받지 않아요. 지난 기록은 그대로 쓰여요.")),
}
"""By code of rules/health.py (and new, revoked): the badge's tone, its words, what to do next."""
WHY_NOT: dict[str, Any] = {
    "before": _l("줄이나 세는 것을 바꾸기 전이라 세지 않아요"),
    "test": _l("시험 중이라 세지 않았어요"),
    "absurd": _l("있을 수 없는 수라 세지 않았어요"),
    "frozen": _l("같은 수만 와서 세지 않았어요"),
    "jump": _l("갑자기 튀어서 세지 않았어요"),
}
COUNTED = _l("세었어요")
EXAMPLES: dict[str, str] = {
    "in": '"in":1',
    "out": '"out":1',
    "both": '"in":1,"out":0',
    "people": '"count":3',
    "level": '"level":1',
}
"""What stands in an example of the first request, as JSON."""
