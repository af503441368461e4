"""The refusals of this feature."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class WrongPassword(Refusal):
    """Organisation, staff number and password do not belong together."""

    status = 403
    code = "wrong-password"
    title = _l("로그인하지 못했습니다")
    detail = _l(
        "기관, 직원번호, 비밀번호를 다시 확인해 주세요. 잊었다면 기관 관리자에게 문의하세요."
    )


class WrongCurrentPassword(Refusal):
    """Who wants a new password did not give the one that holds."""

    status = 403
    code = "wrong-current-password"
    title = _l("지금 비밀번호가 다릅니다")
    detail = _l("다시 적어 주세요. 잊었다면 기관 관리자에게 새로 받으세요.")


class NotInDemo(Refusal):
    """Trying out as a role exists in the demonstration only."""

    status = 404
    code = "not-found"
    title = _l("찾을 수 없습니다")
    detail = _l("체험하기는 연습용으로 시작했을 때만 쓸 수 있습니다.")


class OldConsentText(Refusal):
    """The consent text has changed since the page was opened."""

    status = 409
    code = "old-consent-text"
    title = _l("동의서가 바뀌었습니다")
    detail = _l("화면을 새로 열어 바뀐 동의서를 읽고 다시 동의해 주세요.")


class BadDeviceKey(Refusal):
    """The key is no point of P-256, or whoever sent it does not hold its private half."""

    status = 422
    code = "bad-device-key"
    title = _l("기기 열쇠를 등록하지 못했습니다")
    detail = _l("앱을 닫았다가 다시 열어 등록해 주세요.")


class KeyOfAnother(Refusal):
    """The key is enrolled for somebody else."""

    status = 409
    code = "key-of-another"
    title = _l("다른 사람의 기기 열쇠입니다")
    detail = _l("이 휴대전화에서 새 열쇠를 만들어 등록해 주세요.")


class KeyWasRevoked(Refusal):
    """A revoked key never comes back."""

    status = 409
    code = "key-revoked"
    title = _l("폐기된 기기 열쇠입니다")
    detail = _l("이 휴대전화를 다시 등록하면 새 열쇠가 만들어집니다.")


class StaffNumberTaken(Refusal):
    """Two people of an organisation cannot share a staff number."""

    status = 409
    code = "staff-number-taken"
    title = _l("이미 등록된 직원번호입니다")
    detail = _l(
        "직원번호를 확인해 주세요. 이미 있는 직원이라면 목록에서 찾아 고치거나 퇴직 처리를 "
        "되돌릴 수 있습니다."
    )


class OrganisationTaken(Refusal):
    """Two organisations cannot share a code."""

    status = 409
    code = "organisation-taken"
    title = _l("이미 등록된 기관 코드입니다")
    detail = _l("기관 코드를 확인해 주세요.")


class NotOnYourself(Refusal):
    """An administrator cannot end their own account, or nobody would be left to undo it."""

    status = 409
    code = "not-on-yourself"
    title = _l("자신의 계정은 퇴직 처리할 수 없습니다")
    detail = _l("다른 관리자에게 부탁해 주세요.")


class OwnRole(Refusal):
    """An administrator cannot change their own role, or nobody would be left to undo it."""

    status = 409
    code = "own-role"
    title = _l("자신의 역할은 바꿀 수 없습니다")
    detail = _l("다른 관리자에게 부탁해 주세요.")


class AlreadySetUp(Refusal):
    """The first-run page works once."""

    status = 404
    code = "not-found"
    title = _l("처음 설정이 이미 끝났습니다")
    detail = _l("로그인 화면에서 시작해 주세요.")


class WrongSetupCode(Refusal):
    """The set-up code is not the one in the server's files."""

    status = 403
    code = "wrong-setup-code"
    title = _l("설정 번호가 다릅니다")
    detail = _l("서버를 시작한 화면에 나온 설정 번호를 넣어 주세요.")
