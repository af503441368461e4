"""What the head of a column says about the column: the spellings that offices use."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.directory.rules.text import fold

# What a column can be taken for. `unit` is 국/과/팀 in one cell, `person` "팀장 강현숙".
TARGETS: Final = (
    "office", "bureau", "department", "team", "unit", "name", "person", "position", "duty",
    "phone", "fax",
)  # fmt: skip
IGNORED: Final = ""
# The first that fits is taken: whole words first, then what is contained.
WHOLE: Final[dict[str, frozenset[str]]] = {
    target: frozenset(words.split())
    for target, words in {
        "office": (
            "기관 기관명 시군 시군명 시군구 시군구명 시도 지자체 지자체명 자치단체 "
            "자치단체명 소속기관 기관구분 행정기관 시군구분 관할기관 orgname instnm"
        ),
        "bureau": "국 실국 실국명 국명 상위부서 상위부서명 국실 본부 국소 실국본부",
        "department": (
            "부서 부서명 소속 소속부서 조직 조직명 실과 실과명 과 과명 담당부서 담당부서명 "
            "실과소 부서과 읍면동 읍면동명 소관부서 근무부서 orgnztnm deptnm deptname "
            "orname department 실과소명"
        ),
        "unit": "조직구분 jobdiv 부서팀 소속부서팀 국과팀 실국과 부서및팀",
        "team": "팀 팀명 담당 계 계명 담당팀 담당팀명 담당계 소속팀 구분팀명 부서팀명 teamnm team",
        "name": (
            "이름 성명 성함 성함명 담당자 담당자명 직원명 직원 성명이름 usernm empnm "
            "korname name mngname cname 담당공무원 공무원명"
        ),
        "person": "직위성명 직급성명 직위이름 직책성명 직성명 직위및성명",
        "position": (
            "직위 직급 직책 직위직급 직급직위 직위명 직급명 직명 ofcpsnm position 구분직위 "
            "직위직책 직위급"
        ),
        "duty": (
            "담당업무 업무 주요업무 업무내용 담당사무 분장사무 사무분장 사무분장내용 "
            "업무분장 담당업무내용 주요업무내용 부서별주요업무내용 직무 직무내용 task "
            "mngwork 민원사무명 업무명 분장업무 업무분장내용 하는일 duty"
        ),
        "phone": (
            "전화번호 전화 연락처 행정전화 행정전화번호 사무실번호 내선 내선번호 tell "
            "offmtelno tel telno phone 사무실전화 사무실전화번호 대표전화 gentel mngphone "
            "전화번호내선 직통전화 직통번호 유선전화 사무실 전화번호행정"
        ),
        "fax": "팩스 팩스번호 fax faxno deptfax 모사전송 전송 fax번호",
    }.items()
}
PARTS: Final = (
    ("fax", ("팩스", "fax")), ("phone", ("전화", "연락처", "내선", "tel")),
    ("duty", ("업무", "사무분장", "분장", "사무내용", "직무")), ("name", ("성명", "이름", "성함")),
    ("position", ("직위", "직급", "직책")), ("team", ("팀명", "담당팀")),
    ("bureau", ("실국", "상위부서")), ("department", ("부서", "실과", "소속")),
    ("office", ("기관명", "시군", "자치단체")),
)  # fmt: skip
OTHERS: Final = re.compile(
    r"연번|번호|순번|비고|no|일자|날짜|기준일|대체자|비중|위치|주소|홈페이지|이메일|메일|email|url|층"
)
SIGNS: Final = re.compile(r"[\s\W_]+")
BRACKETS: Final = re.compile(r"^\s*([^(\[（]+)[(\[（]([^)\]）]+)[)\]）]?\s*$")
NAMES: Final = ("성명", "이름", "성함", "담당자", "직원", "공무원")
POSITIONS: Final = ("직위", "직급", "직책")
TOGETHER: Final = {
    frozenset(("department", "team")): "unit",
    frozenset(("bureau", "department")): "unit",
}
MOST_HEAD: Final = 20  # a longer text is no head


@lru_cache(maxsize=4096)
def target_of(head: str) -> str:
    """What a head stands for, one of TARGETS; empty when it says nothing that is known.

    성명(직위) heads names with positions; of 담당자(전화번호) what stands before the bracket counts
    first. What stands below decides in the end (columns.py).
    """
    text = fold(head)
    plain = SIGNS.sub("", text)
    if not plain or len(plain) > MOST_HEAD:
        return IGNORED
    whole = _whole(plain)
    if whole:
        return whole
    if any(one in plain for one in NAMES) and any(one in plain for one in POSITIONS):
        return "person"
    found = BRACKETS.match(text)
    if found is None:
        return _part(plain)
    said = [_whole(one) or _part(one) for one in (SIGNS.sub("", part) for part in found.groups())]
    return TOGETHER.get(frozenset(said), said[0] or said[1])


def _whole(plain: str) -> str:
    return next((target for target, words in WHOLE.items() if plain in words), IGNORED)


def _part(plain: str) -> str:
    for target, parts in PARTS:
        if any(part in plain for part in parts):
            return target
    return IGNORED


def is_head(text: str) -> bool:
    """Whether a cell looks like the head of a column, known or not."""
    plain = SIGNS.sub("", fold(text))
    return bool(target_of(text)) or (len(plain) <= MOST_HEAD and bool(OTHERS.search(plain)))
