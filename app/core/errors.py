"""Refusals, and the one place that turns them into answers.

A feature refuses by raising a named exception; here, and only here, it becomes a page for a
browser or a problem document (RFC 9457) for the API, in the language of the person who asks.
"""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from flask import Flask, Response, g, json, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

LOG = logging.getLogger("app.errors")


class Refusal(Exception):
    """Something the person asked for cannot be done, and the answer says why and what to do."""

    status: int = 400
    code: str = "refused"
    title: Any = _l("요청을 처리하지 못했습니다")
    detail: Any = _l("입력을 확인하고 다시 시도해 주세요.")
    told: tuple[str, ...] = ()  # facts that a program needs in the answer
    onward: tuple[str, Any] | None = None  # the page where a person goes on, and its name
    retry_after: int | None = None  # seconds
    login: bool = True  # whether the page offers a stranger to log in

    def __init__(self, reason: str = "", **facts: object) -> None:
        """Keep a machine-readable reason (never shown raw to a person) and plain facts."""
        super().__init__(reason or self.code)
        self.reason = reason
        self.facts = facts


class BadInput(Refusal):
    """The input does not fit; each field that is wrong is named."""

    status = 422
    code = "bad-input"
    title = _l("입력한 내용을 확인해 주세요")
    detail = _l("표시된 항목을 고친 뒤 다시 보내 주세요.")

    def __init__(self, errors: list[dict[str, str]], reason: str = "") -> None:
        """Keep one `{field, message}` for each wrong field."""
        super().__init__(reason)
        self.errors = errors


class NotFound(Refusal):
    """There is no such thing, or it is not yours to know of."""

    status = 404
    code = "not-found"
    title = _l("찾을 수 없습니다")
    detail = _l("주소가 바뀌었거나 볼 수 없는 내용입니다. 처음 화면에서 다시 찾아 주세요.")


class SignInNeeded(Refusal):
    """The page is for signed-in people."""

    status = 401
    code = "sign-in-needed"
    title = _l("로그인이 필요합니다")
    detail = _l("로그인한 뒤 다시 시도해 주세요. 보내지 못한 도장은 휴대전화에 그대로 있습니다.")


class Forbidden(Refusal):
    """The signed-in person's role does not include this."""

    status = 403
    code = "forbidden"
    title = _l("이 화면을 볼 권한이 없습니다")
    detail = _l("필요한 업무라면 기관 관리자에게 권한을 요청해 주세요.")


class ForeignOrigin(Refusal):
    """The request was sent by another site's page."""

    status = 403
    code = "foreign-origin"
    title = _l("다른 사이트에서 보낸 요청입니다")
    detail = _l("이 서비스의 화면을 직접 열어 다시 시도해 주세요.")


class TooManyTries(Refusal):
    """Too many tries in a short time."""

    status = 429
    code = "too-many-tries"
    title = _l("시도가 너무 많습니다")
    detail = _l("잠시 뒤에 다시 시도해 주세요.")

    def __init__(self, retry_after: int = 60) -> None:
        """Keep how many seconds to wait, for the Retry-After header."""
        super().__init__()
        self.retry_after = retry_after


class DatabaseBusy(Refusal):
    """Another process holds the database; what was asked for has not happened."""

    status = 503
    code = "database-busy"
    title = _l("서버가 잠시 바쁩니다")
    detail = _l("잠시 뒤 다시 시도해 주세요. 보내지 못한 것은 휴대전화에 그대로 있습니다.")
    retry_after = 5


class DiskFull(Refusal):
    """The disk under the database is full; what was asked for has not happened."""

    status = 507
    code = "storage-full"
    title = _l("서버의 저장 공간이 부족합니다")
    detail = _l("보내지 못한 것은 휴대전화에 그대로 있습니다. 기관 관리자에게 알려 주세요.")
    retry_after = 60


class StorageUnreachable(Refusal):
    """The machine that keeps the photos does not answer: of what lies there, nothing is known."""

    status = 503
    code = "storage-unreachable"
    title = _l("사진 저장소에 연결하지 못했습니다")
    detail = _l(
        "저장소에 있는 사진을 지금은 열거나 확인할 수 없습니다. 잠시 뒤 다시 시도해 주세요. "
        "계속되면 기관 관리자에게 알려 주세요."
    )
    retry_after = 30


HTTP_WORDS: dict[int, tuple[str, Any, Any]] = {
    400: ("bad-request", _l("요청을 읽지 못했습니다"), _l("화면을 새로 열고 다시 시도해 주세요.")),
    404: (NotFound.code, NotFound.title, NotFound.detail),
    405: (
        "method-not-allowed",
        _l("쓸 수 없는 방식의 요청입니다"),
        _l("화면의 단추로 다시 시도해 주세요."),
    ),
    413: (
        "too-large",
        _l("보낸 내용이 너무 큽니다"),
        _l("크기를 줄여 다시 보내 주세요. 도장 하나는 8 KB를 넘지 않습니다."),
    ),
    415: ("not-json", _l("JSON 형식이 아닙니다"), _l("앱을 최신으로 바꾼 뒤 다시 시도해 주세요.")),
    429: (TooManyTries.code, TooManyTries.title, TooManyTries.detail),
}
FAULT = (
    "server-fault",
    _l("서버에 문제가 생겼습니다"),
    _l("잠시 뒤 다시 시도해 주세요. 계속되면 아래 번호를 기관 관리자에게 알려 주세요."),
)


