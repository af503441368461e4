"""What the directory refuses to do, each with what the person can do about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class OfficeBusy(Refusal):
    """Others kept changing the office while this was being done."""

    status = 409
    code = "directory-office-busy"
    title = _l("다른 작업이 같은 기관을 바꾸고 있습니다")
    detail = _l("잠시 뒤 다시 시도해 주세요. 바뀐 내용은 없습니다.")


class TooManyEntries(Refusal):
    """An office holds 65,536 entries at most."""

    status = 422
    code = "directory-too-many-entries"
    title = _l("한 기관에 담을 수 있는 행을 넘었습니다")
    detail = _l("한 기관에는 65,536행까지 담을 수 있습니다. 기관을 나눈 열이 있는지 확인해 주세요.")


class NothingToHide(Refusal):
    """The entry does not show what was asked to be hidden."""

    status = 409
    code = "directory-nothing-to-hide"
    title = _l("숨길 내용이 없습니다")
    detail = _l("이 항목에는 해당 정보가 없거나 이미 가려져 있습니다.")


class NotTried(Refusal):
    """A definition is switched on only after a trial of exactly it went well."""

    status = 409
    code = "directory-not-tried"
    title = _l("먼저 시험해 주세요")
    detail = _l("지금 정의로 시험해서 결과를 확인한 뒤에 켤 수 있습니다.")


class AnotherOn(Refusal):
    """An office has one source at a time: two would take each other's entries away every night."""

    status = 409
    code = "directory-another-source-on"
    title = _l("이 기관은 다른 출처로 읽고 있습니다")
    detail = _l("한 기관은 한 출처에서만 읽습니다. 먼저 다른 출처를 꺼 주세요.")


class NotOn(Refusal):
    """What is switched off is not refreshed."""

    status = 409
    code = "directory-source-off"
    title = _l("꺼져 있는 출처입니다")
    detail = _l("켠 뒤에 갱신할 수 있습니다.")


class RefreshedLately(Refusal):
    """An office's pages were read a moment ago; its server is left alone for a while."""

    status = 429
    code = "directory-refreshed-lately"
    title = _l("방금 갱신했습니다")
    detail = _l("그 기관의 서버에 부담을 주지 않도록 10분에 한 번만 갱신합니다.")
    retry_after = 600


class Shipped(Refusal):
    """A source that comes with the product would come again with the next start."""

    status = 409
    code = "directory-source-shipped"
    title = _l("제품에 들어 있는 출처는 지울 수 없습니다")
    detail = _l("꺼 두면 읽지 않습니다.")
