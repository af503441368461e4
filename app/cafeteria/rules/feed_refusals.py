"""Refusals of what counters send."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class NotJson(Refusal):
    """The body is no JSON: half of one, or something else."""

    status = 400
    code = "canteen-not-json"
    title = _l("JSON을 읽지 못했어요")
    detail = _l("보낸 내용이 중간에 끊겼거나 JSON이 아니에요. 같은 내용을 다시 보내 주세요.")


class Unsigned(Refusal):
    """The signature is wrong or missing, or no such counter is known: which of them is not said."""

    status = 401
    code = "canteen-unsigned"
    title = _l("서명이 맞지 않아요")
    detail = _l(
        "기기 번호와 비밀값을 확인해 주세요. X-Canteen-Signature는 보낸 본문 그대로의 "
        "HMAC-SHA-256이어야 해요."
    )


class SeqReused(Refusal):
    """The number was used for another reading: two devices share one secret, or one began anew."""

    status = 409
    code = "canteen-seq-reused"
    title = _l("같은 번호로 다른 내용이 왔어요")
    detail = _l(
        "비밀값 하나를 두 기기가 쓰고 있거나 번호가 처음부터 다시 시작했어요. 기기마다 따로 "
        "등록하고, 번호는 저장해 두고 이어서 써 주세요."
    )
    told = ("place", "seq")


class ClockAhead(Refusal):
    """The reading is from more than an hour in the future; `now` is our clock."""

    status = 422
    code = "canteen-clock-ahead"
    title = _l("기기 시계가 앞서 있어요")
    detail = _l("함께 보낸 now로 기기 시계를 맞추거나, sent에 보낼 때의 기기 시각을 적어 주세요.")
    told = ("now", "place", "seq")


class TooOld(Refusal):
    """The reading is older than a day; `now` is our clock."""

    status = 422
    code = "canteen-too-old"
    title = _l("하루가 지난 기록이에요")
    detail = _l(
        "24시간이 지난 것은 받지 않아요. 그런 기록은 버리고, 기기 시계가 틀렸다면 함께 보낸 "
        "now로 맞춰 주세요."
    )
    told = ("now", "place", "seq")