def wants_problem() -> bool:
    """True for the API, whose callers are programs; everyone else gets a page."""
    return request.path.startswith(("/api/", "/health/"))


def _back_url() -> str:
    """Where a form that was refused stood, when it is a page of ours; else ""."""
    came = request.referrer or ""
    ours = request.method == "POST" and came.startswith(request.host_url)
    return came if ours else ""


def answer(
    status: int, code: str, title: object, detail: object, extra: dict[str, Any] | None = None,
    onward: tuple[str, Any] | None = None, login: bool = True,
) -> Response:  # fmt: skip
    """Build the answer of a failure: problem JSON (RFC 9457) or a page, in the user's language."""
    body = {
        "type": f"urn:problem:{code}",
        "title": str(title),
        "status": status,
        "detail": str(detail),
        "code": code,
        "request_id": g.get("request_id", ""),
        **(extra or {}),
    }
    if wants_problem():
        response = make_response(json.dumps(body, ensure_ascii=False), status)
        response.content_type = "application/problem+json"
    else:
        ways = {"home_url": "/", "back_url": "" if onward else _back_url(), "onward": onward}
        html = render_template("error.html", login=login, **ways, **body)
        response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def on_refusal(refusal: Refusal) -> Response:
    """Turn a refusal into its answer."""
    told = [name for name in refusal.told if name in refusal.facts]
    extra: dict[str, Any] = {name: refusal.facts[name] for name in told}
    if refusal.reason:
        extra["reason"] = refusal.reason
    if isinstance(refusal, BadInput):
        extra["errors"] = refusal.errors
    said = (refusal.title, refusal.detail, extra, refusal.onward, refusal.login)
    response = answer(refusal.status, refusal.code, *said)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


FIELD_WORDS: dict[str, Any] = {
    "missing": _l("빠졌습니다. 채워 주세요."),
    "string_too_short": _l("너무 짧습니다. 최소 %(min_length)s자가 필요합니다."),
    "string_too_long": _l("너무 깁니다. 최대 %(max_length)s자까지 됩니다."),
    "string_pattern_mismatch": _l("형식이 다릅니다. 예시를 보고 고쳐 주세요."),
    "literal_error": _l("고를 수 있는 값이 아닙니다."),
    "float_parsing": _l("숫자로 적어 주세요."),
    "int_parsing": _l("숫자로 적어 주세요."),
    "greater_than_equal": _l("%(ge)s 이상이어야 합니다."),
    "less_than_equal": _l("%(le)s 이하여야 합니다."),
    "passwords_differ": _l("두 비밀번호가 다릅니다. 같은 비밀번호를 두 번 적어 주세요."),
    "too_long": _l("너무 깁니다. 줄여서 보내 주세요."),
    "int_type": _l("숫자로 적어 주세요."),
    "float_type": _l("숫자로 적어 주세요."),
    "extra_forbidden": _l("받지 않는 항목입니다. 빼고 보내 주세요."),
    "one_kind": _l("in과 out, count, level 가운데 한 가지만 적어 주세요."),
    "seq_twice": _l("한 번에 보내는 번호는 서로 달라야 합니다."),
}
ANY_FIELD = _l("알맞은 값이 아닙니다. 고쳐서 다시 보내 주세요.")


def field_messages(error: ValidationError) -> dict[str, str]:
    """What is wrong with each field, in the user's language: `{field: message}`."""
    messages: dict[str, str] = {}
    for found in error.errors(include_url=False, include_input=False):
        kind = "missing" if found.get("ctx", {}).get("min_length") == 1 else found["type"]
        words = str(FIELD_WORDS.get(kind, ANY_FIELD))
        for name, value in found.get("ctx", {}).items():
            words = words.replace(f"%({name})s", str(value))
        messages[".".join(str(part) for part in found["loc"]) or "body"] = words
    return messages


def on_validation(error: ValidationError) -> Response:
    """Turn pydantic's findings into one answer that names every wrong field."""
    found = field_messages(error).items()
    return on_refusal(BadInput([{"field": name, "message": words} for name, words in found]))


def on_http(error: HTTPException) -> Response:
    """Turn Werkzeug's own errors (404, 405, 413 …) into the same kind of answer."""
    status = error.code or 500
    if error.response is not None and status < 400:
        return make_response(error.response)
    response = answer(status, *HTTP_WORDS.get(status, HTTP_WORDS[400] if status < 500 else FAULT))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    if status == TooManyTries.status:
        response.headers.setdefault("Retry-After", "60")
    return response


def on_database(error: OperationalError) -> Response:
    """Tell a database that is locked or has no room from a fault: it passes by itself."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return on_refusal(DatabaseBusy())
    return on_refusal(DiskFull()) if code == sqlite3.SQLITE_FULL else on_fault(error)


def on_fault(error: Exception) -> Response:
    """Answer an unforeseen fault; the log gets the trace, the person gets a number to quote."""
    LOG.error("fault", exc_info=error)
    return answer(500, *FAULT)


def init_app(app: Flask) -> None:
    """Register the handlers above."""
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(ValidationError, on_validation)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(OperationalError, on_database)
    app.register_error_handler(Exception, on_fault)
