"""tus 1.0 (tus.io/protocols/resumable-upload), as far as it is pure: headers read strictly, and
what is refused.

The danger removed here: a header that is read generously lets a piece end up where it does not
belong, and nobody sees it before the picture is opened.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,checksum,expiration,termination"
ALGORITHMS: Final = ("sha1", "sha256")
PIECE_TYPE: Final = "application/offset+octet-stream"
MAX_PIECE: Final = 1 << 20
LONGEST_NUMBER: Final = 15


class WrongVersion(Refusal):
    """The request speaks no tus 1.0.0."""

    status = 412
    code = "tus-version"
    title = _l("보내기 규약의 버전이 다릅니다")
    detail = _l("앱을 최신으로 바꾼 뒤 다시 보내 주세요. 사진은 휴대전화에 그대로 있습니다.")


class NotAPiece(Refusal):
    """A piece is sent as application/offset+octet-stream."""

    status = 415
    code = "not-a-piece"
    title = _l("사진 조각의 형식이 아닙니다")
    detail = _l("앱을 최신으로 바꾼 뒤 다시 보내 주세요. 사진은 휴대전화에 그대로 있습니다.")


class BadUpload(Refusal):
    """A header of the upload is missing, or is not what tus says; `reason` names it."""

    status = 400
    code = "bad-upload"
    title = _l("보내기 요청을 읽지 못했습니다")
    detail = _l("앱을 최신으로 바꾼 뒤 다시 보내 주세요. 사진은 휴대전화에 그대로 있습니다.")


class TooMuch(Refusal):
    """More bytes than a piece or the photo may have."""

    status = 413
    code = "too-large"
    title = _l("보낸 조각이 너무 큽니다")
    detail = _l("조각 하나는 1 MB까지, 사진 한 장은 기록에 적힌 크기까지 받습니다.")


class UploadGone(Refusal):
    """The upload is over: its time ran out, or its photo has arrived."""

    status = 410
    code = "upload-gone"
    title = _l("끝난 보내기입니다")
    detail = _l("앱이 사진의 상태를 물어 이어서 합니다.")


class PhotoArrived(Refusal):
    """The photo is here already; its receipt can be asked for."""

    status = 409
    code = "photo-arrived"
    title = _l("이미 받은 사진입니다")
    detail = _l("앱이 접수증을 받아 마무리합니다.")


@dataclass(frozen=True)
class Checksum:
    """What a piece must hash to."""

    algorithm: str
    digest: bytes

    def fits(self, piece: bytes) -> bool:
        """Whether the piece is undamaged."""
        return hashlib.new(self.algorithm, piece, usedforsecurity=False).digest() == self.digest


def check_version(given: str | None) -> None:
    """Hold the header Tus-Resumable.

    Raises:
        WrongVersion: it is missing or another version.
    """
    if given != VERSION:
        raise WrongVersion


def check_type(given: str | None) -> None:
    """Hold a piece's Content-Type.

    Raises:
        NotAPiece: it is another.
    """
    if (given or "").partition(";")[0].strip().lower() != PIECE_TYPE:
        raise NotAPiece


def read_number(given: str | None, reason: str) -> int:
    """A whole number of a header, not negative.

    Raises:
        BadUpload: with the reason given.
    """
    if given is None or not (given.isascii() and given.isdigit()) or len(given) > LONGEST_NUMBER:
        raise BadUpload(reason)
    return int(given)


def read_photo(metadata: str | None) -> str:
    """The photo's UUID in Upload-Metadata: `photo <base64 of the UUID's text>`.

    Other pairs are left alone, whatever they hold.

    Raises:
        BadUpload: there is none.
    """
    for pair in (metadata or "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "photo":
            try:
                return str(uuid.UUID(base64.b64decode(value.strip(), validate=True).decode()))
            except ValueError:
                break
    raise BadUpload("metadata")


def read_checksum(given: str | None) -> Checksum | None:
    """The header Upload-Checksum: `<algorithm> <base64 of the digest>`; None without it.

    Raises:
        BadUpload: it is not that, or an algorithm that was not offered.
    """
    if given is None:
        return None
    algorithm, _, text = given.strip().partition(" ")
    try:
        digest = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise BadUpload("checksum") from None
    if algorithm not in ALGORITHMS or len(digest) != hashlib.new(algorithm).digest_size:
        raise BadUpload("checksum")
    return Checksum(algorithm, digest)
