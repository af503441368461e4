"""What holds for every stamp and for every byte string, by trying many (hypothesis)."""

from __future__ import annotations

import math
import struct
from typing import Any

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.trips.rules import cbor, claims, cose, receipt, token
from app.trips.rules.claims import Claims, Fix
from app.trips.rules.refusals import Damaged
from tests.trips import token_maker as maker

many = settings(max_examples=300, deadline=None)
some = settings(max_examples=100, deadline=None)


def single(least: float, most: float) -> st.SearchStrategy[float]:
    return st.floats(least, most, width=32)


uint = st.integers(0, claims.MAX_UINT)
eight = st.binary(min_size=8, max_size=8)
letters = st.characters(exclude_categories=("Cs", "Cc"))


def text(most: int) -> st.SearchStrategy[str]:
    """Text of 1 to `most` bytes in UTF-8."""
    return st.text(letters, min_size=1, max_size=most).filter(
        lambda value: len(value.encode()) <= most
    )


fixes = st.builds(
    Fix,
    lat=single(-90, 90),
    lon=single(-180, 180),
    accuracy=single(0, 50_000_000),
    time=uint,
    alt=st.none() | single(-100_000, 100_000),
    alt_accuracy=st.none() | single(0, 50_000_000),
    heading=st.none() | single(0, 360),
    speed=st.none() | single(0, 100_000),
    age=st.none() | uint,
)
all_claims = st.builds(
    Claims,
    organisation=text(claims.ORGANISATION_BYTES),
    staff_number=text(claims.STAFF_NUMBER_BYTES),
    captured_at=uint,
    cti=eight,
    fix=fixes,
    trip=st.from_regex(claims.TRIP_FORM, fullmatch=True),
    seq=st.integers(1, claims.MAX_UINT),
    kind=st.sampled_from([1, 2, 4]).flatmap(
        lambda kind: st.sampled_from([kind | flags for flags in range(0, 64, 8)])
    ),
    samples=st.integers(0, claims.MAX_SAMPLES),
    jitter_dm=uint,
    signals=st.integers(0, claims.MAX_SIGNALS),
    consent=eight,
    prev=eight,
    beacon=eight,
    name=st.none() | text(60),
    department=st.none() | text(90),
)
THIRD = struct.unpack(">f", struct.pack(">f", 1 / 3))[0]
LARGEST = Claims(
    organisation="가나다라마" + "a",
    staff_number="9" * 24,
    captured_at=claims.MAX_UINT,
    cti=b"\xff" * 8,
    fix=Fix(THIRD, THIRD, THIRD, claims.MAX_UINT, THIRD, THIRD, THIRD, THIRD, claims.MAX_UINT),
    trip="20261121-Q7XK2M",
    seq=claims.MAX_UINT,
    kind=claims.RETURN | claims.OFFLINE | claims.PRACTICE | claims.COARSE,
    samples=claims.MAX_SAMPLES,
    jitter_dm=claims.MAX_UINT,
    signals=claims.MAX_SIGNALS,
    consent=b"\xff" * 8,
    prev=b"\xff" * 8,
    beacon=b"\xff" * 8,
    name="남궁민수",
    department="농업기술센터기술보급과",
)


def seal_of(made: Claims) -> bytes:
    return maker.sealed(maker.signed(claims.encode_claims(made)))


@many
@given(all_claims)
@example(LARGEST)
def test_claims_come_back_as_they_were(made: Claims) -> None:
    data = claims.encode_claims(made)
    assert claims.decode_claims(data) == made
    assert claims.encode_claims(claims.decode_claims(data)) == data


@some
@given(all_claims)
@example(LARGEST)
def test_an_ordinary_decoder_reads_the_same_values(made: Claims) -> None:
    plain = cbor2.loads(claims.encode_claims(made))
    assert plain[264][1] == made.fix.lat
    assert plain[-70001].get(8) == made.department
    assert all(type(plain[264][label]) is float for label in (1, 2, 4))


@some
@given(all_claims)
@example(LARGEST)
def test_every_stamp_fits_into_the_budget(made: Claims) -> None:
    fitted = claims.fit_claims(made)
    sealed = seal_of(fitted)
    assert len(sealed) == claims.token_bytes(len(claims.encode_claims(fitted)))
    assert len(sealed) <= claims.MAX_TOKEN_BYTES
    assert maker.read(sealed) == fitted
    if claims.token_bytes(len(claims.encode_claims(made))) <= claims.MAX_TOKEN_BYTES:
        assert fitted == made


def test_what_is_dropped_and_in_which_order() -> None:
    sizes = []
    for limit in range(claims.token_bytes(len(claims.encode_claims(LARGEST))), 390, -1):
        fitted = claims.fit_claims(LARGEST, limit)
        fix = fitted.fix
        kept = (fitted.department, fitted.name, fix.alt, fix.alt_accuracy, fix.heading, fix.speed)
        sizes.append(tuple(member is not None for member in kept))
    stages = list(dict.fromkeys(sizes))
    assert stages == [
        (True, True, True, True, True, True),
        (False, True, True, True, True, True),
        (False, False, True, True, True, True),
        (False, False, False, False, True, True),
        (False, False, False, False, False, False),
    ]


