"""What a stamp says: the claims, their exact bytes and their limits (docs/formats/stamp-token.md).

Reading checks every member, because the bytes come from a phone that may be anybody's; writing
checks the same, so that nothing is written that would be refused on reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Final

from app.trips.rules import cbor
from app.trips.rules.refusals import Damaged

START, ARRIVE, RETURN, OFFLINE, PRACTICE, COARSE = 1, 2, 4, 8, 16, 32
KIND_NAMES: Final = {START: "start", ARRIVE: "arrive", RETURN: "return"}
KINDS: Final = START | ARRIVE | RETURN
KNOWN_BITS: Final = KINDS | OFFLINE | PRACTICE | COARSE

ORGANISATION_BYTES: Final = 16
STAFF_NUMBER_BYTES: Final = 24
MAX_UINT: Final = 0xFFFFFFFF
MAX_SAMPLES: Final = 0xFFFF
MAX_SIGNALS: Final = (1 << 14) - 1
MAX_TOKEN_BYTES: Final = 400
NO_HASH: Final = bytes(8)

ORGANISATION, STAFF_NUMBER, CAPTURED_AT, CTI, LOCATION, TRIP_CLAIMS = 1, 2, 6, 7, 264, -70001
TRIP_FORM: Final = re.compile(r"[0-9]{8}-[A-Z2-7]{6}", re.ASCII)
CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
# Members of 264 that are floats: name, least and greatest value. 8 and 9 are integers.
FLOATS: Final = {
    1: ("lat", -90.0, 90.0),
    2: ("lon", -180.0, 180.0),
    3: ("alt", -100_000.0, 100_000.0),
    4: ("accuracy", 0.0, 50_000_000.0),
    5: ("alt_accuracy", 0.0, 50_000_000.0),
    6: ("heading", 0.0, 360.0),
    7: ("speed", 0.0, 100_000.0),
}
OUTER: Final = frozenset({1, 2, 6, 7, 264, -70001})
FIX_NEEDED: Final = frozenset({1, 2, 4, 8})
FIX_KNOWN: Final = frozenset(range(1, 10))
TRIP_NEEDED: Final = frozenset({1, 2, 3, 4, 5, 6, 10})
TRIP_KNOWN: Final = TRIP_NEEDED | {7, 8}


@dataclass(frozen=True, slots=True)
class Fix:
    """One position: degrees (WGS84), metres, metres per second; `time` in unix s, `age` in s."""

    lat: float
    lon: float
    accuracy: float
    time: int
    alt: float | None = None
    alt_accuracy: float | None = None
    heading: float | None = None
    speed: float | None = None
    age: int | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """Everything that a stamp says; the byte fields are 8 bytes each, `captured_at` is unix s."""

    organisation: str
    staff_number: str
    captured_at: int
    cti: bytes
    fix: Fix
    trip: str
    seq: int
    kind: int
    samples: int
    jitter_dm: int
    signals: int
    consent: bytes
    prev: bytes = NO_HASH
    beacon: bytes = NO_HASH
    name: str | None = None
    department: str | None = None

    @property
    def kind_name(self) -> str:
        """One of start, arrive, return."""
        return KIND_NAMES[self.kind & KINDS]

    @property
    def practice(self) -> bool:
        """Made with a chosen place instead of a measured one."""
        return bool(self.kind & PRACTICE)

    @property
    def offline(self) -> bool:
        """The phone saw no network when it made the stamp."""
        return bool(self.kind & OFFLINE)

    @property
    def coarse(self) -> bool:
        """The fix is off by more than a kilometre, perhaps."""
        return bool(self.kind & COARSE)


def encode_claims(claims: Claims) -> bytes:
    """Write claims in their one spelling. Raises `Damaged` for values that none may have."""
    fix = claims.fix
    location: dict[int, float | int] = {}
    for label, (name, _, _) in FLOATS.items():
        number = getattr(fix, name)
        if number is not None:
            location[label] = cbor.to_single(float(number))
    location[8] = fix.time
    if fix.age is not None:
        location[9] = fix.age
    inner: dict[int, object] = {
        1: claims.trip,
        2: claims.seq,
        3: claims.prev,
        4: claims.beacon,
        5: claims.kind,
        6: [claims.samples, claims.jitter_dm, claims.signals],
        10: claims.consent,
    }
    if claims.name is not None:
        inner[7] = claims.name
    if claims.department is not None:
        inner[8] = claims.department
    outer = {
        ORGANISATION: claims.organisation,
        STAFF_NUMBER: claims.staff_number,
        CAPTURED_AT: claims.captured_at,
        CTI: claims.cti,
        LOCATION: location,
        TRIP_CLAIMS: inner,
    }
    _claims(outer)
    return cbor.encode(outer)


def decode_claims(data: bytes) -> Claims:
    """Read claims strictly. Raises `Damaged`, with the reason, for all but their one spelling."""
    return _claims(cbor.decode(data))


def fit_claims(claims: Claims, limit: int = MAX_TOKEN_BYTES, audit_kid_bytes: int = 4) -> Claims:
    """Drop optional members, in the format's order, until the token fits into `limit` bytes."""
    fix = claims.fix
    steps: tuple[dict[str, Any], ...] = (
        {"department": None},
        {"name": None},
        {"fix": replace(fix, alt=None, alt_accuracy=None)},
        {"fix": replace(fix, alt=None, alt_accuracy=None, heading=None, speed=None)},
    )
    for step in steps:
        if token_bytes(len(encode_claims(claims)), audit_kid_bytes) <= limit:
            break
        claims = replace(claims, **step)
    return claims


