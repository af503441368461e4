"""Writes the description (OpenAPI 3.1) of what counters send, from the schemas that check it.

Run as `python -m tools.describe_feed` after a change of app/cafeteria/schemas/readings.py. The
file is kept, and a test says when it is not what the schemas say: the library that makes it would
cost every web process a quarter of a second at its start, for a page that is hardly ever asked for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openapi_pydantic import OpenAPI
from openapi_pydantic.util import construct_open_api_with_schema_class
from pydantic import BaseModel

from app.cafeteria.schemas.readings import ManyIn, OneIn, Problem, TakenOut

FILE = Path(__file__).parents[1] / "app" / "cafeteria" / "data" / "openapi.json"
ABOUT = (
    "Counters of people report here; only numbers of people are taken. Each request is signed with "
    "the secret of its counter. A reading that comes twice counts once, so send again whatever was "
    "not answered."
)
PROBLEMS = {
    "400": "canteen-not-json: the body is no JSON, or half of one. Send it again.",
    "401": "canteen-unsigned: the signature is wrong or missing, or no such counter reports here. "
    "Which of them is not said.",
    "403": "foreign-origin: a page of another site sent it.",
    "408": "too-slow: the body did not come in time. Send it again.",
    "409": "canteen-seq-reused: the number was used for another reading. Nothing was taken.",
    "413": "too-large: more than 64 KB. Send fewer readings at once.",
    "422": "bad-input: `errors` names each field that is wrong. canteen-clock-ahead and "
    "canteen-too-old: the reading is not of the last 24 hours by the server's clock, which is "
    "`now`. Of a batch nothing was taken; `place` says which reading it was.",
    "429": "too-many-tries: wait as many seconds as Retry-After says.",
    "500": "server-fault: keep the reading and send it again.",
    "503": "database-busy: wait as many seconds as Retry-After says, and send it again.",
    "507": "storage-full: wait as many seconds as Retry-After says, and send it again.",
}
WAITED = {"429", "503", "507"}


Json = dict[str, Any]


def _of(schema: type, kind: str = "application/json") -> Json:
    return {kind: {"schema": _reference(schema)}}


def _reference(schema: type) -> Json:
    return {"$ref": f"#/components/schemas/{schema.__name__}"}


def _problem(status: str) -> Json:
    found: Json = {
        "description": PROBLEMS[status],
        "content": _of(Problem, "application/problem+json"),
    }
    if status in WAITED:
        wait = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        found["headers"] = {"Retry-After": wait}
    return found


def _take() -> Json:
    either = {"oneOf": [_reference(OneIn), _reference(ManyIn)]}
    taken = {"description": "Taken.", "content": _of(TakenOut)}
    return {
        "operationId": "sendReadings",
        "summary": "Send one reading, or up to a hundred that waited for the network.",
        "security": [{"signature": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": either}}},
        "responses": {"200": taken, **{status: _problem(status) for status in PROBLEMS}},
    }


def _describe() -> Json:
    this = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "describe",
        "summary": "This description.",
        "security": [],
        "responses": {
            "200": {"description": "OpenAPI 3.1.", "content": this},
            "429": _problem("429"),
        },
    }


def document() -> Json:
    """The description as JSON."""
    signature = {
        "type": "apiKey",
        "in": "header",
        "name": "X-Canteen-Signature",
        "description": "v1= and the hex HMAC-SHA-256 of the request's body, byte for byte, under "
        "the counter's secret (the 64 hex digits as text).",
    }
    bare = {
        "openapi": "3.1.0",
        "info": {"title": "Canteen counters", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "paths": {
            "/api/canteen/readings": {"post": _take()},
            "/api/canteen/openapi.json": {"get": _describe()},
        },
        "components": {"securitySchemes": {"signature": signature}},
    }
    classes: list[type[BaseModel]] = [OneIn, ManyIn, TakenOut, Problem]
    whole = construct_open_api_with_schema_class(OpenAPI.model_validate(bare), classes)
    found: Json = whole.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(exist_ok=True)
    text = json.dumps(document(), indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
