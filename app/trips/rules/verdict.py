"""The verdict on a token: one state out of the facts, and what the public may see of a person."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final, Literal

State = Literal[
    "valid",
    "not-received",
    "void",
    "wrong-signature",
    "revoked-key",
    "unknown-key",
    "damaged",
    "practice",
    "forked",
    "mismatch",
    "refused",
]
MISMATCH_MARK: Final = "token-mismatch"
Tone = Literal["good", "warn", "bad", "info"]

TONES: Final[dict[State, Tone]] = {
    "valid": "good",
    "not-received": "warn",
    "void": "warn",
    "wrong-signature": "bad",
    "revoked-key": "bad",
    "unknown-key": "bad",
    "damaged": "bad",
    "practice": "info",
    "forked": "bad",
    "mismatch": "bad",
    "refused": "bad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about a token when the verdict is due; times are unix s.

    Each fact only counts when those above it hold: there are no claims without opening.
    `damage` is the reason of a `Damaged` refusal, of the token or of what was inside. `refused`: it
    was not received, and the server would not receive it.
    """

    damage: str | None = None
    audit_key_known: bool = True
    device_key_known: bool = True
    signature_fault: str | None = None
    captured_at: int = 0
    received_at: int | None = None
    revoked_at: int | None = None
    forked: bool = False
    voided: bool = False
    practice: bool = False
    refused: bool = False
    time_marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome: `reason` is a key of verdict_texts.REASONS, `notes` are keys of MARKS."""

    state: State
    tone: Tone
    reason: str
    notes: tuple[str, ...] = ()


def judge(facts: Facts) -> Verdict:
    """Decide on a token: what forbids belief comes first, what only tempers it is a note."""
    state, reason = _state(facts)
    notes = facts.time_marks
    if state == "valid" and facts.revoked_at is not None:
        notes = (*notes, "key-revoked-later")
    return Verdict(state, TONES[state], reason, notes)


def _state(facts: Facts) -> tuple[State, str]:
    untrusted = _unreadable(facts) or _revoked(facts)
    if untrusted:
        return untrusted
    if MISMATCH_MARK in facts.time_marks:
        return "mismatch", "mismatch"
    if facts.refused:
        return "refused", "refused"
    if facts.forked:
        return "forked", "forked"
    if facts.voided:
        return "void", "void"
    if facts.practice:
        return "practice", "practice"
    if facts.received_at is None:
        return "not-received", "not-received"
    return "valid", "valid"


def _unreadable(facts: Facts) -> tuple[State, str] | None:
    if not facts.audit_key_known:
        return "unknown-key", "unknown-audit-key"
    if facts.damage == "cannot-open":
        return "damaged", "cannot-open"
    if facts.damage is not None:
        return "damaged", "damaged"
    if not facts.device_key_known:
        return "unknown-key", "unknown-device-key"
    if facts.signature_fault is not None:
        return "wrong-signature", "high-s" if facts.signature_fault == "high-s" else "signature"
    return None


def _revoked(facts: Facts) -> tuple[State, str] | None:
    """A key's stamps hold when they were made and received before it was revoked, and only then.

    What arrives later may have been made by whoever has the phone now, with any time written in.
    """
    if facts.revoked_at is None:
        return None
    if facts.captured_at >= facts.revoked_at:
        return "revoked-key", "made-after-revocation"
    if facts.received_at is None:
        return "revoked-key", "revoked-not-received"
    if facts.received_at >= facts.revoked_at:
        return "revoked-key", "arrived-after-revocation"
    return None


def mask_name(name: str) -> str:
    """Hide a name but its ends: 홍길동 → 홍*동, 남궁민수 → 남**수, 홍길 → 홍*, Al Yi → A* *i."""
    name = " ".join(name.split())
    last = len(name) - 1
    if last < 1:
        return "*" * len(name)
    kept = {0, last} if last > 1 else {0}
    return "".join(sign if place in kept or sign == " " else "*" for place, sign in enumerate(name))


def short_code(sha256: bytes) -> str:
    """A code to read out on the phone, from a token's hash: the first 40 bits, as ABCD-EFGH."""
    code = base64.b32encode(sha256[:5]).decode("ascii")
    return f"{code[:4]}-{code[4:]}"
