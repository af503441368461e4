"""A record has one spelling, and nothing but a record is read as one."""

from __future__ import annotations

import copy
import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.photos.rules.receipt import Receipt, read_receipt
from app.photos.rules.receipt import payload_of as receipt_payload
from app.photos.rules.record import (
    INNER,
    MAX_FIELDS,
    MAX_NAME,
    MAX_PHOTO_BYTES,
    MAX_PHOTOS,
    MAX_VALUE,
    PHASES,
    SOURCES,
    Promised,
    Record,
    board_text,
    payload_of,
    read_record,
    site_of,
)
from app.photos.rules.refusals import BadRecord
from app.trips.rules import cbor, cose
from app.trips.rules.refusals import Damaged
from tests.trips import token_maker

VECTORS = Path(__file__).parent / "vectors"
VECTOR = json.loads((VECTORS / "golden_record.json").read_bytes())
CORRECTION = json.loads((VECTORS / "golden_correction.json").read_bytes())
times = st.integers(1, 2**32 - 1)
ids = st.uuids().map(str)
hashes = st.binary(min_size=32, max_size=32)


SIGNS = 'aZ0 \n\0"\\/é공사명가힣各😀\u202e\uffff'


def texts(longest: int, shortest: int = 1) -> st.SearchStrategy[str]:
    """Texts of one to four bytes a sign, odd ones among them."""
    return st.text(st.sampled_from(SIGNS), min_size=shortest, max_size=longest)


promises = st.builds(
    Promised,
    id=ids,
    sha256=hashes,
    size=st.integers(1, MAX_PHOTO_BYTES),
    captured_at=times,
    phase=st.sampled_from(PHASES),
    source=st.sampled_from(SOURCES),
)
records = st.builds(
    Record,
    id=ids,
    organisation=texts(16),
    staff_number=texts(32),
    captured_at=times,
    trip=st.none() | texts(16),
    stamp_sha256=st.none() | hashes,
    board=st.dictionaries(texts(MAX_NAME), texts(MAX_VALUE, 0), max_size=5),
    photos=st.lists(promises, min_size=1, max_size=5, unique_by=lambda one: one.id).map(tuple),
    series=ids,
    replaces=st.none() | ids,
    practice=st.booleans(),
    place=st.none() | texts(80),
)
corrections = st.builds(replace, records, photos=st.just(()), replaces=ids)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-5, 9), inner),
    max_leaves=12,
)


@given(records | corrections)
def test_what_was_written_is_read(record: Record) -> None:
    data = cbor.encode(payload_of(record))
    assert read_record(cbor.decode(data)) == record
    assert list(read_record(cbor.decode(data)).board) == list(record.board)


