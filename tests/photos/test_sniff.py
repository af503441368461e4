"""Kinds are told by the first bytes, and by nothing else."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.photos.rules import sniff
from app.photos.rules.sniff import kind_of
from tests.photos import corpus

# What a phone takes for HEIC must be what the server does: tests/pwa/picked.test.js reads them too.
HEADS = json.loads((Path(__file__).parent / "vectors" / "heads.json").read_bytes())["heads"]
EXPECTED = {"progressive": "jpeg", "lossless": "webp", "grid": "heic"}


def ftyp(major: bytes, *others: bytes) -> bytes:
    """The beginning of an ISO media file."""
    return struct.pack(">I", 16 + 4 * len(others)) + b"ftyp" + major + bytes(4) + b"".join(others)


@pytest.mark.parametrize("name", corpus.good())
def test_each_kind_is_told_from_its_head(name: str) -> None:
    head = corpus.good()[name][: sniff.HEAD_BYTES]
    assert kind_of(head) == EXPECTED.get(name, name)


@pytest.mark.parametrize(
    "head",
    [
        ftyp(b"heic"), ftyp(b"heix", b"mif1"), ftyp(b"hevc"), ftyp(b"heis"),
        ftyp(b"mif1", b"miaf", b"heic"), ftyp(b"msf1", b"hevc"),
    ],
)  # fmt: skip
def test_brands_of_heic(head: bytes) -> None:
    assert kind_of(head) == "heic"


@pytest.mark.parametrize(
    "head",
    [
        b"", b"\xff\xd8", b"GIF89a" + bytes(60), corpus.SVG, b"\xef\xbb\xbf" + corpus.SVG,
        b"<?xml version='1.0'?>" + corpus.SVG, b"BM" + bytes(60), b"II*\0" + bytes(60),
        b"PK\x03\x04" + bytes(60), b"%PDF-1.7", b"RIFF" + bytes(4) + b"WAVEfmt ",
        b"RIFF" + bytes(4) + b"WEBPJUNK", b"\x89PNG\r\n\x1a\n" + bytes(60),
        b" \xff\xd8\xff\xe0", ftyp(b"mp42", b"isom"), ftyp(b"avif", b"mif1"),
        ftyp(b"mif1", b"avif"), ftyp(b"qt  ", b"heic"), ftyp(b"heic")[:3],
        b"\0\0\0\x08ftypheic", b"\0\0\0\x11ftypheic" + bytes(9),
    ],
)  # fmt: skip
def test_everything_else_is_no_picture(head: bytes) -> None:
    assert kind_of(head) is None


@pytest.mark.parametrize("told", HEADS, ids=[one["name"] for one in HEADS])
def test_the_heads_that_the_phone_is_tested_with(told: dict[str, Any]) -> None:
    head = bytes.fromhex(told["head_hex"])[: sniff.HEAD_BYTES]
    assert (kind_of(head) == "heic") is told["heic"]


@given(st.binary(max_size=80))
def test_any_bytes_have_an_answer(head: bytes) -> None:
    assert kind_of(head) in {None, *sniff.KINDS}
