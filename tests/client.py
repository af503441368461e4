"""The strict test client: every answer that a test fetches is also checked.

HTML must be valid, accessible in its bones, free of inline code and of other hosts; what a
signed-in person sees must not be stored; refusals of the API must be problem documents
(RFC 9457). A test need not ask for it: `client.get("/")` fails when the page is not right.
"""

from __future__ import annotations

import json
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.house import markup

# The same for everyone, so they may be kept.
SHELLS = (
    "/today",
    "/history",
    "/start",
    "/offline",
    "/photos/camera",
    "/directory/mine",
    "/directory/offline",
    "/canteen",
)
SAFE = {"GET", "HEAD", "OPTIONS"}
REQUIRED = {"type": str, "title": str, "status": int, "detail": str, "code": str, "request_id": str}


class StrictClient(FlaskClient):
    """A Flask test client that fails the test when an answer breaks a promise of the house."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send one request as our own page would, and check the answer.

        Unsafe methods carry `Sec-Fetch-Site: same-origin` unless the test gives its own headers
        `Sec-Fetch-Site` or `Origin`, or `same_origin=False`.
        """
        same_origin = kwargs.pop("same_origin", True)
        method = str(kwargs.get("method", "GET")).upper()
        if same_origin and method not in SAFE and args and isinstance(args[0], str):
            headers = dict(kwargs.pop("headers", None) or {})
            if not {"Origin", "Sec-Fetch-Site"} & set(headers):
                headers["Sec-Fetch-Site"] = "same-origin"
            kwargs["headers"] = headers
        response = super().open(*args, **kwargs)
        faults = check(response, signed_in=self.signed_in)
        where = f"{response.request.method} {response.request.path} -> {response.status_code}"
        assert not faults, f"{where}\n  " + "\n  ".join(faults)
        return response

    @property
    def signed_in(self) -> bool:
        """Whether this client's cookie is a signed-in person's."""
        with self.session_transaction() as session:
            return "_user_id" in session


def check(response: TestResponse, signed_in: bool) -> list[str]:
    """Every promise that an answer breaks, one line each."""
    faults: list[str] = []
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("no X-Content-Type-Options: nosniff")
    is_body = response.request.method != "HEAD" and response.status_code not in {204, 304}
    if is_body and response.mimetype == "text/html" and not 300 <= response.status_code < 400:
        faults += markup.findings(response.get_data(as_text=True), dict(response.headers))
        if signed_in and response.request.path not in SHELLS:
            faults += private(response)
    if is_body and response.status_code >= 400 and response.request.path.startswith("/api/"):
        faults += problem(response)
    if response.status_code >= 500 and response.status_code not in {503, 507}:
        faults.append("a server fault")
    return faults


def private(response: TestResponse) -> list[str]:
    """A signed-in person's page must not be stored anywhere."""
    given = response.headers.get("Cache-Control", "")
    return [] if "no-store" in given else [f"Cache-Control is {given!r}, not no-store"]


def problem(response: TestResponse) -> list[str]:
    """The faults of a problem document (RFC 9457)."""
    if response.mimetype != "application/problem+json":
        return [f"a refusal as {response.mimetype}"]
    body = json.loads(response.get_data())
    faults = [
        f"problem member {name} is {body.get(name)!r}"
        for name, kind in REQUIRED.items()
        if not isinstance(body.get(name), kind) or not str(body.get(name))
    ]
    if body.get("status") != response.status_code:
        faults.append(f"status {body.get('status')} in the body")
    if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", str(body.get("code"))):
        faults.append(f"code {body.get('code')!r} is not kebab-case")
    if not re.match(r"about:blank$|urn:problem:|https?://", str(body.get("type"))):
        faults.append(f"type {body.get('type')!r}")
    wrong = [one for one in body.get("errors", []) if set(one) != {"field", "message"}]
    return faults + [f"errors holds {one}" for one in wrong]
