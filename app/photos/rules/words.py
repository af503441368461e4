"""What the office's pages say of photos: phases, states, reasons, and the answers of a check."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _l

PHASES: Final[dict[str, Any]] = {
    "before": _l("전"),
    "during": _l("중"),
    "after": _l("후"),
}
PHASE_CHOICES: Final[dict[str, Any]] = {
    "before": _l("작업 전"),
    "during": _l("작업 중"),
    "after": _l("작업 후"),
    "none": _l("구분 없음"),
}
SOURCES: Final[dict[str, Any]] = {"camera": _l("앱 카메라로 찍음"), "picked": _l("골라 온 사진")}
STATES: Final[dict[str, Any]] = {
    "expected": _l("오는 중"),
    "arrived": _l("처리 중"),
    "ready": _l("도착함"),
    "refused": _l("열 수 없음"),
}
GROUPS: Final[dict[str, Any]] = {
    "trip": _l("출장별"),
    "site": _l("현장별"),
    "person": _l("사람별"),
}
# One line of the check page: the question, and what a wrong answer means.
CHECKS: Final[dict[str, tuple[Any, Any]]] = {
    "record": (
        _l("찍은 사람의 기기가 서명한 기록인가"),
        _l("기록의 서명이 맞지 않습니다. 기록이 바뀌었거나 이 기기가 서명하지 않았습니다."),
    ),
    "owner": (
        _l("기록에 적힌 사람과 기기의 주인이 같은가"),
        _l("기록에 적힌 직원이 기기를 등록한 사람과 다릅니다."),
    ),
    "record-row": (
        _l("보드판과 기록 내용이 서명한 것과 같은가"),
        _l("데이터베이스의 기록이 서명한 내용과 다릅니다."),
    ),
    "listed": (
        _l("이 사진이 기록에 적혀 있는가"),
        _l("서명한 기록에 없는 사진입니다."),
    ),
    "together": (
        _l("기록에 적힌 사진이 빠짐없이 있는가"),
        _l("기록에 적힌 사진 가운데 없어졌거나 더해진 것이 있습니다."),
    ),
    "photo-row": (
        _l("사진의 시각과 구분이 서명한 것과 같은가"),
        _l("데이터베이스의 사진 정보가 서명한 내용과 다릅니다."),
    ),
    "original": (
        _l("보관한 원본이 찍은 그대로인가"),
        _l("보관한 원본의 해시가 서명한 것과 다르거나, 원본이 없습니다."),
    ),
    "copies": (
        _l("화면과 사진대지에 쓰는 사본이 만든 그대로인가"),
        _l("보관한 사본이 처음 만든 것과 다르거나 없습니다. 원본을 받아 견주어 보세요."),
    ),
    "receipt": (
        _l("사진을 받을 때 서버가 서명한 접수증이 맞는가"),
        _l("사진의 접수증이 서버의 서명이 아니거나 다른 사진의 것입니다."),
    ),
    "record-receipt": (
        _l("기록을 받을 때 서버가 서명한 접수증이 맞는가"),
        _l("기록의 접수증이 서버의 서명이 아니거나 다른 기록의 것입니다."),
    ),
    "stamp": (
        _l("기록에 적힌 출장 도장이 찍은 사람의 것인가"),
        _l("기록에 적힌 도장이 사진을 찍은 사람의 것이 아닙니다."),
    ),
    "corrections": (
        _l("나중에 고친 보드판이 같은 사람이 서명한 그대로인가"),
        _l("고친 보드판의 기록이 서명한 것과 다릅니다."),
    ),
}
VERDICTS: Final[dict[str, tuple[Any, Any, str]]] = {
    "genuine": (
        _l("찍은 그대로입니다"),
        _l("원본과 기록이 찍은 순간의 서명과 한 글자도 다르지 않습니다."),
        "good",
    ),
    "waiting": (
        _l("아직 다 오지 않았습니다"),
        _l("온 것은 확인했고, 사진이나 도장이 휴대전화에서 오는 중입니다."),
        "info",
    ),
    "unsealed": (
        _l("원본은 찍은 그대로입니다"),
        _l(
            "화면에 보이는 줄인 사본은 서버가 아직 봉인하지 않아 맞는지 모릅니다. "
            "서버가 원본에서 새로 만들면 알 수 있습니다."
        ),
        "info",
    ),
    "refused": (
        _l("받지 않은 파일입니다"),
        _l("기록은 서명과 같지만, 보내온 파일이 사진이 아니어서 보관하지 않았습니다."),
        "warn",
    ),
    "changed": (
        _l("바뀐 것이 있습니다"),
        _l("아래에 표시한 것이 서명과 다릅니다. 증빙으로 쓰지 마시고 기관 관리자에게 알려 주세요."),
        "bad",
    ),
}
COLUMNS: Final[dict[str, Any]] = {
    "id": _l("번호"),
    "record_id": _l("기록 번호"),
    "organisation_id": _l("기관"),
    "organisation": _l("기관"),
    "person_id": _l("사람"),
    "staff_number": _l("직원번호"),
    "device_kid": _l("기기 열쇠"),
    "series": _l("묶음"),
    "replaces": _l("고친 기록"),
    "trip": _l("출장 번호"),
    "stamp_sha256": _l("도장"),
    "site": _l("현장"),
    "place": _l("장소"),
    "board": _l("보드판"),
    "practice": _l("연습 표시"),
    "captured_at": _l("찍은 때"),
    "stored_at": _l("받은 시각"),
    "position": _l("순서"),
    "sha256": _l("해시"),
    "signed_sha256": _l("해시"),
    "size": _l("크기"),
    "phase": _l("전·중·후"),
    "source": _l("찍은 방법"),
    "state": _l("상태"),
    "missing": _l("없음"),
    "stamp-of-another": _l("다른 사람의 도장"),
    "stamp-void": _l("취소한 도장"),
    "signature": _l("서명"),
    "reason": _l("거절한 까닭"),
    "marks": _l("덧붙인 표시"),
    "seal": _l("서버의 봉인"),
    "before-key": _l("등록 전 시각"),
}
# What is odd about a record: a badge, and what it means.
MARKS: Final[dict[str, tuple[Any, Any]]] = {
    "before-key": (
        _l("등록 전 시각"),
        _l("이 기기를 등록하기 전의 시각입니다. 휴대전화의 날짜가 틀렸거나 누가 바꾼 것입니다."),
    ),
}
UNSIGNED: Final = _l("기록과 다름: 데이터베이스의 내용이 서명한 기록과 다릅니다.")
EXPORTS: Final[dict[str, Any]] = {
    "pdf": _l("사진대지 PDF"),
    "xlsx": _l("사진대지 엑셀"),
    "zip": _l("사진 묶음 ZIP"),
}
# By the stage of rules/exports.py: a sentence, and a word of a list.
STAGES: Final[dict[str, tuple[Any, Any]]] = {
    "making": (_l("만들고 있습니다"), _l("만드는 중")),
    "again": (_l("만들다 멈추었습니다. 잠시 뒤 저절로 다시 합니다."), _l("다시 만드는 중")),
    "done": (_l("다 만들었습니다."), _l("받기")),
    "never": (_l("만들지 못했습니다."), _l("만들지 못함")),
    "gave-up": (
        _l("여러 번 해 보았지만 만들지 못했습니다. 사진함에서 새로 만들어 주세요."),
        _l("만들지 못함"),
    ),
}
FAULTS: Final[dict[str, Any]] = {
    "no-photos": _l("고른 사진 가운데 남아 있는 것이 없습니다. 사진함에서 다시 골라 주세요."),
    "bad-order": _l("무엇을 만들지 읽지 못했습니다. 사진함에서 다시 골라 주세요."),
    "too-many-photos": _l("한 번에 만들기에는 사진이 너무 많습니다. 나누어 골라 주세요."),
    "storage-full": _l("서버의 저장 공간이 모자랍니다. 기관 관리자에게 알려 주세요."),
    "fault": _l("서버에 문제가 생겼습니다. 계속되면 기관 관리자에게 알려 주세요."),
}
