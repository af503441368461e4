"""What is said of a menu file that was not understood, whole or in part, each with what to do."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal

# What somebody should look at.
WRONG: Final[dict[str, Any]] = {
    "no-such-day": _l("달력에 없는 날짜예요. 날짜를 고쳐서 다시 가져오거나 손으로 적어 주세요."),
    "weekday-differs": _l("날짜와 요일이 서로 달라요. 날짜대로 읽었으니 아래에서 확인해 주세요."),
    "far": _l("두 달 넘게 떨어진 날짜예요. 연도와 달을 확인해 주세요."),
    "no-day": _l("어느 날의 메뉴인지 알 수 없어 넣지 않았어요."),
    "no-meal": _l("조식·중식·석식 가운데 어느 것인지 알 수 없어 넣지 않았어요."),
    "long": _l("음식 이름이 60자를 넘어 넣지 않았어요. 나누어 적어 주세요."),
    "many": _l("한 끼에 30가지까지만 넣을 수 있어요. 나머지는 넣지 않았어요."),
    "too-many-rows": _l("200행까지만 읽었어요. 나머지는 따로 가져와 주세요."),
    "too-much": _l("글이 너무 많아 여기까지만 읽었어요. 나머지는 따로 가져와 주세요."),
    "rests": _l(
        "쉬는 날로 적혀 있어 메뉴를 넣지 않았어요. 공휴일이 아니면 식당 설정의 ‘특별한 날’에도 "
        "적어 주세요."
    ),
    "not-served": _l("이 끼니는 없다고 적혀 있어 메뉴를 넣지 않았어요."),
}
# What was left out on purpose.
LEFT_OUT: Final[dict[str, Any]] = {
    "note": _l("열량·원산지·안내 같은 덧붙인 말"),
    "no-place": _l("표의 제목이나 설명"),
}
FAULTS: Final[dict[str, Any]] = {
    "too-large": _l("2MB를 넘는 파일이에요. 식단표만 남기거나 표를 복사해 붙여 넣어 주세요."),
    "too-large-inside": _l(
        "펼치면 너무 커지는 파일이에요. 식단표 시트만 새 파일로 저장하거나 표를 복사해 붙여 "
        "넣어 주세요."
    ),
    "hangul": _l("한글(HWP) 파일은 읽지 못해요. 표를 복사해 붙여 넣어 주세요."),
    "old-excel": _l(
        "옛 엑셀(XLS) 파일은 읽지 못해요. XLSX로 저장해 다시 올리거나 표를 복사해 붙여 넣어 주세요."
    ),
    "other-book": _l(
        "XLSX가 아닌 표 파일은 읽지 못해요. XLSX로 저장해 다시 올리거나 표를 복사해 붙여 "
        "넣어 주세요."
    ),
    "document": _l("워드나 파워포인트 파일은 읽지 못해요. 표를 복사해 붙여 넣어 주세요."),
    "pdf": _l("PDF는 읽지 못해요. 표를 복사해 붙여 넣거나 원본을 XLSX로 저장해 올려 주세요."),
    "picture": _l("사진은 읽지 못해요. 사진을 보며 한 끼씩 적거나 원본 파일을 받아 주세요."),
    "packed": _l("압축 파일이에요. 압축을 풀고 그 안의 XLSX나 CSV를 올려 주세요."),
    "too-much-text": _l("글이 너무 많은 파일이에요. 식단표만 복사해 아래 칸에 붙여 넣어 주세요."),
    "no-table": _l("표가 아닌 파일이라 읽지 못해요. 표를 복사해 붙여 넣어 주세요."),
    "web-page": _l(
        "이름만 엑셀이고 속은 웹 문서인 파일이에요. 엑셀로 열어 표를 복사해 붙여 넣거나, XLSX로 "
        "저장해 다시 올려 주세요."
    ),
    "empty": _l("비어 있는 파일이에요. 식단표가 든 파일인지 확인해 주세요."),
    "locked": _l("암호가 걸린 파일이에요. 암호를 풀고 다시 올려 주세요."),
    "drm": _l(
        "문서보안(DRM)이 걸린 파일이에요. 보안을 풀어 저장한 뒤 올리거나 표를 복사해 붙여 "
        "넣어 주세요."
    ),
    "encoding": _l(
        "글자를 알아볼 수 없는 파일이에요. CSV를 UTF-8로 저장해 다시 올리거나 표를 복사해 "
        "붙여 넣어 주세요."
    ),
    "damaged": _l("파일이 상해서 열리지 않아요. 원본을 다시 받거나 표를 복사해 붙여 넣어 주세요."),
}
ANY_FAULT: Final = _l("파일을 읽지 못했어요. 표를 복사해 붙여 넣어 주세요.")


def fault(code: str) -> Any:
    """What is said of a file that cannot be read."""
    return FAULTS.get(code, ANY_FAULT)


class NoMenu(Refusal):
    """There is no menu of that day and meal: it was taken away meanwhile."""

    status = 404
    code = "canteen-no-menu"
    title = _l("그 메뉴가 없어요")
    detail = _l("이미 지워졌거나 날짜가 바뀌었어요. 메뉴 화면에서 다시 찾아 주세요.")
    onward = ("/canteen/menus", _l("메뉴 화면으로"))


class UndoTooLate(Refusal):
    """What was removed cannot be put back by this button any more."""

    status = 410
    code = "canteen-undo-too-late"
    title = _l("이제는 되돌릴 수 없어요")
    detail = _l("바꾼 지 하루가 지났어요. 메뉴 화면에서 다시 적어 주세요.")
    onward = ("/canteen/menus", _l("메뉴 화면으로"))
