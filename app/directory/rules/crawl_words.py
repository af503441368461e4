"""What an administrator reads of a source: its state, and why it could not be read."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

ALARM = _l("담당자 자료의 출처를 읽지 못하고 있습니다")
LINE_DOWN = _l("우리 서버의 인터넷 연결이 끊긴 것 같습니다")
CUT_OFF = _l("연결하지 못한 사이트 / 읽으려 한 사이트")
LINE_ADVICE = _l(
    "출처마다 따로 알리지 않습니다. 서버의 회선과 방화벽을 확인해 주세요. "
    "다시 이어지면 저절로 읽습니다."
)
STATES: dict[str, tuple[Any, str]] = {
    "alarm": (_l("경보"), "bad"),
    "on": (_l("켜짐"), "good"),
    "untried": (_l("미확인"), "warn"),
    "off": (_l("꺼짐"), ""),
}
KINDS: dict[str, Any] = {"pages": _l("직원 안내 화면"), "api": _l("공공데이터 API")}
PAGE_STATES: dict[str, Any] = {
    "done": _l("읽음"), "skipped": _l("건너뜀"), "failed": _l("읽지 못함"), "waiting": _l("대기"),
}  # fmt: skip
FIELDS: dict[str, Any] = {
    "name": _l("성명"), "bureau": _l("국"), "department": _l("부서"), "team": _l("팀"),
    "position": _l("직위"), "duty": _l("담당업무"), "phone": _l("전화번호"), "fax": _l("팩스"),
}  # fmt: skip
REASONS: dict[str, Any] = {
    "no-table": _l(
        "직원 표를 찾지 못했습니다. 화면 구조가 바뀌었거나 점검 안내가 나왔을 수 있습니다."
    ),
    "no-column": _l("필요한 열이 없습니다. 열 이름이 바뀌었는지 확인해 주세요."),
    "no-links": _l("부서 링크를 찾지 못했습니다. 조직도 화면이 바뀌었는지 확인해 주세요."),
    "no-path": _l("API의 답에서 정한 자리를 찾지 못했습니다."),
    "no-rows": _l("직원이 한 명도 없습니다."),
    "no-key": _l("API 인증키가 없습니다. 정의를 고치는 화면에서 넣어 주세요."),
    "no-cookie": _l("먼저 여는 화면이 쿠키를 주지 않습니다."),
    "not-json": _l("API의 답이 JSON이 아닙니다."),
    "not-xml": _l("API의 답이 XML이 아닙니다."),
    "not-html": _l("화면을 HTML로 읽지 못했습니다."),
    "api-code": _l("API가 오류 코드로 답했습니다. 인증키를 확인해 주세요."),
    "fault-words": _l("점검이나 오류를 알리는 화면이 나왔습니다."),
    "halved": _l("직원 수가 절반 아래로 줄어 바꾸지 않고 예전 자료를 두었습니다."),
    "emptied": _l("전화와 업무가 빈 행이 갑자기 늘어 예전 자료를 두었습니다."),
    "fewer-fields": _l("전에 있던 항목이 통째로 사라져 예전 자료를 두었습니다."),
    "total": _l("화면이 말하는 전체 인원과 읽은 수가 다릅니다."),
    "too-many-pages": _l("정한 것보다 쪽이 많습니다. 정의의 most_pages를 확인해 주세요."),
    "too-many-rows": _l("한 기관에 담을 수 있는 수를 넘었습니다."),
    "kind": _l("화면이 아닌 파일이 왔습니다."),
    "robots": _l("그 사이트의 robots.txt가 이 주소를 읽지 말라고 합니다."),
    "robots-unknown": _l("그 사이트의 robots.txt를 읽지 못해 기다립니다."),
    "address": _l("주소가 올바르지 않습니다."),
    "address-closed": _l("연결이 금지된 주소입니다."),
    "port": _l("허용되지 않은 포트입니다. 운영자에게 문의하세요."),
    "credentials": _l("주소에 계정이나 비밀번호를 넣을 수 없습니다."),
    "downgrade": _l("암호화된 주소에서 암호화되지 않은 주소로 넘겨 읽지 않았습니다."),
    "redirects": _l("다른 주소로 너무 여러 번 넘깁니다."),
    "too-large": _l("화면이 5MB보다 큽니다."),
    "encoding": _l("풀 수 없는 방식으로 압축된 답이 왔습니다."),
    "timeout": _l("제때 답하지 않습니다."),
    "unreachable": _l("연결되지 않습니다."),
    "certificate": _l("보안 인증서를 믿을 수 없습니다."),
    "name": _l("서버 이름을 찾지 못했습니다."),
    "broke-off": _l("읽는 중에 연결이 끊겼습니다."),
    "changed": _l("읽는 동안 정의가 바뀌었습니다."),
    "off": _l("읽는 동안 꺼졌습니다."),
    "foreign-link": _l("다른 사이트로 가는 링크라 따라가지 않았습니다."),
    "definition": _l("정의의 형식이 지금 버전과 맞지 않습니다. 고쳐서 다시 시험해 주세요."),
    "fault": _l("서버에 문제가 생겼습니다. 운영자에게 알려 주세요."),
}
STATUS = _l("오류로 답했습니다.")
FAULTS: dict[str, Any] = {
    "selector": _l("CSS 선택자가 올바르지 않습니다."),
    "template": _l("틀에는 {name} 자리가 하나에서 셋까지 있어야 하고, 붙어 있으면 안 됩니다."),
    "address": _l("주소는 http:// 또는 https://로 시작하고 계정이 없어야 합니다."),
    "one-way": _l("pages에는 parameter와 next 가운데 하나만 적습니다."),
    "api": _l("kind가 api이면 api가 있어야 하고 table, rows, tree, headings는 없어야 합니다."),
    "table-or-rows": _l("table과 rows 가운데 하나만 적습니다."),
    "row-fields": _l("rows를 쓰면 fields에 select가 있어야 합니다."),
    "codes": _l("codes와 주소의 {code}는 함께 있어야 합니다."),
    "extra_forbidden": _l("모르는 이름입니다."),
    "missing": _l("빠졌습니다. 채워 주세요."),
    "literal_error": _l("고를 수 있는 값이 아닙니다."),
    "json_invalid": _l("JSON 형식이 아닙니다."),
}
ANY_FAULT = _l("알맞은 값이 아닙니다.")


def reason(told: str | None) -> tuple[Any, str]:
    """A reason in words, and what it is about.

    Args:
        told: such as `no-column phone` or `status:503`.
    """
    code, _, detail = (told or "").partition(" ")
    if code.startswith("status:"):
        return STATUS, code.removeprefix("status:")
    return REASONS.get(code, STATUS), detail


def fault(code: str) -> Any:
    """What is wrong with a part of a definition, in words."""
    return FAULTS.get(code, ANY_FAULT)
