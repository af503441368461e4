"""What the settings of a canteen refuse, each with what the person can do about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class LastLine(Refusal):
    """A canteen keeps one line at least."""

    status = 409
    code = "canteen-last-line"
    title = _l("마지막 줄은 없앨 수 없어요")
    detail = _l("식당에는 줄이 하나 이상 있어야 해요. 다른 줄을 먼저 더한 뒤 없애 주세요.")


class TooManyLines(Refusal):
    """A canteen has as many lines as it may."""

    status = 409
    code = "canteen-too-many-lines"
    title = _l("줄을 더 만들 수 없어요")
    detail = _l("식당 하나에 줄은 12개까지예요. 쓰지 않는 줄을 없앤 뒤 다시 해 주세요.")


class TooManyCanteens(Refusal):
    """An organisation has as many canteens as it may."""

    status = 409
    code = "canteen-too-many"
    title = _l("식당을 더 만들 수 없어요")
    detail = _l("기관 하나에 식당은 20곳까지예요. 쓰지 않는 식당을 없앤 뒤 다시 해 주세요.")


class TooManyLinks(Refusal):
    """A canteen has as many working links as it may."""

    status = 409
    code = "canteen-too-many-links"
    title = _l("링크를 더 만들 수 없어요")
    detail = _l("식당 하나에 쓰는 링크는 30개까지예요. 쓰지 않는 링크를 없앤 뒤 다시 해 주세요.")
