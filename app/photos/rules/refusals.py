"""The refusals of this feature."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal


class BadRecord(Refusal):
    """The record of a visit is not written as docs/formats/photo-record.md says."""

    status = 422
    code = "bad-record"
    title = _l("사진 기록을 읽지 못했습니다")
    detail = _l("앱을 최신으로 바꾼 뒤 다시 보내 주세요. 사진은 휴대전화에 그대로 있습니다.")


class RecordTaken(Refusal):
    """Another record has this id: a record never changes."""

    status = 409
    code = "record-taken"
    title = _l("이미 다른 내용으로 받은 기록입니다")
    detail = _l("기록은 고칠 수 없습니다. 고친 내용은 새 기록으로 보내 주세요.")


class PickedNotAllowed(Refusal):
    """The organisation takes pictures of the in-app camera only."""

    status = 422
    code = "picked-not-allowed"
    title = _l("골라 온 사진은 받지 않는 기관입니다")
    detail = _l("앱의 카메라로 다시 찍어 주세요. 필요하면 기관 관리자에게 문의하세요.")


class RevokedKey(Refusal):
    """The phone's key was revoked before the record came."""

    status = 422
    code = "key-revoked"
    title = _l("폐기된 기기의 사진 기록입니다")
    detail = _l("이 기기를 다시 등록해 주세요. 사진은 휴대전화에 그대로 있습니다.")


class UnknownDevice(Refusal):
    """No enrolled key signed the record."""

    status = 422
    code = "unknown-key"
    title = _l("등록되지 않은 기기입니다")
    detail = _l("이 휴대전화를 등록한 뒤 다시 보내 주세요. 사진은 휴대전화에 그대로 있습니다.")


class BadTicket(Refusal):
    """The upload ticket is missing, expired or for another record."""

    status = 401
    code = "bad-ticket"
    title = _l("보내기 허가가 지났습니다")
    detail = _l("앱이 허가를 다시 받아 이어서 보냅니다.")


class ConnectorInUse(Refusal):
    """A connector that is on, or that photos wait for, cannot be removed."""

    status = 409
    code = "connector-in-use"
    title = _l("지울 수 없는 연결입니다")
    detail = _l("먼저 연결을 끄고, 밀린 사진이 없을 때 지워 주세요.")


class ConnectorOn(Refusal):
    """What waits for a connector that is on is sent, and not given up."""

    status = 409
    code = "connector-on"
    title = _l("켜져 있는 연결입니다")
    detail = _l("기다리는 사진을 버리려면 먼저 연결을 꺼 주세요.")


class QuotaSpent(Refusal):
    """The person has sent as much as one day allows."""

    status = 429
    code = "quota-spent"
    title = _l("오늘 보낼 수 있는 양을 다 썼습니다")
    detail = _l("내일 저절로 이어서 보냅니다. 급하면 기관 관리자에게 문의하세요.")


class TooManyPromised(Refusal):
    """Too many photos that the person's records name have not arrived yet."""

    status = 429
    code = "too-many-promised"
    title = _l("아직 도착하지 않은 사진이 너무 많습니다")
    detail = _l("앞선 사진이 도착하면 이어서 받습니다. 급하면 기관 관리자에게 문의하세요.")
    retry_after = 600


class HashMismatch(Refusal):
    """The bytes that arrived are not those that the record names."""

    status = 409
    code = "hash-mismatch"
    title = _l("받은 사진이 기록과 다릅니다")
    detail = _l("앱이 처음부터 다시 보냅니다.")


class NotComplete(Refusal):
    """A receipt was asked for before all bytes had arrived."""

    status = 409
    code = "not-complete"
    title = _l("사진이 아직 다 오지 않았습니다")
    detail = _l("앱이 나머지를 이어서 보냅니다.")
    told = ("offset",)


class NotAPicture(Refusal):
    """The bytes are no JPEG, PNG, WebP or HEIC."""

    status = 422
    code = "not-a-picture"
    title = _l("사진 파일이 아닙니다")
    detail = _l("JPEG, PNG, WebP, HEIC 사진만 받습니다.")


class StorageFull(Refusal):
    """The server's disk is full; nothing is lost, the phone keeps the photo."""

    status = 507
    code = "storage-full"
    title = _l("서버의 저장 공간이 부족합니다")
    detail = _l("사진은 휴대전화에 그대로 있습니다. 기관 관리자에게 알려 주세요.")
    retry_after = 60


class UploadBusy(Refusal):
    """Another request writes to this upload."""

    status = 423
    code = "upload-busy"
    title = _l("같은 사진을 이미 받고 있습니다")
    detail = _l("잠시 뒤에 이어서 보냅니다.")
    retry_after = 1


class WrongOffset(Refusal):
    """A piece does not follow what has arrived (tus 1.0, PATCH)."""

    status = 409
    code = "wrong-offset"
    title = _l("받은 데까지와 이어지지 않습니다")
    detail = _l("앱이 받은 데를 물어 이어서 보냅니다.")
    told = ("offset",)


class ChecksumMismatch(Refusal):
    """A piece was damaged on its way (tus 1.0, checksum)."""

    status = 460
    code = "checksum-mismatch"
    title = _l("보내는 중에 사진 조각이 상했습니다")
    detail = _l("앱이 그 조각을 다시 보냅니다.")


class NoSuchLink(Refusal):
    """A signed link has expired, or is for another organisation."""

    status = 404
    code = "link-expired"
    title = _l("링크의 기한이 지났습니다")
    detail = _l("사진함에서 다시 열어 주세요.")


class TooManyExports(Refusal):
    """The person waits for as many sheets and bundles as one may have made at a time."""

    status = 429
    code = "too-many-exports"
    title = _l("이미 만들고 있는 것이 있습니다")
    detail = _l("한 사람이 한 번에 두 개까지 만들 수 있습니다. 다 만들어진 뒤 다시 눌러 주세요.")
    retry_after = 60


class ExportTooLarge(Refusal):
    """The originals that were chosen are more than one bundle may hold."""

    status = 422
    code = "export-too-large"
    title = _l("고른 원본이 너무 큽니다")
    detail = _l("묶음 하나에 원본을 4 GB까지 담습니다. 사진을 나누어 골라 주세요.")


class NothingChosen(Refusal):
    """No photo was chosen that is here and may be seen."""

    status = 422
    code = "nothing-chosen"
    title = _l("고른 사진이 없습니다")
    detail = _l("도착한 사진을 하나 이상 고른 뒤 다시 눌러 주세요.")
