"""The auditor's desk: finding stamps, and everything that is known of one; each look is logged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext

from app.accounts.service import access, people
from app.accounts.service.devices import Signer
from app.core import clock
from app.core.guard import Viewer
from app.trips.gateways.outlines import find_outline
from app.trips.gateways.places import name_place
from app.trips.queries import desk as desk_q
from app.trips.queries import stamps as stamps_q
from app.trips.queries.stamps import StampRow
from app.trips.rules.claims import KIND_NAMES, KINDS, PRACTICE, Claims, Fix
from app.trips.rules.signals import phone_signals, score_of_bits, weights_of_bits
from app.trips.rules.token import token_text
from app.trips.rules.typed import parse_day, read_short_code
from app.trips.rules.verdict_texts import MARKS, SIGNALS
from app.trips.service import neighbours
from app.trips.service.neighbours import Neighbours
from app.trips.service.verdict import Finding

FILTER_MARKS = (
    "any",
    "score",
    "void",
    "chain-fork",
    "chain-gap",
    "chain-broken",
    "chain-reorder",
    "key-revoked",
    "token-mismatch",
    "clock-ahead",
    "day-ahead",
    "clock-behind",
    "clock-absurd",
    "arrived-late",
    "before-key",
    "before-consent",
)


@dataclass(frozen=True)
class DeskView:
    """Everything about one stamp, for an auditor of its organisation."""

    claims: list[tuple[str, str]]
    signals: list[dict[str, Any]]
    score: int
    neighbours: Neighbours
    map: dict[str, Any] | None


def may_see(viewer: Viewer | None, finding: Finding) -> bool:
    """Whether the viewer is an auditor of the organisation that the token belongs to."""
    return (
        viewer is not None
        and viewer.role == "auditor"
        and finding.claims is not None
        and finding.organisation_id == viewer.organisation_id
    )


def record_look(viewer: Viewer, finding: Finding) -> None:
    """Write the auditor's look at an exact place to the access log (in the open transaction)."""
    if finding.signer is None:
        return
    target = finding.stamp.id if finding.stamp else finding.sha256.hex()[:36]
    access.record_view(
        viewer, finding.signer.person_id, "stamp-point", target, gettext("도장 확인")
    )


def describe(finding: Finding) -> DeskView | None:
    """What the desk shows of a finding; None when the claims could not be trusted."""
    claims, stamp = finding.claims, finding.stamp
    if claims is None or finding.signer is None:
        return None
    return DeskView(
        claims=_claim_rows(claims, finding.signer, stamp),
        signals=_signal_rows(claims, stamp),
        score=stamp.score if stamp else score_of_bits(claims.signals),
        neighbours=neighbours.describe(finding.signer.kid, claims.seq, finding.sha256),
        map=_map(claims),
    )


def _claim_rows(claims: Claims, signer: Signer, stamp: StampRow | None) -> list[tuple[str, str]]:
    rows = [
        (gettext("이름"), signer.name),
        (gettext("서명된 이름"), claims.name if claims.name not in (None, signer.name) else ""),
        (gettext("직원번호"), claims.staff_number),
        (gettext("부서"), signer.department),
        (
            gettext("서명된 부서"),
            claims.department if claims.department not in (None, signer.department) else "",
        ),
        (gettext("기관 부호"), claims.organisation),
        (gettext("출장 번호"), claims.trip),
        (gettext("순번"), str(claims.seq)),
        (gettext("찍은 시각"), f"{clock.in_seoul(claims.captured_at):%Y-%m-%d %H:%M:%S}"),
        *_fix_rows(claims.fix),
        (gettext("표본 수"), str(claims.samples)),
        (gettext("표본의 흔들림"), f"{claims.jitter_dm / 10:.1f} m"),
        (gettext("도장 식별 번호"), claims.cti.hex()),
        (gettext("기기 열쇠 번호"), signer.kid.hex()),
        (gettext("앞 도장의 해시"), claims.prev.hex()),
        (gettext("공개 기록의 해시"), claims.beacon.hex()),
        (gettext("동의서 해시"), claims.consent.hex()),
    ]
    if stamp is not None and stamp.office_km is not None:
        rows.append((gettext("청사에서"), f"{stamp.office_km} km"))
    rows += _void_rows(stamp)
    return [(label, value) for label, value in rows if value]


