"""The build of a file is read before any codec is: what is refused there costs no process."""

from __future__ import annotations

import io
import random
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.photos.rules import anatomy, hidden, reasons
from app.photos.rules.anatomy import Anatomy, Refused, examine
from tests.photos import corpus
from tests.photos.heic_maker import box

GOOD = corpus.good()
SIZES = {"heic": (64, 32), "grid": (128, 64)}


@pytest.mark.parametrize("name", GOOD)
def test_a_whole_picture_passes(name: str) -> None:
    found = examine(GOOD[name])
    assert (found.width, found.height) == SIZES.get(name, (400, 300))


@pytest.mark.parametrize("name", GOOD)
def test_a_picture_cut_anywhere_is_refused(name: str) -> None:
    data = GOOD[name]
    for length in {*range(1, len(data), 97), len(data) - 1}:
        with pytest.raises(Refused):
            examine(data[:length])


@pytest.mark.parametrize(
    "behind",
    [
        b"", bytes(1), bytes(4096), GOOD["jpeg"], bytes(7) + GOOD["jpeg"], corpus.motion(),
        bytes(5) + corpus.motion(), GOOD["jpeg"] + corpus.motion(), corpus.sef(),
        corpus.motion() + corpus.sef(), GOOD["jpeg"] + corpus.sef(),
    ],
)  # fmt: skip
def test_what_phones_append_passes(behind: bytes) -> None:
    assert examine(GOOD["jpeg"] + behind).width == 400


@pytest.mark.parametrize(
    "behind",
    [
        b"x", b"\xff\xd8", corpus.motion()[:-1], corpus.sef()[:-1], b"SEFHSEFT",
        GOOD["jpeg"][:-2], corpus.motion() + b"x", corpus.sef() + b"x", GOOD["jpeg"] * 30,
    ],
)  # fmt: skip
def test_anything_else_behind_a_picture_is_refused(behind: bytes) -> None:
    with pytest.raises(Refused) as refused:
        examine(GOOD["jpeg"] + behind)
    assert refused.value.reason in {"trailing-data", "truncated"}


def test_the_largest_camera_frame_passes_and_a_row_more_does_not() -> None:
    assert examine(corpus.resized(GOOD["jpeg"], 8192, 6144)).shrink == 4
    with pytest.raises(Refused, match="too-many-pixels"):
        examine(corpus.resized(GOOD["jpeg"], 8192, 6145))


@pytest.mark.parametrize(
    ("longer", "by"), [(1, 1), (3627, 1), (3628, 2), (4000, 2), (4032, 2), (8160, 4), (65500, 8)]
)
def test_a_jpeg_is_shrunk_by_its_decoder(longer: int, by: int) -> None:
    assert anatomy.shrink_of(longer) == by


def test_readers_open_what_is_woven_into_the_corpus() -> None:
    """Else the tests of it would show nothing."""
    with zipfile.ZipFile(io.BytesIO(corpus.woven())) as found:
        assert found.read(found.namelist()[0]) == corpus.SECRET


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_as_many_scans_as_encoders_make_pass(mode: str) -> None:
    data = corpus.saved(corpus.plain(mode=mode), progressive=True)
    scans = data.count(b"\xff\xda")
    assert scans == {"L": 6, "RGB": 10, "CMYK": 18}[mode] <= anatomy.MOST_SCANS
    assert examine(data).width == 400


def test_chance_does_not_write_a_hidden_file() -> None:
    """A directory's mark alone, which stands in every hundredth large photo, or an end's alone."""
    for mark in (b"PK\1\2", b"PK\5\6\7\7\7\7\7\7\7\7\7\7\7\7\7\7", b"PK\3\4\xee\xee", b"%PDF-1.7"):
        assert not hidden.hides_a_file(bytes(2000) + mark + bytes(2000))


def test_every_reason_has_words() -> None:
    asked = {reason for _, _, reason in corpus.hostile()}
    assert asked <= reasons.WORDS.keys()
    assert reasons.words_of(None) == reasons.words_of("damaged")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.randoms(use_true_random=False))
def test_a_mutated_picture_passes_or_is_refused_for_a_known_reason(
    name: str, chance: random.Random
) -> None:
    found = outcome(corpus.mutated(GOOD[name], chance))
    if isinstance(found, Refused):
        assert found.reason in reasons.WORDS
    else:
        assert 0 < found.width * found.height <= anatomy.MOST_PIXELS


def outcome(data: bytes) -> Anatomy | Refused:
    """What is found, or the refusal; anything else that is raised fails the test."""
    try:
        return examine(data)
    except Refused as refused:
        return refused


META = box("ftyp", b"heic", bytes(4), b"mif1", b"heic")
ISPE = b"\0\0\0\x14ispe\0\0\0\0" + bytes(8)


@pytest.mark.parametrize(
    "data",
    [
        GOOD["jpeg"] + bytes(39 * 2**20) + b"x", GOOD["jpeg"][:-2] + b"\xff" * (39 * 2**20),
        GOOD["jpeg"][:-2] + b"\xff\0" * (39 * 2**19) + b"x", GOOD["jpeg"][:-2] + b"PK\3\4" * 10**7,
        META + box("meta", ISPE * (39 * 2**20 // 20)) + box("mdat"),
        META + box("meta", bytes(39 * 2**20)) + box("mdat"),
    ],
)  # fmt: skip
def test_the_largest_file_holds_up_nobody(data: bytes) -> None:
    """While a file is read here, no other thread of the worker runs."""
    began = time.process_time()
    with pytest.raises(Refused):
        examine(data)
    assert time.process_time() - began < 2.5


@pytest.mark.parametrize("start", [b"\xff\xd8\xff", GOOD["jpeg"][:-2], GOOD["png"][:33]])
@pytest.mark.parametrize(
    "filling", [b"\xff", b"\0", b"\xff\x00", b"\xff\xd8", b"\0\0\0\0IDAT\0\0\0\0"]
)
def test_a_long_file_is_read_in_a_moment(start: bytes, filling: bytes) -> None:
    data = start + filling * (4 * 2**20 // len(filling))
    with pytest.raises(Refused):
        examine(data)