@given(records | corrections, st.data())
def test_one_changed_bit_is_another_record_or_none(record: Record, data: st.DataObject) -> None:
    whole = bytearray(cbor.encode(payload_of(record)))
    place = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[place // 8] ^= 1 << place % 8
    try:
        found = read_record(cbor.decode(bytes(whole)))
    except (BadRecord, Damaged):
        return
    assert found != record
    assert cbor.encode(payload_of(found)) == whole  # one spelling: what is read was so written


@given(plain)
def test_nothing_else_is_read_and_nothing_else_is_raised(value: Any) -> None:
    with pytest.raises(BadRecord):
        read_record(value)
    with pytest.raises(BadRecord):
        read_receipt(value)


@given(records, st.sampled_from([1, 2, 6, 7, -70002]), plain)
def test_a_foreign_value_in_any_place_is_refused_or_read_as_it_is(
    record: Record, label: int, value: Any
) -> None:
    payload = payload_of(record) | {label: value}
    try:
        assert payload_of(read_record(payload)) == payload
    except BadRecord:
        return


@given(records, st.sampled_from(sorted(INNER)), plain)
def test_a_foreign_value_inside_is_refused_or_read_as_it_is(
    record: Record, label: int, value: Any
) -> None:
    payload = payload_of(record)
    inner = payload[-70002]
    assert isinstance(inner, dict)
    inner[label] = value
    try:
        assert payload_of(read_record(payload)) == payload
    except BadRecord:
        return


def golden() -> Record:
    """The record of the document's example."""
    return read_record(cbor.decode(bytes.fromhex(VECTOR["payload_hex"])))


def changed(**inner: Any) -> dict[int, Any]:
    """The golden payload with inner labels (`l4=…`) changed; None takes a label out."""
    payload: dict[int, Any] = copy.deepcopy(payload_of(golden()))
    for name, value in inner.items():
        payload[-70002][int(name[1:])] = value
        if value is None:
            del payload[-70002][int(name[1:])]
    return payload


def photo(**changes: Any) -> list[Any]:
    """The fields of a photo, one of them changed by its place (`p2=…`)."""
    fields: list[Any] = [uuid.uuid4().bytes, bytes(32), 1, 1, 0, 0]
    for name, value in changes.items():
        fields[int(name[1:])] = value
    return fields


TWICE = photo()


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (changed(l4=[], l6=None), "photo-count"),
        (changed(l4=[photo() for _ in range(MAX_PHOTOS + 1)]), "photo-count"),
        (changed(l4={}), "photo-count"),
        (changed(l4=[TWICE, TWICE]), "photo-twice"),
        (changed(l4=[[*photo(), 1]]), "photo"),
        (changed(l4=[photo(p0=bytes(15))]), "bytes"),
        (changed(l4=[photo(p1=bytes(31))]), "bytes"),
        (changed(l4=[photo(p2=0)]), "number"),
        (changed(l4=[photo(p2=MAX_PHOTO_BYTES + 1)]), "number"),
        (changed(l4=[photo(p2=True)]), "number"),
        (changed(l4=[photo(p3=2**32)]), "number"),
        (changed(l4=[photo(p4=4)]), "number"),
        (changed(l4=[photo(p5=2)]), "number"),
        (changed(l3=[["a", "b"], ["a", "c"]]), "board"),
        (changed(l3=[["a"]]), "board"),
        (changed(l3=[[str(number), ""] for number in range(MAX_FIELDS + 1)]), "board"),
        (changed(l3=[["", "b"]]), "text"),
        (changed(l3=[["a" * (MAX_NAME + 1), "b"]]), "text"),
        (changed(l3=[["a", "b" * (MAX_VALUE + 1)]]), "text"),
        (changed(l3={}), "board"),
        (changed(l1=""), "text"),
        (changed(l2=bytes(16)), "bytes"),
        (changed(l5=None), "missing-label"),
        (changed(l6=b""), "bytes"),
        (changed(l7=2), "number"),
        (changed(l8="x" * 81), "text"),
        (changed(l9=1), "unknown-label"),
        ({**changed(), 3: 1}, "unknown-label"),
        ({1: "x"}, "missing-label"),
    ],
)
def test_limits(payload: object, reason: str) -> None:
    with pytest.raises(BadRecord) as caught:
        read_record(payload)
    assert caught.value.reason == reason


@given(hashes, times, ids)
def test_receipts_are_read_as_they_were_written(sha256: bytes, at: int, name: str) -> None:
    receipt = Receipt(sha256, at, name)
    assert read_receipt(cbor.decode(cbor.encode(receipt_payload(receipt)))) == receipt


def test_the_golden_record_is_written_again_byte_for_byte() -> None:
    record = golden()
    assert cbor.encode(payload_of(record)).hex() == VECTOR["payload_hex"]
    signed = cose.sign(token_maker.KID, bytes.fromhex(VECTOR["payload_hex"]), token_maker.DEVICE)
    assert signed.hex() == VECTOR["sign1_hex"]
    said = {name: getattr(record, name) for name in VECTOR["record"] if name != "photos"}
    said["stamp_sha256"] = (record.stamp_sha256 or b"").hex()
    said["photos"] = [{**vars(one), "sha256": one.sha256.hex()} for one in record.photos]
    assert said == VECTOR["record"]


def test_the_golden_correction_is_written_again_byte_for_byte() -> None:
    found = read_record(cbor.decode(bytes.fromhex(CORRECTION["payload_hex"])))
    assert cbor.encode(payload_of(found)).hex() == CORRECTION["payload_hex"]
    signed = cose.sign(token_maker.KID, cbor.encode(payload_of(found)), token_maker.DEVICE)
    assert signed.hex() == CORRECTION["sign1_hex"]
    assert (found.photos, found.replaces) == ((), golden().id)
    kept = ("id", "captured_at", "board", "photos", "replaces")
    same = {name: getattr(golden(), name) for name in kept}
    assert replace(found, **same) == golden(), "all else is as in the record that it corrects"


def test_the_golden_receipts_are_read() -> None:
    for name in ("record_receipt", "photo_receipt"):
        found = read_receipt(cbor.decode(bytes.fromhex(VECTOR[name]["payload_hex"])))
        assert found.sha256.hex() == VECTOR[name]["sha256"]
        assert (found.stored_at, found.id) == (VECTOR[name]["stored_at"], VECTOR[name]["id"])
        assert cbor.encode(receipt_payload(found)).hex() == VECTOR[name]["payload_hex"]


def test_the_site_is_the_first_field_that_is_filled_in() -> None:
    assert site_of({"공사명": " ", "위치": " 중앙동 "}, "창원시") == "중앙동"
    assert site_of({"공사명": ""}, "창원시") == "창원시"
    assert site_of({}, None) == ""
    assert json.loads(board_text({"가": "나"})) == {"가": "나"}
    assert replace(golden(), place=None).place is None