def _fix_rows(fix: Fix) -> list[tuple[str, str]]:
    """Everything that was measured of the place; an empty value was not."""
    return [
        (gettext("위치를 잰 시각"), f"{clock.in_seoul(fix.time):%Y-%m-%d %H:%M:%S}"),
        (gettext("잰 뒤 찍기까지"), _measure(fix.age, "{} s")),
        (gettext("위도, 경도"), f"{fix.lat:.6f}, {fix.lon:.6f}"),
        (gettext("오차"), f"{fix.accuracy:.0f} m"),
        (gettext("고도"), _measure(fix.alt, "{:.0f} m")),
        (gettext("고도의 오차"), _measure(fix.alt_accuracy, "{:.0f} m")),
        (gettext("방향"), _measure(fix.heading, "{:.0f}°")),
        (gettext("속도"), _measure(None if fix.speed is None else fix.speed * 3.6, "{:.0f} km/h")),
    ]


def _measure(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _void_rows(stamp: StampRow | None) -> list[tuple[str, str]]:
    """The person's cancellation: its time is the phone's word, its arrival the server's."""
    found = stamps_q.find_void(stamp.id) if stamp else None
    if found is None:
        return []
    return [
        (gettext("취소한 시각"), f"{clock.in_seoul(found.voided_at):%Y-%m-%d %H:%M:%S}"),
        (gettext("취소를 받은 시각"), f"{clock.in_seoul(found.received_at):%Y-%m-%d %H:%M:%S}"),
        (gettext("취소 사유"), found.reason),
    ]


def _signal_rows(claims: Claims, stamp: StampRow | None) -> list[dict[str, Any]]:
    bits = stamp.signals if stamp else claims.signals
    phone = phone_signals(claims.signals)
    return [
        {
            "number": number,
            "label": SIGNALS[number],
            "weight": weight,
            "by": "phone" if number in phone else "server",
        }
        for number, weight in weights_of_bits(bits, stamp.score if stamp else None)
    ]


def _map(claims: Claims) -> dict[str, Any] | None:
    """The municipality that the signed point lies in, received or not, and the point in it."""
    fix = claims.fix
    place = name_place(fix.lat, fix.lon)
    outline = find_outline(place.sigungu_code) if place else None
    if outline is None:
        return None
    point = {"lat": fix.lat, "lon": fix.lon, "accuracy": fix.accuracy}
    return {"outline": asdict(outline), "point": point}


def search(
    organisation_id: str, text: str, mark: str, day: str, page: int
) -> tuple[list[dict[str, Any]], int]:
    """A page of the organisation's stamps that fit, ready to be listed; and how many fit.

    Args:
        text: part of a name, staff number, department or place, or a stamp's short code.
        mark: one of FILTER_MARKS, or empty.
        day: YYYY-MM-DD (Korean time), or empty for all days.
        page: from 1.
    """
    chosen = parse_day(day)
    start = clock.day_start(chosen) if chosen else 0
    wanted = desk_q.DeskFilter(
        start=start,
        end=start + 86400 if chosen else 2**62,
        mark=mark if mark in FILTER_MARKS else "",
        text=text,
        person_ids=tuple(people.list_person_ids(organisation_id, text)) if text else (),
        sha256_prefix=read_short_code(text),
    )
    rows, total = desk_q.list_desk(organisation_id, wanted, page)
    names = people.list_by_ids(organisation_id, {row.person_id for row in rows})
    return [_listed(row, names[row.person_id]) for row in rows], total


def _listed(row: StampRow, person: people.Colleague) -> dict[str, Any]:
    return {
        "url": "/S/" + token_text(row.token),
        "kind": KIND_NAMES[row.kind & KINDS],
        "name": person.name,
        "department": person.department,
        "place": row.place,
        "captured_at": f"{clock.in_seoul(row.captured_at):%Y-%m-%d %H:%M}",
        "voided": row.voided_at is not None,
        "practice": bool(row.kind & PRACTICE),
        "score": row.score,
        "marks": [str(MARKS[mark][0]) for mark in row.mark_list if mark in MARKS],
    }


def mark_choices() -> list[tuple[str, str]]:
    """The marks to choose from, with their names."""
    own = {
        "any": gettext("표시가 있는 것"),
        "score": gettext("의심 점수 30점 이상"),
        "void": gettext("취소한 것"),
    }
    return [(key, own.get(key) or str(MARKS[key][0])) for key in FILTER_MARKS]


def list_questions(organisation_id: str, page: int) -> list[dict[str, Any]]:
    """A page (from 1) of the organisation's inquiries, open ones first."""
    return [
        {
            "id": question.id,
            "message": question.message,
            "contact": question.contact,
            "at": f"{clock.in_seoul(question.at):%Y-%m-%d %H:%M}",
            "done": question.done_at is not None,
            "url": "/S/" + token_text(question.token),
        }
        for question in desk_q.list_questions(organisation_id, page)
    ]
