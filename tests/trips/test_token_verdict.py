"""The verdict: every state has its facts, its words and its place in the order of doubts."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from app.trips.rules import signals, verdict_texts
from app.trips.rules.verdict import TONES, Facts, State, judge, mask_name, short_code

AT = 1_795_300_000
GOOD = Facts(captured_at=AT, received_at=AT + 5)


@pytest.mark.parametrize(
    ("facts", "state", "tone", "reason"),
    [
        (GOOD, "valid", "good", "valid"),
        (replace(GOOD, received_at=None), "not-received", "warn", "not-received"),
        (replace(GOOD, voided=True), "void", "warn", "void"),
        (replace(GOOD, practice=True), "practice", "info", "practice"),
        (replace(GOOD, forked=True), "forked", "bad", "forked"),
        (Facts(damage="truncated"), "damaged", "bad", "damaged"),
        (Facts(damage="cannot-open"), "damaged", "bad", "cannot-open"),
        (Facts(audit_key_known=False), "unknown-key", "bad", "unknown-audit-key"),
        (Facts(device_key_known=False), "unknown-key", "bad", "unknown-device-key"),
        (Facts(signature_fault="signature-mismatch"), "wrong-signature", "bad", "signature"),
        (Facts(signature_fault="high-s"), "wrong-signature", "bad", "high-s"),
        (replace(GOOD, revoked_at=AT), "revoked-key", "bad", "made-after-revocation"),
        (replace(GOOD, revoked_at=AT - 1), "revoked-key", "bad", "made-after-revocation"),
        (replace(GOOD, revoked_at=AT + 5), "revoked-key", "bad", "arrived-after-revocation"),
        (
            replace(GOOD, received_at=None, revoked_at=AT + 99),
            "revoked-key",
            "bad",
            "revoked-not-received",
        ),
    ],
)
def test_states(facts: Facts, state: str, tone: str, reason: str) -> None:
    found = judge(facts)
    assert (found.state, found.tone, found.reason) == (state, tone, reason)
    assert reason in verdict_texts.REASONS


def test_a_key_revoked_later_leaves_the_stamp_valid_with_a_note() -> None:
    found = judge(replace(GOOD, revoked_at=AT + 6))
    assert (found.state, found.notes) == ("valid", ("key-revoked-later",))


def test_an_odd_clock_is_a_note() -> None:
    found = judge(replace(GOOD, time_marks=("clock-ahead",)))
    assert (found.state, found.notes) == ("valid", ("clock-ahead",))


def test_doubts_come_in_order() -> None:
    """Everything is wrong at first; each doubt that is taken away shows the next one."""
    facts = Facts(
        audit_key_known=False,
        damage="cannot-open",
        device_key_known=False,
        signature_fault="high-s",
        captured_at=AT,
        received_at=None,
        revoked_at=AT,
        forked=True,
        voided=True,
        practice=True,
    )
    seen = []
    for change in (
        {},
        {"audit_key_known": True},
        {"damage": None},
        {"device_key_known": True},
        {"signature_fault": None},
        {"revoked_at": None},
        {"forked": False},
        {"voided": False},
        {"practice": False},
        {"received_at": AT},
    ):
        facts = replace(facts, **change)
        seen.append(judge(facts).state)
    assert seen == [
        "unknown-key",
        "damaged",
        "unknown-key",
        "wrong-signature",
        "revoked-key",
        "forked",
        "void",
        "practice",
        "not-received",
        "valid",
    ]


def test_every_state_mark_and_signal_has_words() -> None:
    states = set(get_args(State))
    assert set(TONES) == set(verdict_texts.TITLES) == set(verdict_texts.WHAT_NEXT) == states
    assert set(verdict_texts.SIGNALS) == set(signals.WEIGHTS)
    for mark in ("clock-ahead", "day-ahead", "clock-behind", "arrived-late", "fix-time-off",
                 "chain-gap", "chain-fork", "chain-reorder", "chain-broken",
                 "key-revoked-later"):  # fmt: skip
        assert mark in verdict_texts.MARKS


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("홍길동", "홍*동"),
        ("홍길", "홍*"),
        ("홍", "*"),
        ("남궁민수", "남**수"),
        ("Ann", "A*n"),
        ("Ann Lee", "A** **e"),
        ("  John   Smith ", "J*** ****h"),
        ("", ""),
    ],
)
def test_masked_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_short_code() -> None:
    assert short_code(bytes.fromhex("8ebc6817ff") + bytes(27)) == "R26G-QF77"
