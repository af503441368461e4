"""Which field a column of a staff page is, by the many names that its header has in the wild."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_NAMES: Final = {
    "name": "이름 성명 성함 담당자 담당자명 직원명 직원 userNm empNm korName mngName name",
    "bureau": "국 실국 실국명 국명 상위부서 상위부서명",
    "department": "부서 부서명 소속 소속명 소속부서 조직 조직구분 실과 실과명 담당부서 담당부서명 "
    "orgnztNm deptNm jobDiv orName",
    "team": "팀 팀명 담당 계 담당팀 담당팀명 구분/팀명",
    "position": "직위 직위명 직급 직책 직위(직급) 직위/직급 직급(직위) 직위직급 "
    "ofcpsNm position cName",
    "duty": "담당업무 담당업무내용 업무 주요업무 주요업무내용 업무내용 담당사무 분장사무 사무분장 "
    "업무분장 task mngWork",
    "phone": "전화번호 전화 연락처 행정전화 행정전화번호 사무실번호 사무실전화 내선 내선번호 "
    "대표전화 tell tel offmTelno mngPhone genTel",
    "fax": "팩스 팩스번호 fax deptFax",
}  # fmt: skip
_SQUEEZED: Final = re.compile(r"[\s·ㆍ:*]+")
KNOWN: Final = {
    name.lower(): field for field, names in _NAMES.items() for name in names.split()
}  # fmt: skip


def squeezed(header: str) -> str:
    """A header without what makes the same name look different."""
    return _SQUEEZED.sub("", header).lower()


def field_of(header: str) -> str:
    """The field that a header names, or ""."""
    plain = squeezed(header)
    return KNOWN.get(plain) or KNOWN.get(plain.partition("(")[0]) or ""


def columns_of(headers: list[str], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Which column each field is in.

    Args:
        headers: the columns' headers, in order.
        wanted: the headers that a definition gives for a field; others are known by their name.
    """
    plain = [squeezed(one) for one in headers]
    found: dict[str, int] = {}
    for field, names in wanted.items():
        at = next((plain.index(one) for one in map(squeezed, names) if one in plain), None)
        if at is not None:
            found[field] = at
    for at, header in enumerate(headers):
        field = field_of(header)
        if field and field not in wanted and field not in found and at not in found.values():
            found[field] = at
    return found
