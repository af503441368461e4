"""What trips refuses, each by name; `reason` is a fixed word for programs (docs/formats)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class Damaged(Refusal):
    """The bytes are not a stamp in the published format."""

    status = 422
    code = "damaged"
    title = _l("도장을 읽을 수 없습니다")
    detail = _l("일부가 지워졌거나 바뀌었습니다. 원래의 QR이나 주소로 다시 시도해 주세요.")


class TooLarge(Damaged):
    """The bytes are more than a stamp may have."""

    status = 413
    code = "too-large"
    title = _l("도장이 너무 큽니다")
    detail = _l("도장 하나의 크기를 넘었습니다. 앱을 최신으로 바꾼 뒤 다시 찍어 주세요.")


class WrongSignature(Refusal):
    """The signature was not made over these contents by this key, or is not in its one form."""

    status = 422
    code = "wrong-signature"
    title = _l("서명이 맞지 않습니다")
    detail = _l("서명한 뒤에 내용이 바뀌었거나, 다른 휴대전화의 서명입니다.")


class UnknownKey(Refusal):
    """No key of this organisation has this number."""

    status = 422
    code = "unknown-key"
    title = _l("등록되지 않은 기기입니다")
    detail = _l("이 휴대전화를 등록한 뒤 다시 보내 주세요. 도장은 휴대전화에 남아 있습니다.")


class PracticeNotAllowed(Refusal):
    """Practice stamps are only for the demo."""

    status = 422
    code = "practice-not-allowed"
    title = _l("연습 도장은 보낼 수 없습니다")
    detail = _l("여기에서는 실제 위치로 찍은 도장만 받습니다.")


class ConsentMissing(Refusal):
    """The person has not agreed to the consent text that the stamp names."""

    status = 422
    code = "consent-missing"
    title = _l("위치정보 동의가 없습니다")
    detail = _l("위치정보 수집에 동의한 뒤 다시 시도해 주세요.")


class ConsentWithdrawn(Refusal):
    """The person withdrew consent before the stamp was made."""

    status = 422
    code = "consent-withdrawn"
    title = _l("위치정보 동의를 철회하셨습니다")
    detail = _l("동의를 철회한 뒤에 찍은 도장은 받지 않습니다. 다시 쓰려면 새로 동의해 주세요.")


class WrongOrganisation(Refusal):
    """The stamp names another organisation or person than the key belongs to."""

    status = 422
    code = "wrong-organisation"
    title = _l("기기를 등록한 기관이나 사람이 아닙니다")
    detail = _l("이 휴대전화를 등록한 기관과 사람의 도장만 받습니다.")


class VoidTooLate(Refusal):
    """A stamp can be cancelled for five minutes after it was made."""

    status = 422
    code = "void-too-late"
    title = _l("취소할 수 있는 시간이 지났습니다")
    detail = _l("도장은 찍은 뒤 5분 안에만 취소할 수 있습니다. 사유는 출장 보고서에 적어 주세요.")


class AlreadyVoided(Refusal):
    """A stamp is cancelled once."""

    status = 409
    code = "already-voided"
    title = _l("이미 취소한 도장입니다")
    detail = _l("기록에서 취소된 것을 확인할 수 있습니다. 더 하실 일은 없습니다.")


class TooManyDoubtful(Refusal):
    """Too many questions about tokens that no phone of the organisation made."""

    status = 429
    code = "too-many-doubtful"
    title = _l("확인되지 않는 QR에 대한 질문이 너무 많이 들어왔습니다")
    detail = _l("지금은 이 화면으로 더 받지 못합니다. 기관의 감사 부서에 전화로 물어봐 주세요.")
    retry_after = 3600
