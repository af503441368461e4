"""What importing and exporting refuses to do, each with what the person can do about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal
from app.directory.rules import import_words


class BadFile(Refusal):
    """A form for a file came with none that can be taken; the form is shown again."""

    status = 422


class NoFile(BadFile):
    """A form for a file came without one."""

    code = "directory-no-file"
    title = _l("파일을 골라 주세요")
    detail = _l("CSV나 XLSX 파일 하나를 고른 뒤 다시 올려 주세요.")


class FileTooLarge(BadFile):
    """The file is larger than is taken."""

    code = "directory-file-too-large"
    title = _l("파일이 너무 큽니다")
    detail = _l("50MB까지 올릴 수 있습니다. 기관별로 나누어 올려 주세요.")


class ImportsSpent(BadFile):
    """The organisation has brought as much as one day allows."""

    status = 429
    code = "directory-imports-spent"
    title = _l("오늘 올릴 수 있는 만큼 다 올렸습니다")

    def __init__(self, times: int, size: int, day: str, seconds: int) -> None:
        """Keep what is allowed, the day when it works again, and the seconds until then."""
        super().__init__()
        self.retry_after = seconds
        self.detail = _l(
            "한 기관에서 하루에 파일 %(times)s개, 모두 %(size)sMB까지 올릴 수 있습니다. "
            "%(day)s 0시부터 다시 올릴 수 있습니다.",
            times=times, size=size // 2**20, day=day,
        )  # fmt: skip


class NoTable(BadFile):
    """The first bytes of a file say that it is no table, or empty."""

    code = "directory-no-table"
    title = _l("읽을 수 없는 파일입니다")

    def __init__(self, fault: str) -> None:
        """Keep the words for a fault of `import_words.FAULTS`."""
        super().__init__(fault)
        self.detail = import_words.fault(fault)


class FileGone(Refusal):
    """What lay on the server of an import is there no more."""

    status = 410
    code = "directory-file-gone"
    title = _l("올린 파일이 서버에 없습니다")
    detail = _l(
        "바뀐 것은 없습니다. 서버는 올린 파일을 30일까지만 둡니다. "
        "‘담당자 파일’ 화면에서 파일을 다시 골라 올려 주세요. 이 가져오기는 그냥 두면 됩니다."
    )
    onward = ("/directory/imports", _l("담당자 파일 화면으로"))


class WrongState(Refusal):
    """The import is not at the step that was asked for: another window was faster, mostly."""

    status = 409
    code = "directory-import-moved-on"
    title = _l("이미 다음 단계로 넘어갔습니다")
    detail = _l("화면을 새로 열어 지금 상태를 확인해 주세요.")


class ExportsSpent(Refusal):
    """The organisation has had as many files made as one day allows."""

    status = 429
    code = "directory-exports-spent"
    title = _l("오늘 만들 수 있는 파일을 다 만들었습니다")

    def __init__(self, times: int, day: str, seconds: int) -> None:
        """Keep what is allowed, the day when it works again, and the seconds until then."""
        super().__init__()
        self.retry_after = seconds
        self.detail = _l(
            "한 기관에서 하루에 %(times)s개까지 만들 수 있습니다. %(day)s 0시부터 다시 만들 수 "
            "있습니다. 오늘 만든 파일은 목록에서 내려받을 수 있습니다.",
            times=times, day=day,
        )  # fmt: skip


class TooManyBulks(Refusal):
    """As many files as one person may have made at a time are still to be made."""

    status = 429
    code = "directory-too-many-bulks"
    title = _l("앞서 요청한 파일을 아직 만들고 있습니다")
    detail = _l("다 만들어진 뒤 다시 요청해 주세요.")
