"""What the pages of counters show, in words: the same for the page and for what it asks for."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext

from app.cafeteria.queries.devices import DeviceRow
from app.cafeteria.queries.readings import ReadingRow
from app.cafeteria.rules import device_words as words
from app.cafeteria.service import watching
from app.cafeteria.service.watching import Traced
from app.core import clock

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400


def ago(ms: int | None) -> str:
    """How long ago a moment was (Unix milliseconds); "" for none."""
    if ms is None:
        return ""
    seconds = max(0, clock.precise() // 1000 - ms) // 1000
    if seconds < MINUTE_S:
        return str(gettext("%(count)s초 전", count=seconds))
    if seconds < HOUR_S:
        return str(gettext("%(count)s분 전", count=seconds // MINUTE_S))
    if seconds < DAY_S:
        return str(gettext("%(count)s시간 전", count=seconds // HOUR_S))
    return str(gettext("%(count)s일 전", count=seconds // DAY_S))


def state(code: str) -> dict[str, str]:
    """A state of a counter: its badge's tone and words, and what to do next."""
    tone, name, todo = words.STATES[code]
    return {"code": code, "tone": tone, "name": str(name), "todo": str(todo)}


def live(device: DeviceRow) -> dict[str, Any]:
    """What the page of a counter shows and asks for again and again. Nothing in it changes by
    itself, so that a counter that is silent costs an empty answer."""
    testing = device.is_testing(clock.now())
    return {
        "state": state(watching.states_of([device])[device.id]),
        "testing": _until(device) if testing else "",
        "seen": _time(device.seen_ms),
        "last_seq": "" if device.last_seq is None else str(device.last_seq),
        "skew": _seconds(device.skew_ms),
        "rows": [_row(one) for one in watching.trace(device)],
    }


def _until(device: DeviceRow) -> str:
    at = clock.in_seoul(device.test_until or 0).strftime("%H:%M:%S")
    return str(gettext("시험 중이에요. %(time)s까지 보내는 것은 세지 않아요.", time=at))


def _time(ms: int | None) -> str:
    return "" if ms is None else clock.in_seoul(ms // 1000).strftime("%m-%d %H:%M:%S")


def _clock(ms: int) -> str:
    """A moment of today without its day, which a phone has no room for."""
    today = clock.seoul_day(clock.now())
    at = clock.in_seoul(ms // 1000)
    return at.strftime("%H:%M:%S" if at.date() == today else "%m-%d %H:%M:%S")


def _seconds(ms: int | None) -> str:
    return "" if ms is None else gettext("%(count)s초", count=f"{ms / 1000:,.1f}")


def _row(one: Traced) -> dict[str, str]:
    found = one.reading
    return {
        "seq": str(found.seq),
        "time": _clock(found.at_ms),
        "delay": _seconds(found.received_ms - found.at_ms),
        "skew": _seconds(found.skew_ms),
        "values": _values(found),
        "counted": "" if one.why_not else "1",
        "why": str(words.WHY_NOT[one.why_not] if one.why_not else words.COUNTED),
    }


def _values(found: ReadingRow) -> str:
    said = []
    if found.entered is not None:
        said.append(gettext("들어옴 %(count)s", count=found.entered))
    if found.left is not None:
        said.append(gettext("나감 %(count)s", count=found.left))
    if found.people is not None:
        said.append(gettext("%(count)s명", count=found.people))
    if found.level is not None:
        said.append(gettext("%(count)s단계", count=found.level))
    return " · ".join(said)


def example(device: DeviceRow, secret: str) -> str:
    """What somebody types into a terminal to send the counter's first reading."""
    values = words.EXAMPLES[device.measures]
    body = f'{{"device":"{device.id}","seq":%s,{values}}}'
    return (
        f"SECRET={secret}\n"
        f"BODY=$(printf '{body}' \"$(date +%s)\")\n"
        "SIGN=$(printf '%s' \"$BODY\" | openssl dgst -sha256 -hmac \"$SECRET\" | sed 's/^.* //')\n"
        f"curl -sS {request.host_url}api/canteen/readings \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        '  -H "X-Canteen-Signature: v1=$SIGN" --data-binary "$BODY"\n'
    )
