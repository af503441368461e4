"""Structured logs: one JSON line an event, with a request id and without personal data.

A request is logged by its route's pattern, never by its path: the path of a stamp's page carries
the token, and other paths carry ids of people.
"""

from __future__ import annotations

import json
import logging
import sys
import time

from flask import Flask, Response, g, has_request_context, request


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the exception's trace where there is one."""
        line: dict[str, object] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        if has_request_context():
            line["request_id"] = g.get("request_id", "")
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            line.update(facts)
        if record.exc_info and record.exc_info[0]:
            # The message of an exception may quote a row's values: type and place only.
            line["exception"] = record.exc_info[0].__name__
            line["trace"] = _places(record)
        return json.dumps(line, ensure_ascii=False)


def _places(record: logging.LogRecord) -> list[str]:
    places = []
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]


def init_app(app: Flask, level: str) -> None:
    """Send the product's logs to standard error and log each answered request."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger("app")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = False
    requests = logging.getLogger("app.requests")

    @app.after_request
    def log_request(response: Response) -> Response:
        """One line: route pattern, method, status and milliseconds."""
        if requests.isEnabledFor(logging.INFO) and request.blueprint != "assets":
            rule = request.url_rule.rule if request.url_rule else "(no route)"
            took = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
            requests.info(
                "request",
                extra={
                    "facts": {
                        "route": rule,
                        "method": request.method,
                        "status": response.status_code,
                        "ms": round(took, 1),
                    }
                },
            )
        return response
