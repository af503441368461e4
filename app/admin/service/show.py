"""What `make run` prints of the demonstration: roles, the password, three steps."""

from __future__ import annotations

from app.admin import gateways
from app.core.config import Config

ROLES = {
    "officer": "출장 직원 officer",
    "auditor": "감사 담당자 auditor",
    "administrator": "기관 관리자 administrator",
    "canteen": "구내식당 직원 canteen",
}


def lines(config: Config) -> list[str]:
    """Lines for a terminal; one that says so when the demonstration is not loaded.

    Needs no application: `make run` asks for them while the server loads.
    """
    story = gateways.read_story()
    password = gateways.read_password(config.instance_dir)
    if not password:
        return ["demo: not loaded yet (flask --app wsgi demo load)"]
    found = [f"기관 organisation: {story.name}", f"비밀번호 password (all roles): {password}"]
    shown: set[str] = set()
    for number, (name, department, role) in enumerate(story.people, 1):
        if role not in shown:
            shown.add(role)
            found.append(f"  {ROLES[role]}: 2026{number:04d} {name} ({department})")
    return [
        *found,
        "",
        "세 걸음으로 써 보기 / try this in three steps",
        f"  1. {config.public_url} 을 열고 '출장 가는 직원 체험하기'를 누릅니다.",
        "     Open it and press 체험하기 as an officer (no password needed).",
        "  2. '준비 시작'을 마치고 큰 도장 단추를 누릅니다: QR이 나옵니다.",
        "     Finish 준비 시작, press the big stamp button: a QR stands on the screen.",
        "  3. QR을 휴대전화로 비추거나 링크를 열면 판정과 이유가 나옵니다.",
        "     Scan the QR or open its link: the verdict with its reason.",
    ]
