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
from app.trips.queries import desk as desk_q
from app.trips.queries import stamps as stamps_q
from app.trips.queries.stamps import StampRow
from app.trips.rules.claims import KIND_NAMES, KINDS, PRACTICE, Claims
from app.trips.rules.signals import phone_signals, score_of_bits, weights_of_bits
from app.trips.rules.token import token_text
from app.trips.rules.typed import parse_day, read_short_code
from app.trips.rules.verdict_texts import MARKS, SIGNALS
from app.trips.service.verdict import Finding

AROUND = 2
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
    neighbours: list[dict[str, Any]]
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
        neighbours=_neighbour_rows(finding.signer.kid, claims.seq, stamp),
        map=_map(claims, stamp),
    )


def _claim_rows(claims: Claims, signer: Signer, stamp: StampRow | None) -> list[tuple[str, str]]:
    fix = claims.fix
    rows = [
        (gettext("이름"), signer.name),
        (gettext("서명된 이름"), claims.name if claims.name not in (None, signer.name) else ""),
        (gettext("직원번호"), claims.staff_number),
        (gettext("부서"), signer.department),
        (
            gettext("서명된 부서"),
            claims.department if claims.department not in (None, signer.department) else "",
        ),
        (gettext("출장 번호"), claims.trip),
        (gettext("순번"), str(claims.seq)),
        (gettext("찍은 시각"), f"{clock.in_seoul(claims.captured_at):%Y-%m-%d %H:%M:%S}"),
        (gettext("위치를 잰 시각"), f"{clock.in_seoul(fix.time):%Y-%m-%d %H:%M:%S}"),
        (gettext("위도, 경도"), f"{fix.lat:.6f}, {fix.lon:.6f}"),
        (gettext("오차"), f"{fix.accuracy:.0f} m"),
        (gettext("고도"), "" if fix.alt is None else f"{fix.alt:.0f} m"),
        (gettext("속도"), "" if fix.speed is None else f"{fix.speed * 3.6:.0f} km/h"),
        (gettext("표본 수"), str(claims.samples)),
        (gettext("표본의 흔들림"), f"{claims.jitter_dm / 10:.1f} m"),
        (gettext("앞 도장의 해시"), claims.prev.hex()),
        (gettext("동의서 해시"), claims.consent.hex()),
    ]
    if stamp is not None and stamp.office_km is not None:
        rows.append((gettext("청사에서"), f"{stamp.office_km} km"))
    rows += _void_rows(stamp)
    return [(label, value) for label, value in rows if value]


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


def _neighbour_rows(kid: bytes, seq: int, stamp: StampRow | None) -> list[dict[str, Any]]:
    rows = []
    for row in desk_q.list_device_stamps(kid, seq, AROUND):
        relation = gettext("앞") if row.seq < seq else gettext("뒤")
        if row.seq == seq:
            mine = stamp is not None and row.id == stamp.id
            relation = gettext("이 도장") if mine else gettext("같은 순번")
        rows.append(
            {
                "seq": row.seq,
                "kind": KIND_NAMES[row.kind & KINDS],
                "captured_at": clock.in_seoul(row.captured_at),
                "state": _state(row),
                "url": "/S/" + token_text(row.token),
                "relation": relation,
            }
        )
    return rows


def _state(row: StampRow) -> str:
    words = [gettext("취소함")] if row.voided_at is not None else []
    words += [str(MARKS[mark][0]) for mark in row.mark_list if mark in MARKS]
    return ", ".join(words) or gettext("이상 없음")


def _map(claims: Claims, stamp: StampRow | None) -> dict[str, Any] | None:
    code = stamp.sigungu_code if stamp else None
    outline = find_outline(code) if code else None
    if outline is None:
        return None
    fix = claims.fix
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


def list_questions(organisation_id: str) -> list[dict[str, Any]]:
    """The organisation's inquiries, open ones first."""
    return [
        {
            "id": question.id,
            "message": question.message,
            "contact": question.contact,
            "at": f"{clock.in_seoul(question.at):%Y-%m-%d %H:%M}",
            "done": question.done_at is not None,
            "url": "/S/" + token_text(question.token),
        }
        for question in desk_q.list_questions(organisation_id)
    ]