def token_bytes(claims_bytes: int, audit_kid_bytes: int = 4) -> int:
    """Length of the sealed token that claims of this length give."""
    sign1 = 83 + _head_bytes(claims_bytes) + claims_bytes
    ciphertext = sign1 + 16
    return 109 + audit_kid_bytes + _head_bytes(ciphertext) + ciphertext


def _head_bytes(length: int) -> int:
    if length < 24:
        return 1
    return 2 if length < 0x100 else 3


def _claims(outer: object) -> Claims:
    outer = _labels(outer, OUTER, OUTER)
    inner = _labels(outer[TRIP_CLAIMS], TRIP_NEEDED, TRIP_KNOWN)
    measured = inner[6]
    if type(measured) is not list:
        raise Damaged("wrong-type", found="measured")
    if len(measured) != 3:
        raise Damaged("wrong-length", found="measured")
    return Claims(
        organisation=_text(outer[ORGANISATION], ORGANISATION_BYTES),
        staff_number=_text(outer[STAFF_NUMBER], STAFF_NUMBER_BYTES),
        captured_at=_uint(outer[CAPTURED_AT]),
        cti=_eight(outer[CTI]),
        fix=_fix(outer[LOCATION]),
        trip=_trip(inner[1]),
        seq=_uint(inner[2], least=1),
        prev=_eight(inner[3]),
        beacon=_eight(inner[4]),
        kind=_kind(inner[5]),
        samples=_uint(measured[0], most=MAX_SAMPLES),
        jitter_dm=_uint(measured[1]),
        signals=_uint(measured[2], most=MAX_SIGNALS),
        name=_text(inner[7]) if 7 in inner else None,
        department=_text(inner[8]) if 8 in inner else None,
        consent=_eight(inner[10]),
    )


def _fix(location: object) -> Fix:
    location = _labels(location, FIX_NEEDED, FIX_KNOWN)
    numbers: dict[int, float] = {}
    for label, (name, least, most) in FLOATS.items():
        if label not in location:
            continue
        number = location[label]
        if type(number) is not float:
            raise Damaged("wrong-type", found=name)
        if not least <= number <= most:
            raise Damaged("out-of-range", found=name)
        if cbor.to_single(number) != number:
            raise Damaged("not-single", found=name)
        numbers[label] = number
    return Fix(
        lat=numbers[1],
        lon=numbers[2],
        accuracy=numbers[4],
        time=_uint(location[8]),
        alt=numbers.get(3),
        alt_accuracy=numbers.get(5),
        heading=numbers.get(6),
        speed=numbers.get(7),
        age=_uint(location[9]) if 9 in location else None,
    )


def _labels(value: object, needed: frozenset[int], known: frozenset[int]) -> dict[int, Any]:
    if type(value) is not dict:
        raise Damaged("wrong-type", found="map")
    labels = value.keys()
    if not labels <= known:
        raise Damaged("unknown-label")
    if not needed <= labels:
        raise Damaged("missing-label")
    return value


def _uint(value: object, least: int = 0, most: int = MAX_UINT) -> int:
    if type(value) is not int:
        raise Damaged("wrong-type", found="integer")
    if not least <= value <= most:
        raise Damaged("out-of-range", found="integer")
    return value


def _eight(value: object) -> bytes:
    if type(value) is not bytes:
        raise Damaged("wrong-type", found="bytes")
    if len(value) != 8:
        raise Damaged("wrong-length", found="bytes")
    return value


def _text(value: object, most: int = MAX_TOKEN_BYTES) -> str:
    if type(value) is not str:
        raise Damaged("wrong-type", found="text")
    try:
        length = len(value.encode())
    except UnicodeEncodeError:
        raise Damaged("bad-utf8") from None
    if not 0 < length <= most:
        raise Damaged("wrong-length", found="text")
    if CONTROL.search(value):
        raise Damaged("bad-text")
    return value


def _trip(value: object) -> str:
    trip = _text(value)
    if not TRIP_FORM.fullmatch(trip):
        raise Damaged("bad-trip")
    return trip


def _kind(value: object) -> int:
    bits = _uint(value)
    if bits & ~KNOWN_BITS or bits & KINDS not in KIND_NAMES:
        raise Damaged("bad-kind")
    return bits
