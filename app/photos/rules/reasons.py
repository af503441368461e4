"""Why a photo was refused, for programs (the key, stored with the photo) and for people; and the
code of what breaks while a sheet or a bundle is made."""

from __future__ import annotations

import errno
from typing import Any, Final

from flask_babel import lazy_gettext as _l

WORDS: Final[dict[str, Any]] = {
    "empty": _l("빈 파일입니다"),
    "not-a-picture": _l("JPEG, PNG, WebP, HEIC 사진이 아닙니다"),
    "truncated": _l("사진의 뒷부분이 없습니다"),
    "damaged": _l("사진 파일이 상했습니다"),
    "animated": _l("움직이는 사진은 받지 않습니다"),
    "unsupported": _l("드문 방식으로 저장된 사진이라 열지 못했습니다"),
    "trailing-data": _l("사진 뒤에 알 수 없는 내용이 붙어 있습니다"),
    "hidden-file": _l("사진 안에 다른 파일이 숨어 있습니다"),
    "too-many-bytes": _l("사진 파일이 40 MB보다 큽니다"),
    "too-many-pixels": _l("사진이 5천만 화소보다 큽니다"),
    "too-much-memory": _l("사진을 여는 데 메모리가 너무 많이 듭니다"),
    "too-slow": _l("사진을 여는 데 시간이 너무 오래 걸립니다"),
    "crashed": _l("사진을 여는 중에 프로그램이 멈췄습니다"),
}
FULL: Final = {errno.ENOSPC, errno.EDQUOT}


def words_of(reason: str | None) -> Any:
    """A reason as a person reads it; one that is not known reads as damage."""
    return WORDS.get(reason or "", WORDS["damaged"])


def code_of_fault(error: Exception) -> str:
    """What the office is shown of a fault of the server."""
    full = isinstance(error, OSError) and error.errno in FULL
    return "storage-full" if full else "fault"
