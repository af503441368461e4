"""What importing and exporting refuses to do, each with what the person can do about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class NoFile(Refusal):
    """A form for a file came without one."""

    status = 422
    code = "directory-no-file"
    title = _l("파일을 골라 주세요")
    detail = _l("CSV나 XLSX 파일 하나를 고른 뒤 다시 올려 주세요.")


class FileTooLarge(Refusal):
    """The file is larger than is taken."""

    status = 413
    code = "directory-file-too-large"
    title = _l("파일이 너무 큽니다")
    detail = _l("50MB까지 올릴 수 있습니다. 기관별로 나누어 올려 주세요.")


class WrongState(Refusal):
    """The import is not at the step that was asked for: another window was faster, mostly."""

    status = 409
    code = "directory-import-moved-on"
    title = _l("이미 다음 단계로 넘어갔습니다")
    detail = _l("화면을 새로 열어 지금 상태를 확인해 주세요.")


class TooManyBulks(Refusal):
    """As many files as one person may have made at a time are still to be made."""

    status = 429
    code = "directory-too-many-bulks"
    title = _l("앞서 요청한 파일을 아직 만들고 있습니다")
    detail = _l("다 만들어진 뒤 다시 요청해 주세요.")
