"""What importing says to people: states, what columns are, what is wrong with a row or a file."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l

STATES: Final[dict[str, tuple[Any, str]]] = {
    "new": (_l("파일을 읽는 중"), "info"),
    "read": (_l("열 확인 필요"), "warn"),
    "checking": (_l("미리 돌려 보는 중"), "info"),
    "checked": (_l("시작할 수 있음"), "warn"),
    "running": (_l("바꾸는 중"), "info"),
    "done": (_l("완료"), "good"),
    "undoing": (_l("되돌리는 중"), "info"),
    "undone": (_l("되돌림"), ""),
    "failed": (_l("읽지 못함"), "bad"),
}
TARGETS: Final[dict[str, Any]] = {
    "": _l("쓰지 않음"),
    "office": _l("기관"),
    "bureau": _l("실·국"),
    "department": _l("부서(과)"),
    "team": _l("팀"),
    "unit": _l("국/과/팀이 한 칸에"),
    "name": _l("이름"),
    "person": _l("직위와 이름이 한 칸에"),
    "position": _l("직위·직급"),
    "duty": _l("담당업무"),
    "phone": _l("전화번호"),
    "fax": _l("팩스"),
}
# What is wrong with a row, and what to do.
PROBLEMS: Final[dict[str, tuple[Any, Any]]] = {
    "no-department": (
        _l("부서도 업무도 없는 행"),
        _l("열을 맞게 골랐는지 보세요. 필요 없는 행이면 그대로 두어도 됩니다."),
    ),
    "nothing-said": (
        _l("부서만 있고 담당이 없는 행"),
        _l("부서 제목 행이면 그대로 두어도 됩니다."),
    ),
    "unknown-office": (
        _l("모르는 기관 이름"),
        _l("‘경상남도 창원시’나 ‘경남 창원시’처럼 적어 주세요. 이 행은 빠집니다."),
    ),
    "no-office": (
        _l("기관이 비어 있는 행"),
        _l("기관 열을 채우거나, 위에서 기관 하나를 고르세요. 이 행은 빠집니다."),
    ),
    "cut": (_l("너무 길어 뒤를 자름"), _l("적힌 항목이 한 칸의 한도를 넘었습니다.")),
    "odd-phone": (_l("전화번호가 아닌 내용"), _l("그대로 넣지만 번호로는 찾을 수 없습니다.")),
    "lost-characters": (
        _l("읽을 수 없는 글자"),
        _l("원본을 UTF-8 CSV나 XLSX로 다시 저장해 올려 주세요."),
    ),
    "twice": (_l("같은 내용의 행이 또 있음"), _l("둘 다 넣습니다. 원본을 확인해 주세요.")),
}
FAULTS: Final[dict[str, Any]] = {
    "old-office": _l(
        "옛 엑셀(.xls)이나 한글 파일은 읽지 못합니다. XLSX나 CSV로 저장해 올려 주세요."
    ),
    "no-table": _l("표 파일이 아닙니다. XLSX나 CSV로 저장해 올려 주세요."),
    "web-page": _l("웹 페이지를 저장한 파일입니다. 엑셀에서 열어 XLSX로 저장해 올려 주세요."),
    "empty": _l("빈 파일입니다. 원본을 열어 내용을 확인하고 다시 저장해 올려 주세요."),
    "encoding": _l("글자를 읽을 수 없습니다. UTF-8 CSV나 XLSX로 다시 저장해 올려 주세요."),
    "damaged": _l("파일이 손상되었습니다. 원본을 다시 저장해 올려 주세요."),
    "locked": _l("암호가 걸린 파일입니다. 암호를 풀어 올려 주세요."),
    "too-large-inside": _l("압축을 풀면 너무 큰 파일입니다. 기관별로 나누어 올려 주세요."),
    "too-much-text": _l(
        "칸에 든 글이 너무 많습니다. 같은 글이 여러 칸에 되풀이되지 않는지 보고 나누어 올려 주세요."
    ),
    "no-room": _l("서버의 저장 공간이 부족합니다. 서버 담당자에게 알린 뒤 다시 올려 주세요."),
    "gone": _l("올린 파일이 오래되어 서버에서 지워졌습니다. 다시 올려 주세요."),
    "too-many-rows": _l("행이 백만 개를 넘습니다. 기관별로 나누어 올려 주세요."),
    "too-many-entries": _l("한 기관에 65,536행을 넘게 담을 수 없습니다. 기관 열을 확인해 주세요."),
}


def problem(code: str) -> tuple[Any, Any]:
    """What is wrong, and what to do; a code that nobody knows says itself."""
    return PROBLEMS.get(code, (code, ""))


def fault(code: str) -> Any:
    """Why a file was not read."""
    return FAULTS.get(code, FAULTS["damaged"])
