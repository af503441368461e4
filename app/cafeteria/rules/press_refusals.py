"""Refusals of presses: the kitchen's buttons and check-ins."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class TapTaken(Refusal):
    """Another press has this id: a press never changes."""

    status = 409
    code = "canteen-tap-taken"
    title = _l("이미 다른 내용으로 받은 단추예요")
    detail = _l("화면을 새로 열고 다시 눌러 주세요.")


class TapTooOld(Refusal):
    """A press says how long the line was more than two hours ago."""

    status = 422
    code = "canteen-tap-too-old"
    title = _l("누른 지 두 시간이 넘었어요")
    detail = _l("지금 줄이 어디까지인지 다시 눌러 주세요.")


class TooLateToUndo(Refusal):
    """A press can be undone for two minutes."""

    status = 409
    code = "canteen-undo-too-late"
    title = _l("누른 지 2분이 지나 되돌릴 수 없어요")
    detail = _l("지금 줄이 어디까지인지 다시 눌러 주세요. 새로 누른 것이 앞의 것을 대신해요.")


class UndoneTooEarly(Refusal):
    """Somebody wanted a press back before they pressed."""

    status = 422
    code = "canteen-undone-too-early"
    title = _l("누르기 전에 되돌렸다고 되어 있어요")
    detail = _l("화면을 새로 열고 지금 줄이 어디까지인지 다시 눌러 주세요.")


class CheckInTaken(Refusal):
    """Another check-in has this id."""

    status = 409
    code = "canteen-check-in-taken"
    title = _l("이미 다른 줄에 쓴 번호예요")
    detail = _l("화면을 새로 열고 다시 눌러 주세요.")


class CheckInTooOld(Refusal):
    """Somebody says that they joined a line more than three hours ago."""

    status = 422
    code = "canteen-check-in-too-old"
    title = _l("줄을 선 지 세 시간이 넘었어요")
    detail = _l("오래된 것은 쓰지 않아요. 다음 식사 때 다시 눌러 주세요.")


class ServedTooEarly(Refusal):
    """Somebody was served before they joined the line."""

    status = 422
    code = "canteen-served-too-early"
    title = _l("줄을 서기 전에 받았다고 되어 있어요")
    detail = _l("받은 뒤에 다시 눌러 주세요.")


class ServedTooLate(Refusal):
    """Somebody was served more than three hours after they joined the line."""

    status = 422
    code = "canteen-served-too-late"
    title = _l("줄을 선 지 세 시간이 넘었어요")
    detail = _l("기다린 시간으로 쓸 수 없어 남기지 않았어요. 다음 식사 때 다시 눌러 주세요.")
