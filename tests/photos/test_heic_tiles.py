"""A grid decoded tile by tile is the picture that libheif makes of the whole, in less memory."""

from __future__ import annotations

import io
from pathlib import Path

import pi_heif
import pytest
from PIL import Image, ImageChops

from app.photos.gateways import heic_tiles, imaging
from app.photos.gateways.heic_tiles import Tiles
from tests.photos import corpus
from tests.photos.clean import faults
from tests.photos.heic_maker import heic


def colour(column: int, row: int) -> tuple[int, int, int]:
    """Another one for each unit, so that no turn looks like another."""
    return 40 + column * 30, 100 + row * 20, 110 + column * 9


def opened(data: bytes) -> Tiles:
    """Its tiles, by the library that pi_heif brings."""
    library = heic_tiles.load()
    assert library is not None
    return Tiles(library, data)


def read(tiles: Tiles, step: int) -> Image.Image:
    """The whole picture, so many rows at a time."""
    found = Image.new("RGB", tiles.size)
    for top in range(0, tiles.size[1], step):
        found.paste(tiles.rows(top, min(tiles.size[1], top + step)), (0, top))
    return found


@pytest.mark.parametrize("mirror", [None, 0, 1])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("claim", [None, (180, 90), (170, 84), (130, 66), (192, 70)])
def test_tiles_are_the_whole(claim: tuple[int, int] | None, turns: int, mirror: int | None) -> None:
    data = heic(64, 32, colour, grid=(3, 3), turns=turns, claim=claim)
    if mirror is not None:
        data = data.replace(b"irot" + bytes([turns]), b"imir" + bytes([mirror]))
    whole = pi_heif.open_heif(io.BytesIO(data)).to_pillow()
    tiles = opened(data)
    assert tiles.serve
    assert tiles.size == whole.size
    assert ImageChops.difference(whole, read(tiles, 20)).getbbox() is None


@pytest.mark.parametrize("data", [heic(64, 32, colour), corpus.good()["heic"]])
def test_one_piece_is_no_grid(data: bytes) -> None:
    assert not opened(data).serve


def test_what_is_damaged_is_told() -> None:
    data = corpus.good()["grid"]
    with pytest.raises(ValueError, match=r"\w"):
        opened(data[:100])
    with pytest.raises(ValueError, match=r"\w"):
        read(opened(data[:-2000]), 32)


def test_a_phone_s_48_megapixels_stay_within_the_memory(tmp_path: Path) -> None:
    """8064 x 6048 in tiles of 512, held upright, as iPhones write it."""
    data = heic(512, 512, lambda x, y: (60 + x, 60 + y, 128), grid=(16, 12), turns=3,
                claim=(8064, 6048))  # fmt: skip
    (tmp_path / "source").write_bytes(data)
    (tmp_path / "work").mkdir()
    made = imaging.make(tmp_path / "source", tmp_path / "work")
    assert (made.width, made.height) == (6048, 8064)
    assert not faults(made)
    assert made.peak_kb < 200_000
