"""What the derivatives look like: upright, of the right size and colour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from app.photos.gateways import imaging
from app.photos.gateways.imaging import Made
from tests.photos import corpus
from tests.photos.heic_maker import heic

NEAR = 24


def make(data: bytes, folder: Path) -> Made:
    """Run a file through the whole path."""
    (folder / "source").write_bytes(data)
    (folder / "work").mkdir()
    return imaging.make(folder / "source", folder / "work")


def corners(picture: Image.Image) -> list[tuple[int, int, int]]:
    """The colours in the middles of the quarters."""
    width, height = picture.size
    spots = [(width * x // 4, height * y // 4) for y in (1, 3) for x in (1, 3)]
    return [picture.getpixel(spot) for spot in spots]  # type: ignore[misc]


def assert_corners(made: Made, wanted: list[tuple[int, int, int]]) -> None:
    """Both derivatives show these colours in their quarters."""
    for file in made.files.values():
        with Image.open(file) as picture:
            assert picture.mode == "RGB"
            for found, colour in zip(corners(picture), wanted, strict=True):
                off = max(abs(a - b) for a, b in zip(found, colour, strict=True))
                assert off <= NEAR, (found, colour)


def sizes(made: Made) -> list[tuple[int, int]]:
    """Width and height of the large and the small one."""
    found = []
    for file in made.files.values():
        with Image.open(file) as picture:
            found.append(picture.size)
    return found


# Where the stored picture's quarters are seen, by EXIF orientation (TIFF 6.0, tag 274).
SEEN = {
    1: (0, 1, 2, 3), 2: (1, 0, 3, 2), 3: (3, 2, 1, 0), 4: (2, 3, 0, 1),
    5: (0, 2, 1, 3), 6: (2, 0, 3, 1), 7: (3, 1, 2, 0), 8: (1, 3, 0, 2),
    0: (0, 1, 2, 3), 9: (0, 1, 2, 3), 65535: (0, 1, 2, 3),
}  # fmt: skip


@pytest.mark.parametrize("orientation", SEEN)
def test_every_orientation_ends_upright(orientation: int, tmp_path: Path) -> None:
    made = make(corpus.saved(corpus.plain(), exif=corpus.exif(orientation), quality=95), tmp_path)
    lies = orientation in range(5, 9)
    assert (made.width, made.height) == ((300, 400) if lies else (400, 300))
    assert sizes(made) == ([(300, 400), (240, 320)] if lies else [(400, 300), (320, 240)])
    assert_corners(made, [corpus.CORNERS[place] for place in SEEN[orientation]])


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_kinds_are_turned_too(kind: str, tmp_path: Path) -> None:
    made = make(corpus.saved(corpus.plain(), kind, exif=corpus.exif(6)), tmp_path)
    assert_corners(made, [corpus.CORNERS[place] for place in SEEN[6]])


@pytest.mark.parametrize(
    ("turns", "seen"), [(0, SEEN[1]), (1, SEEN[8]), (2, SEEN[3]), (3, SEEN[6])]
)
def test_heic_is_turned_once(turns: int, seen: tuple[int, ...], tmp_path: Path) -> None:
    data = heic(64, 32, corpus.quarters, turns=turns, exif=corpus.exif(6)[6:])
    made = make(data, tmp_path)
    assert (made.kind, made.width) == ("heic", 32 if turns % 2 else 64)
    assert_corners(made, [corpus.CORNERS[place] for place in seen])


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        ((4032, 48), (2016, 24), (320, 4)), ((48, 4000), (24, 2000), (4, 320)),
        ((3627, 40), (2016, 22), (320, 3)), ((9000, 8), (2016, 2), (320, 1)),
        ((2016, 20), (2016, 20), (320, 3)), ((321, 100), (321, 100), (320, 100)),
        ((300, 200), (300, 200), (300, 200)), ((1, 1), (1, 1), (1, 1)),
    ],
)  # fmt: skip
def test_sizes(
    size: tuple[int, int], large: tuple[int, int], small: tuple[int, int], tmp_path: Path
) -> None:
    made = make(corpus.saved(corpus.plain(*size)), tmp_path)
    assert (made.width, made.height) == size
    got = sizes(made)
    assert all(abs(a - b) <= 1 for a, b in zip((*got[0], *got[1]), (*large, *small), strict=True))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_large_picture_is_shrunk_strip_by_strip_without_a_seam(kind: str, tmp_path: Path) -> None:
    made = make(corpus.saved(corpus.plain(4200, 1301), kind), tmp_path)
    assert sizes(made)[0] == (2016, 625)
    assert_corners(made, list(corpus.CORNERS))
    with Image.open(made.files[2016]) as picture:
        column = [picture.getpixel((100, row)) for row in range(8, 300)]
    assert max(abs(a - b) for pixel in column for a, b in zip(pixel, column[0], strict=True)) <= 6  # type: ignore[arg-type]


MODES: dict[str, Callable[[], bytes]] = {
    "cmyk": lambda: corpus.saved(corpus.plain(mode="CMYK"), quality=95),
    "palette": lambda: corpus.saved(corpus.plain().quantize(8), "PNG"),
    "alpha": lambda: corpus.saved(corpus.plain(mode="RGBA"), "PNG"),
    "profile": lambda: corpus.saved(corpus.plain(), icc_profile=corpus.icc()),
    "broken profile": lambda: corpus.saved(corpus.plain(), icc_profile=b"no profile" * 20),
    "cmyk with a profile of rgb": lambda: corpus.saved(
        corpus.plain(mode="CMYK"), icc_profile=corpus.icc(), quality=95
    ),
    "broken exif": lambda: corpus.saved(corpus.plain(), exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "huge exif": lambda: corpus.saved(corpus.plain(), exif=b"Exif\0\0" + b"MM\0*" * 16000),
}


@pytest.mark.parametrize("name", MODES)
def test_every_way_to_store_colours(name: str, tmp_path: Path) -> None:
    assert_corners(make(MODES[name](), tmp_path), list(corpus.CORNERS))


def test_what_is_transparent_shows_white(tmp_path: Path) -> None:
    picture = corpus.plain(mode="RGBA")
    picture.putalpha(0)
    made = make(corpus.saved(picture, "PNG"), tmp_path)
    assert_corners(made, [(255, 255, 255)] * 4)


@pytest.mark.parametrize("value", [0, 64, 128, 255])
def test_sixteen_bits_become_eight(value: int, tmp_path: Path) -> None:
    picture = Image.new("I;16", (40, 30), value * 257)
    made = make(corpus.saved(picture, "PNG"), tmp_path)
    with Image.open(made.files[320]) as small:
        assert abs(small.getpixel((5, 5))[0] - value) <= 2  # type: ignore[index]


def test_a_profile_other_than_srgb_is_applied(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green = lab.find(b"rXYZ"), lab.find(b"gXYZ")
    swapped = bytearray(lab)
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    data = corpus.saved(Image.new("RGB", (40, 30), (220, 20, 20)), icc_profile=bytes(swapped))
    with Image.open(make(data, tmp_path).files[320]) as small:
        pixel = small.getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[1] > pixel[0]  # what the file calls red is green by its profile
