"""What a person reads of a delivery: its state, and why it failed."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

KINDS: dict[str, Any] = {
    "folder": _l("망연계 폴더"),
    "webdav": _l("WebDAV 폴더"),
    "webhook": _l("웹훅"),
}
STATES: dict[str, Any] = {
    "waiting": _l("보낼 차례를 기다림"),
    "sent": _l("넘김, 확인을 기다림"),
    "done": _l("업무시스템이 받음"),
    "dead": _l("보내지 못함"),
}
TONES: dict[str, str] = {"waiting": "info", "sent": "info", "done": "good", "dead": "bad"}
REASONS: dict[str, Any] = {
    "address": _l("주소의 형식이 다릅니다. http:// 또는 https://로 시작하게 적어 주세요."),
    "address-secret": _l("주소에 계정, 비밀번호나 #을 넣지 마세요. 계정과 비밀값 칸에 적습니다."),
    "address-closed": _l("연결이 금지된 주소입니다. 업무시스템의 주소가 맞는지 확인해 주세요."),
    "secret-again": _l("다른 서버로 바꿀 때는 비밀값을 다시 적어 주세요. 저장된 것은 안 보냅니다."),
    "folder": _l("폴더 이름에는 글자, 숫자, 점, 밑줄, 붙임표만 40자까지 쓸 수 있습니다."),
    "no-folder": _l("받는 폴더가 없습니다. 운영자에게 만들어 달라고 하세요."),
    "no-right": _l("받는 폴더에 쓸 권한이 없습니다. 운영자에게 알려 주세요."),
    "full": _l("받는 쪽의 저장 공간이 부족합니다. 업무시스템 담당자에게 알려 주세요."),
    "unreachable": _l("받는 쪽에 연결되지 않습니다. 서버가 켜져 있는지, 주소가 맞는지 보세요."),
    "name": _l("주소의 서버 이름을 찾지 못했습니다. 주소를 잘못 적지 않았는지 보세요."),
    "timeout": _l("받는 쪽이 제때 답하지 않습니다. 계속되면 업무시스템 담당자에게 알려 주세요."),
    "certificate": _l("받는 쪽의 보안 인증서를 믿을 수 없습니다. 받는 쪽에 알려 주세요."),
    "broke-off": _l("보내는 중에 연결이 끊겼습니다."),
    "long-answer": _l("받는 쪽의 답이 너무 깁니다. 주소가 맞는지 확인해 주세요."),
    "redirect": _l("받는 쪽이 다른 주소를 알려 줍니다. 그 주소로 바꿔 주세요."),
    "half-written": _l("받는 쪽에 쓰인 파일이 보낸 것과 달랐습니다. 다시 보냅니다."),
    "no-ack": _l("받는 쪽이 받았다는 확인을 주지 않았습니다."),
    "given-up": _l("기관 관리자가 보내기를 그만두었습니다. 사진은 여기에 그대로 있습니다."),
    "no-answer": _l("7일 동안 받았다는 확인이 없습니다."),
    "nak": _l("받는 쪽이 거절했습니다."),
    "store-unreachable": _l("사진 저장소에 연결되지 않아 기다립니다."),
    "no-file": _l("보낼 파일을 저장소에서 찾지 못했습니다."),
    "changed-file": _l("저장소의 파일이 처음 만든 것과 달라 보내지 않았습니다."),
    "changed-record": _l("데이터베이스의 내용이 서명한 기록과 달라 보내지 않았습니다."),
    "refused-photo": _l("사진으로 열 수 없어 보내지 않았습니다."),
    "secret": _l("저장된 비밀값을 열지 못했습니다. 연결에서 비밀값을 다시 적어 주세요."),
    "no-secret": _l("웹훅에는 서명 비밀값이 있어야 합니다. 비밀값을 적어 주세요."),
    "fault": _l("서버에 문제가 생겼습니다. 기관 관리자에게 알려 주세요."),
}
SIGN_IN = _l("받는 쪽이 계정이나 비밀값을 받아 주지 않습니다. 계정과 비밀값을 바꿔 주세요.")
STATUS = _l("받는 쪽이 오류로 답했습니다.")


def reason(code: str | None) -> tuple[Any, str]:
    """A reason in words, and what the other side added to it.

    Args:
        code: such as `timeout`, `status:503` or `nak:이미 있는 공사입니다`.
    """
    name, _, more = (code or "").partition(":")
    if name == "status":
        return (SIGN_IN if more in {"401", "403"} else STATUS), more
    return REASONS.get(name, STATUS), more
