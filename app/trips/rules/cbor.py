"""The deterministic CBOR subset that stamps use, strictly (RFC 8949, section 4.2.1).

The danger it removes: an ordinary decoder accepts many spellings of one value, keeps the last of
two equal keys, and runs tag handlers on whatever an attacker sends. Then two byte strings mean the
same stamp, and one stamp can mean two things. Here a value has exactly one spelling, only the types
a stamp needs exist, and nothing but `Damaged` comes out, with the reason.

Why not cbor2: it reads leniently, and its canonical form is not this one (it sorts shorter keys
first, and writes the half floats from 32,768 on as singles). Tests hold both against each other.
"""

from __future__ import annotations

import struct
from typing import Any, Final

from app.trips.rules.refusals import Damaged

MAX_DEPTH: Final = 6
UINT, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, OTHER = range(8)
INDEFINITE: Final = 31
HALF, SINGLE, DOUBLE = 25, 26, 27
WIDTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}
FLOAT_FORMS: Final = {HALF: ">e", SINGLE: ">f", DOUBLE: ">d"}
NULL: Final = b"\xf6"
LEAST: Final = {24: 24, 25: 0x100, 26: 0x10000, 27: 0x100000000}


def encode(value: object) -> bytes:
    """Write a value in its one form: shortest integers and floats, keys sorted by their bytes."""
    if type(value) is int:
        return _write_head(UINT, value) if value >= 0 else _write_head(NEGATIVE, -1 - value)
    if type(value) is bytes:
        return _write_head(BYTES, len(value)) + value
    if type(value) is str:
        text = value.encode()
        return _write_head(TEXT, len(text)) + text
    if type(value) is list:
        return _write_head(ARRAY, len(value)) + b"".join(map(encode, value))
    if type(value) is dict:
        pairs = sorted((encode(key), encode(member)) for key, member in value.items())
        return _write_head(MAP, len(pairs)) + b"".join(map(b"".join, pairs))
    if type(value) is float:
        return _write_float(value)
    if value is None:
        return NULL
    raise TypeError(f"no form for {type(value).__name__}")


def decode(data: bytes) -> Any:
    """Read exactly one item and nothing after it.

    Gives int, float, str, bytes, list and dict only. Raises `Damaged` for everything else.
    """
    value, end = _item(data, 0, MAX_DEPTH)
    if end != len(data):
        raise Damaged("trailing-bytes")
    return value


def decode_tagged(data: bytes, tag: int) -> Any:
    """Read one item that stands under `tag`; a tag anywhere else is refused."""
    major, _, argument, start = _head(data, 0)
    if major != TAG or argument != tag:
        raise Damaged("wrong-tag")
    value, end = _item(data, start, MAX_DEPTH)
    if end != len(data):
        raise Damaged("trailing-bytes")
    return value


def to_single(number: float) -> float:
    """Round to the nearest float32. Raises `Damaged` for what float32 cannot hold."""
    try:
        rounded: float = struct.unpack(">f", struct.pack(">f", number))[0]
    except OverflowError:
        raise Damaged("out-of-range") from None
    if rounded - rounded != 0.0:
        raise Damaged("not-finite")
    return rounded


def _write_head(major: int, argument: int) -> bytes:
    first = major << 5
    if argument < LEAST[24]:
        return bytes([first | argument])
    for info, width in WIDTHS.items():
        if argument >> (8 * width) == 0:
            return bytes([first | info]) + argument.to_bytes(width, "big")
    raise OverflowError("an integer of more than 64 bits")


def _write_float(number: float) -> bytes:
    info = next(info for info, form in FLOAT_FORMS.items() if _fits(number, form))
    return bytes([OTHER << 5 | info]) + struct.pack(FLOAT_FORMS[info], number)


def _head(data: bytes, at: int) -> tuple[int, int, int, int]:
    """Read an item's head: major type, additional information, argument, next position."""
    if at >= len(data):
        raise Damaged("truncated")
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if info < 24:
        return major, info, info, at
    if info == INDEFINITE and BYTES <= major <= MAP:
        raise Damaged("not-deterministic", found="indefinite length")
    if info > 27:
        raise Damaged("not-cbor")
    end = at + WIDTHS[info]
    if end > len(data):
        raise Damaged("truncated")
    argument = int.from_bytes(data[at:end], "big")
    if major != OTHER and argument < LEAST[info]:
        raise Damaged("not-deterministic", found="long integer")
    return major, info, argument, end


def _item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """Read one item at a position; gives the value and the position after it."""
    major, info, argument, at = _head(data, at)
    if major == UINT:
        return argument, at
    if major == NEGATIVE:
        return -1 - argument, at
    if major <= TEXT:
        return _string(data, at, argument, major)
    if major == OTHER:
        return _float(info, argument), at
    if major == TAG:
        raise Damaged("unsupported-type", found="tag")
    if depth == 0:
        raise Damaged("too-deep")
    if major == ARRAY:
        items = []
        for _ in range(argument):
            value, at = _item(data, at, depth - 1)
            items.append(value)
        return items, at
    return _map(data, at, argument, depth - 1)


def _string(data: bytes, at: int, length: int, major: int) -> tuple[bytes | str, int]:
    end = at + length
    if end > len(data):
        raise Damaged("truncated")
    content = data[at:end]
    if major == BYTES:
        return content, end
    try:
        return content.decode("utf-8"), end
    except UnicodeDecodeError:
        raise Damaged("bad-utf8") from None


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[int, Any], int]:
    """Read `count` pairs whose keys are integers in ascending order of their encoded bytes."""
    pairs: dict[int, Any] = {}
    before = b""
    for _ in range(count):
        start = at
        major, _info, argument, at = _head(data, at)
        if major > NEGATIVE:
            raise Damaged("wrong-type", found="key")
        key = argument if major == UINT else -1 - argument
        spelled = data[start:at]
        if key in pairs:
            raise Damaged("duplicate-key")
        if spelled < before:
            raise Damaged("not-deterministic", found="unsorted keys")
        before = spelled
        pairs[key], at = _item(data, at, depth)
    return pairs, at


def _float(info: int, bits: int) -> float:
    """Turn the bits of a float into its value; refuses a wider form than the value needs."""
    if info not in (HALF, SINGLE, DOUBLE):
        raise Damaged("unsupported-type", found="simple value")
    number: float = struct.unpack(FLOAT_FORMS[info], bits.to_bytes(WIDTHS[info], "big"))[0]
    if number - number != 0.0:
        raise Damaged("not-finite")
    if info != HALF and _fits(number, ">e" if info == SINGLE else ">f"):
        raise Damaged("not-deterministic", found="long float")
    return number


def _fits(number: float, form: str) -> bool:
    try:
        return bool(struct.unpack(form, struct.pack(form, number))[0] == number)
    except OverflowError:
        return False
