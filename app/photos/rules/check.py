"""What the QR of a picture opens: states, their words (Korean msgids), what may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Literal

from flask_babel import lazy_gettext as _l

State = Literal[
    "kept", "expected", "refused", "unreadable", "lost", "changed", "mismatch", "unknown", "damaged"
]
TONES: Final[dict[State, str]] = {
    "kept": "good",
    "expected": "warn",
    "refused": "warn",
    "unreadable": "warn",
    "lost": "bad",
    "changed": "bad",
    "mismatch": "bad",
    "unknown": "bad",
    "damaged": "bad",
}
TITLES: Final[dict[State, Any]] = {
    "kept": _l("기관이 보관하고 있는 사진입니다"),
    "expected": _l("기록은 있지만 사진이 아직 오지 않았습니다"),
    "refused": _l("사진 파일이 아니어서 받지 않았습니다"),
    "unreadable": _l("파일은 보관하고 있지만 사진으로 열리지 않습니다"),
    "lost": _l("기록은 있지만 보관한 파일을 찾지 못했습니다"),
    "changed": _l("보관한 사진이나 기록이 찍은 그대로가 아닙니다"),
    "mismatch": _l("사진의 해시가 기관의 기록과 다릅니다"),
    "unknown": _l("이 기관에 없는 사진입니다"),
    "damaged": _l("읽을 수 없는 사진 코드입니다"),
}
REASONS: Final[dict[State, Any]] = {
    "kept": _l(
        "등록된 휴대전화가 서명한 기록에 있는 사진이고, "
        "기관이 보관한 원본의 해시가 그 기록과 같습니다."
    ),
    "expected": _l(
        "휴대전화가 서명한 기록에 이 사진이 적혀 있습니다. 사진은 휴대전화에서 오는 중입니다."
    ),
    "refused": _l(
        "휴대전화가 서명한 기록에 적혀 있지만, 보내온 파일이 사진이 아니어서 보관하지 않았습니다."
    ),
    "unreadable": _l("기록에 적힌 그대로 도착했지만, 사진으로 열 수 없어 화면에 쓰지 않습니다."),
    "lost": _l("받은 적이 있는 사진인데, 지금은 보관한 곳에서 읽히지 않습니다."),
    "changed": _l(
        "보관한 파일의 해시나 데이터베이스의 내용이 휴대전화가 서명한 기록과 다릅니다. "
        "이 화면에는 서명한 내용만 보입니다."
    ),
    "mismatch": _l(
        "번호가 같은 사진이 기관에 있지만 QR에 적힌 해시와 다릅니다. "
        "대지의 사진이나 QR이 바뀌었을 수 있습니다."
    ),
    "unknown": _l(
        "QR에 적힌 번호의 사진이 지금 기관에 없습니다. 받은 적이 없거나, "
        "체험용 자료를 새로 만들며 지웠습니다."
    ),
    "damaged": _l("주소나 QR의 일부가 빠졌거나 바뀌어, 정해진 형식에 맞지 않습니다."),
}
WHAT_NEXT: Final[dict[State, Any]] = {
    "kept": _l("대지의 해시와 위 해시의 앞부분이 같은지 견주어 보세요."),
    "expected": _l("찍은 사람이 앱을 열어 보내면 이 화면이 바뀝니다. 나중에 다시 열어 보세요."),
    "refused": _l("이 사진은 증빙으로 쓸 수 없습니다. 필요하면 기관에 문의하세요."),
    "unreadable": _l("사진이 필요하면 기관에 문의하세요."),
    "lost": _l("증빙으로 쓰기 전에 기관에 문의하세요."),
    "changed": _l("증빙으로 받지 마시고, 기관에 알려 주세요."),
    "mismatch": _l("증빙으로 받지 마시고, 기관에 알려 주세요."),
    "unknown": _l("대지를 만든 기관이 맞는지 확인하세요."),
    "damaged": _l("QR 전체가 나오게 다시 찍거나, 주소 전체를 복사해 다시 열어 보세요."),
}
VILLAGE: Final = re.compile(r"[가-힣0-9·]+(읍|면|동|가)")
TOWN: Final = re.compile(r"[가-힣]+(도|시|군|구)")


@dataclass(frozen=True)
class Facts:
    """What is known of a photo when the answer is due; each fact counts when those above hold."""

    readable: bool = True
    known: bool = True
    same_hash: bool = True
    as_signed: bool = True  # rows say what was signed
    photo_state: str = "ready"
    arrived: bool = True
    early: bool = False  # not arrived, and its original is here all the same
    file: Literal["same", "other", "missing"] = "same"


def judge(facts: Facts) -> State:
    """One answer out of the facts: what forbids belief comes first."""
    if not facts.readable:
        return "damaged"
    if not facts.known:
        return "unknown"
    if not facts.same_hash:
        return "mismatch"
    if not facts.as_signed or facts.early:
        return "changed"
    if facts.photo_state == "expected":
        return "expected"
    if facts.photo_state == "refused" and not facts.arrived:
        return "refused"
    if facts.file != "same":
        return "lost" if facts.file == "missing" else "changed"
    return "unreadable" if facts.photo_state == "refused" else "kept"


def public_place(place: str | None) -> str | None:
    """A place as everybody may know it: to 읍·면·동 and no further; None when it is none such."""
    kept: list[str] = []
    for word in (place or "").split():
        if kept and VILLAGE.fullmatch(word):
            return " ".join([*kept, word])
        if not TOWN.fullmatch(word):
            break
        kept.append(word)
    return " ".join(kept) or None