def test_the_sizes_that_the_design_measured() -> None:
    golden = claims.decode_claims(maker.CLAIMS)
    assert len(seal_of(golden)) == 382
    assert len(seal_of(changed(golden, name=None, department=None))) == 353
    long = changed(golden, department="가나다라마바사아자차")
    moving = changed(long.fix, heading=123.4, speed=1.3)
    long = changed(long, fix=moving, signals=claims.MAX_SIGNALS)
    fitted = claims.fit_claims(long)
    assert fitted.department is None
    assert fitted.name == "홍길동"
    assert fitted.fix == moving


def changed(value: Any, **changes: object) -> Any:
    """A copy of claims or fix with changes."""
    names = value.__dataclass_fields__
    return type(value)(**{**{name: getattr(value, name) for name in names}, **changes})


trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.integers(-9, 300) | st.text(max_size=2), inner, max_size=5)
        | st.builds(cbor2.CBORTag, st.integers(0, 300), inner)
    ),
    max_leaves=12,
)
READERS = (
    claims.decode_claims,
    cose.parse_sign1,
    cose.parse_token,
    receipt.decode_receipt,
    receipt.decode_void,
    maker.read,
)


def only_refusals(data: bytes) -> None:
    """Every reader refuses, or reads; no other exception may come out."""
    for read in READERS:
        try:
            read(data)
        except Refusal as refused:
            if not refused.reason or not 400 <= refused.status < 500:
                raise AssertionError("a refusal without reason or status") from refused


@many
@given(st.binary(max_size=500))
@example(b"\x9f" * 500)
@example(b"\xc2\x5b\xff\xff\xff\xff\xff\xff\xff\xff")
@example(b"\xd8\x1d" * 200)
def test_any_bytes_are_refused_by_name(data: bytes) -> None:
    only_refusals(data)
    only_refusals(b"\xd2" + data)
    only_refusals(b"\xd8\x60" + data)


@many
@given(trees)
def test_any_cbor_is_refused_by_name(tree: object) -> None:
    data = cbor2.dumps(tree, canonical=True)
    only_refusals(data)
    only_refusals(b"\xd2" + data)
    only_refusals(maker.sealed(data))
    only_refusals(maker.sealed(maker.signed(data)))


@many
@given(st.text(max_size=700))
def test_any_text_is_refused_by_name(words: str) -> None:
    try:
        data = token.token_from_text(words)
    except Refusal:
        return
    assert token.token_text(data) in words.upper() or "%" in words


@some
@given(st.binary(min_size=1, max_size=400))
def test_a_token_has_one_text(data: bytes) -> None:
    written = token.url_for_token("http://Stamp.example", data)
    assert written == written.upper()
    assert token.token_from_text(written) == data
    assert token.token_from_text(written.lower()) == data


@many
@given(st.integers(0, len(maker.TOKEN) - 1), st.binary(min_size=0, max_size=6), st.integers(0, 6))
def test_no_mutation_is_accepted(place: int, put: bytes, cut: int) -> None:
    data = maker.TOKEN[:place] + put + maker.TOKEN[place + cut :]
    if data == maker.TOKEN:
        return
    try:
        if cose.parse_token(data).audit_kid == maker.AUDIT_KID:
            maker.read(data)
            raise AssertionError("accepted")
    except Refusal:
        return


@many
@given(st.integers(0, len(maker.CLAIMS) - 1), st.binary(min_size=0, max_size=6), st.integers(0, 6))
def test_what_is_accepted_has_one_spelling(place: int, put: bytes, cut: int) -> None:
    data = maker.CLAIMS[:place] + put + maker.CLAIMS[place + cut :]
    try:
        read = claims.decode_claims(data)
    except Refusal:
        return
    assert claims.encode_claims(read) == data


@many
@given(trees)
def test_the_strict_reader_agrees_with_cbor2(tree: object) -> None:
    data = cbor2.dumps(tree, canonical=True)
    try:
        read = cbor.decode(data)
    except Refusal:
        return
    assert read == cbor2.loads(data)
    assert cbor.encode(read) == data


def test_every_half_float_is_written_as_one() -> None:
    """cbor2 5.9 writes those from 32,768 on as singles: a coarse fix can be off by 40 km."""
    for bits in range(0x10000):
        data = b"\xf9" + bits.to_bytes(2, "big")
        if bits & 0x7C00 != 0x7C00:
            assert cbor.encode(cbor.decode(data)) == data


@many
@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
@example(-0.0)
@example(5.960464477539063e-08)
@example(65504.0)
@example(65505.0)
def test_floats_take_their_shortest_form_only(number: float) -> None:
    data = cbor.encode(number)
    assert cbor.decode(data) == number
    assert math.copysign(1, cbor.decode(data)) == math.copysign(1, number)
    for head, form in ((0xF9, ">e"), (0xFA, ">f"), (0xFB, ">d")):
        try:
            other = bytes([head]) + struct.pack(form, number)
        except OverflowError:
            continue
        if other != data and struct.unpack(form, other[1:])[0] == number:
            with pytest.raises(Damaged, match="not-deterministic"):
                cbor.decode(other)


@some
@given(st.sampled_from([math.nan, math.inf, -math.inf, 91.0, -90.5, 1e39]))
def test_writing_checks_as_reading_does(lat: float) -> None:
    wrong = changed(LARGEST, fix=changed(LARGEST.fix, lat=lat))
    with pytest.raises(Damaged, match=r"not-finite|out-of-range"):
        claims.encode_claims(wrong)
