"""What is said beside a field that does not fit, where it is more than what is said everywhere."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from app.core.errors import field_messages

WORDS: Final[dict[str, Any]] = {
    "not_plain": _l("보이지 않는 글자가 섞여 있어요. 지우고 다시 적어 주세요."),
    "menu_empty": _l("음식을 한 줄에 하나씩 적어 주세요."),
    "menu_many": _l("한 끼에 30가지까지 적을 수 있어요."),
    "menu_long": _l("음식 이름은 60자까지 적을 수 있어요. 나누어 적어 주세요."),
    "menu_twice": _l("같은 날 같은 끼니가 위에도 있어요. 하나를 빼거나 날짜를 고쳐 주세요."),
    "day_far": _l("2000년부터 2099년까지의 날짜를 골라 주세요."),
    "day_before": _l("마지막 날이 첫날보다 앞서요. 날짜를 고쳐 주세요."),
    "days_many": _l("한 번에 62일까지 넣을 수 있어요. 나누어 넣어 주세요."),
    "no_hours": _l("그 요일에는 배식 시간이 없어요. 배식 시간을 먼저 정해 주세요."),
    "date_from_datetime_parsing": _l("날짜를 골라 주세요. 예: 2026-11-26"),
    "lines_none": _l("줄 이름을 하나 이상 적어 주세요."),
    "lines_many": _l("줄은 12개까지 둘 수 있어요."),
    "line_long": _l("줄 이름은 40자까지 적을 수 있어요."),
    "line_twice": _l("같은 이름의 줄이 있어요. 다른 이름을 적어 주세요."),
    "marks_number": _l("숫자를 쉼표로 나누어 적어 주세요. 예: 10, 20, 30, 40"),
    "marks_count": _l("표시는 2개에서 6개까지 둘 수 있어요."),
    "marks_range": _l("1명에서 500명까지 적을 수 있어요."),
    "marks_order": _l("앞에서부터 점점 커지게 적어 주세요. 예: 10, 20, 30, 40"),
    "hours_time": _l("시각을 11:30처럼 적어 주세요."),
    "hours_half": _l("여는 시각과 닫는 시각을 둘 다 적거나 둘 다 비워 주세요."),
    "hours_order": _l("닫는 시각이 여는 시각보다 늦어야 해요."),
    "missing": _l("비어 있어요. 적어 주세요."),
    "string_too_short": _l("비어 있어요. 적어 주세요."),
    "literal_error": _l("하나를 골라 주세요."),
    "bool_parsing": _l("하나를 골라 주세요."),
    "uuid_parsing": _l("하나를 골라 주세요."),
    "int_parsing": _l("숫자로 적어 주세요. 예: 10"),
    "value_error": _l("보이지 않는 글자가 섞여 있어요. 지우고 다시 적어 주세요."),
    "hours_overlap": _l("같은 날 앞 끼니와 시간이 겹쳐요. 시각을 고쳐 주세요."),
}

# Numbers say between what they must lie, with their unit; a tick says what it is for.
OF_FIELD: Final[dict[str, Any]] = {
    "period_s": _l("1초에서 60초 사이로 적어 주세요."),
    "people": _l("1명에서 20,000명 사이로 적어 주세요."),
    "sure": _l("되돌릴 수 없음을 안다는 칸을 눌러 표시해 주세요."),
}
LONG: Final = _l("%(count)s자까지 적을 수 있어요.")


def messages(error: ValidationError) -> dict[str, str]:
    """What is wrong with each field, in the user's language: `{field: message}`."""
    said = field_messages(error)
    for found in error.errors(include_url=False, include_input=False):
        place = ".".join(map(str, found["loc"])) or "body"
        if place in OF_FIELD:
            said[place] = str(OF_FIELD[place])
        elif found["type"] in WORDS:
            said[place] = str(WORDS[found["type"]])
        elif found["type"] == "string_too_long":
            most = str(found.get("ctx", {}).get("max_length", ""))
            said[place] = str(LONG).replace("%(count)s", most)
    return said
