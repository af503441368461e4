"""Pictures and what pretends to be one, made by script: for the tests and for the benchmark.

Nothing here is a file of the repository, so nobody's virus scanner stops at a clone.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from PIL import Image, ImageCms

from tests.photos.heic_maker import box, heic

CORNERS = ((200, 30, 30), (30, 160, 30), (30, 30, 200), (200, 200, 40))
SECRET = b"35.2383,128.6922 Hong Gildong"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ORIENTATION, GPS = 0x0112, 0x8825


def plain(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """A picture with a colour in each quarter: top left, top right, bottom left, bottom right."""
    picture = Image.new("RGB", (width, height))
    half = (width // 2, height // 2)
    for place, colour in enumerate(CORNERS):
        at = (half[0] * (place % 2), half[1] * (place // 2))
        picture.paste(Image.new("RGB", (width - half[0], height - half[1]), colour), at)
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str = "JPEG", **given: Any) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    picture.save(out, kind, **given)
    return out.getvalue()


def exif(orientation: int = 1) -> bytes:
    """EXIF with an orientation, a position and a secret."""
    block = Image.Exif()
    block[ORIENTATION] = orientation
    block[0x010E] = SECRET.decode()
    block.get_ifd(GPS).update({1: "N", 2: (35.0, 14.0, 17.9), 3: "E", 4: (128.0, 41.0, 31.9)})
    return block.tobytes()


def icc() -> bytes:
    """An ICC profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def quarters(column: int, row: int) -> tuple[int, int, int]:
    """Y, Cb, Cr of the units of a 64 x 32 picture: red and green above, blue and yellow below."""
    colours = ((80, 102, 214), (108, 84, 72), (50, 224, 114), (182, 48, 141))
    return colours[(column >= 2) + 2 * (row >= 1)]


@cache
def good() -> dict[str, bytes]:
    """A small whole picture of each kind, with all the metadata that it can carry."""
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    carried: dict[str, Any] = {"exif": exif(), "xmp": xmp, "icc_profile": icc()}
    return {
        "jpeg": saved(plain(), comment=SECRET, **carried),
        "progressive": saved(plain(), progressive=True, subsampling=0),
        "png": saved(plain(), "PNG", exif=exif(), icc_profile=icc()),
        "webp": saved(plain(), "WEBP", **carried),
        "lossless": saved(plain(), "WEBP", lossless=True),
        "heic": heic(64, 32, quarters, exif=exif()),
        "grid": heic(64, 32, quarters, grid=(2, 2)),
    }


def chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, colour: int = 2, *, rows: int | None = None) -> bytes:
    """A PNG of zeros, without ever being in memory; `rows` only, when fewer are to be there."""
    count = height if rows is None else rows
    line = bytes(1 + width * {0: 1, 2: 3, 6: 4}[colour]) if count else b""
    packer = zlib.compressobj(6)
    packed = [packer.compress(line) for _ in range(count)]
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    data = b"".join(packed) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def resized(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header claims another size."""
    at = next(jpeg.index(mark) for mark in (b"\xff\xc0", b"\xff\xc2") if mark in jpeg)
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def archive() -> bytes:
    """A ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("../../etc/passwd", SECRET)
    return out.getvalue()


def commented(*bodies: bytes) -> bytes:
    """The JPEG with comments right behind its beginning."""
    jpeg = good()["jpeg"]
    parts = (b"\xff\xfe" + struct.pack(">H", len(body) + 2) + body for body in bodies)
    return jpeg[:2] + b"".join(parts) + jpeg[2:]


def woven(size: int = 0, behind: bytes = b"") -> bytes:
    """A JPEG that is a ZIP too, as its readers open it: the ZIP lies in a first comment, its places
    are those of the whole file, and the rest of the picture is its comment.

    Args:
        size: added to what its end says of the directory's size.
        behind: another comment behind it.
    """
    inner, before = bytearray(archive()), 2 + 4
    end = inner.rindex(b"PK\5\6")
    length, place = struct.unpack_from("<II", inner, end + 12)
    struct.pack_into("<I", inner, place + 42, before)
    struct.pack_into("<II", inner, end + 12, length + size, place + before)
    more = (behind,) if behind else ()
    rest = len(commented(bytes(inner), *more)) - before - len(inner)
    struct.pack_into("<H", inner, end + 20, rest)
    return commented(bytes(inner), *more)


def hidden() -> Iterator[tuple[str, bytes]]:
    """Archives in places where forgiving readers find them."""
    jpeg, whole = good()["jpeg"], archive()
    end = whole.rindex(b"PK\5\6")
    yield "zip in the first comment", woven()
    yield "zip before another's end", woven(behind=b"PK\5\6" + b"\xee" * 30)
    yield "zip of a wrong size", woven(1)
    yield "zip without an end", commented(whole[:end])
    yield "zip whose directory is shut", commented(b"PK\6\6" + bytes(52) + b"PK\6\7" + bytes(16)
        + b"PK\5\6" + b"\xff" * 16 + b"\0\0")  # fmt: skip
    yield "empty zip", commented(b"PK\5\6" + bytes(18))
    yield "rar far inside", commented(*[bytes(60_000)] * 40, b"Rar!\x1a\x07\1\0")
    yield "7z in a comment", commented(b"7z\xbc\xaf\x27\x1c\0\4")
    yield "cab in a comment", commented(b"MSCF\0\0\0\0" + bytes(40))
    yield "pdf far inside", commented(bytes(2000), b"%PDF-1.7\n", b"startxref\n9\n%%EOF")
    tar = bytearray(2048)
    tar[257 - 6 : 262 - 6] = b"ustar"
    yield "tar of the same beginning", commented(bytes(tar))
    disk = bytearray(60_000)
    disk[0x8000 - 6 : 0x8006 - 6] = b"\x01CD001"
    yield "iso in a comment", commented(bytes(disk))
    for mark in (b"koly\0\0\0\4\0\0\2\0", b"conectix\0\0\0\2"):
        yield f"disk image behind: {mark[:8]!r}", jpeg + mark.ljust(512, b"\0")


def motion() -> bytes:
    """What a motion photo carries behind its picture."""
    return box("ftyp", b"mp42", bytes(4), b"isom") + box("moov", bytes(40)) + box("mdat", bytes(99))


def sef() -> bytes:
    """What Samsung's camera appends."""
    data = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1764049200000"
    table = b"SEFH" + struct.pack("<IIHHII", 107, 1, 0, 0x0A01, len(data), len(data))
    return data + table + struct.pack("<I", len(table)) + b"SEFT"


def webp_claiming(width: int, height: int) -> bytes:
    """A WebP whose canvas claims a size."""
    inner = good()["lossless"][12:]
    head = b"VP8X" + struct.pack("<IB3x", 10, 0)
    head += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(inner)) + b"WEBP" + head + inner


def animated() -> tuple[bytes, bytes]:
    """An APNG and a moving WebP."""
    frames: dict[str, Any] = {"save_all": True, "append_images": [plain().rotate(90)]}
    return saved(plain(), "PNG", **frames), saved(plain(), "WEBP", **frames)


@cache
def hostile() -> tuple[tuple[str, bytes, str], ...]:
    """Name, bytes, and the reason for which they must be refused."""
    return (*strangers(), *polyglots(), *broken(), *bombs())


def strangers() -> Iterator[tuple[str, bytes, str]]:
    """What is no picture of ours, whatever it is called."""
    jpeg = good()["jpeg"]
    yield "no bytes", b"", "empty"
    yield "too many bytes", jpeg + bytes(40 * 2**20), "too-many-bytes"
    for name, body in (
        ("one byte", b"\xff"), ("svg", SVG), ("html", b"<html><img src=x>"),
        ("gif", saved(plain(mode="P"), "GIF")), ("bmp", saved(plain(), "BMP")),
        ("tiff", saved(plain(), "TIFF")), ("zip", archive()), ("zip before jpeg", archive() + jpeg),
        ("svg before jpeg", SVG + jpeg), ("jpeg after a byte", b"\0" + jpeg),
        ("avif", box("ftyp", b"avif", bytes(4), b"mif1")), ("elf", b"\x7fELF" + bytes(99)),
        ("a path for a picture", b"../../../etc/passwd\0.jpg"), ("postscript", b"%!PS-Adobe\n"),
        ("zeros", bytes(2**20)),
    ):  # fmt: skip
        yield name, body, "not-a-picture"


def polyglots() -> Iterator[tuple[str, bytes, str]]:
    """Pictures that are another file too, and moving ones."""
    jpeg = good()["jpeg"]
    for kind, body in good().items():
        yield f"{kind} with a zip behind", body + archive(), "hidden-file"
        yield f"{kind} with a script behind", body + b"<script>alert(1)</script>", "trailing-data"
        yield f"{kind} with a program behind", body + b"\x7fELF" + bytes(99), "trailing-data"
    yield "zip in a comment", saved(plain(), comment=archive()), "hidden-file"
    yield "zip behind a motion photo", jpeg + motion() + archive(), "hidden-file"
    yield "script behind a second jpeg", jpeg + jpeg + b"<script>", "trailing-data"
    yield "pdf in a comment", saved(plain(), comment=b"%PDF-1.7\n"), "hidden-file"
    yield "rar behind", jpeg + b"Rar!\x1a\x07\0", "hidden-file"
    for name, body in hidden():
        yield name, body, "hidden-file"
    for name, body in zip(("apng", "moving webp"), animated(), strict=True):
        yield name, body, "animated"


def broken() -> Iterator[tuple[str, bytes, str]]:
    """Pictures cut short, damaged, or written in a way that is not read here."""
    jpeg, small = good()["jpeg"], good()["png"]
    for kind, body in good().items():
        for tenth in range(1, 10):
            yield f"{kind} cut at {tenth}0 %", body[: max(40, len(body) * tenth // 10)], "truncated"
        yield f"{kind} without its last byte", body[:-1], "truncated"
    yield "png with a wrong sum", small[:40] + bytes([small[40] ^ 1]) + small[41:], "damaged"
    yield "jpeg of no height", resized(jpeg, 400, 0), "damaged"
    yield "jpeg without a picture", b"\xff\xd8\xff\xd9", "damaged"
    frame = b"\xff\xc0\0\x11"
    yield "jpeg of 12 bits", jpeg.replace(frame + b"\x08", frame + b"\x0c"), "unsupported"
    yield "lossless jpeg", jpeg.replace(frame, b"\xff\xc3\0\x11"), "unsupported"
    yield "heic of another size", heic(64, 32, quarters, claim=(5000, 4000)), "damaged"


def bombs() -> Iterator[tuple[str, bytes, str]]:
    """Small files that claim to be, or are, very large."""
    jpeg, progressive = good()["jpeg"], good()["progressive"]
    many = "too-many-pixels"
    yield "jpeg of 200 MP", resized(jpeg, 16384, 12288), many
    yield "jpeg of 4 gigapixels", resized(jpeg, 65535, 65535), many
    yield "png of 200 MP", png(16384, 12288, 0, rows=640), many
    yield "png that claims 4 exapixels", png(2**31 - 1, 2**31 - 1, rows=0), many
    yield "webp of 268 MP", webp_claiming(16384, 16384), many
    yield "heic of 200 MP", heic(64, 32, quarters, claim=(16384, 12288)), many
    yield "heic grid of 201 MP", heic(1024, 768, quarters, grid=(16, 16)), many
    yield "one row more than 50 MP", resized(jpeg, 8192, 6145), many
    yield "progressive jpeg of 50 MP", resized(progressive, 8192, 6144), "too-much-memory"
    yield "webp of 50 MP", webp_claiming(8192, 6144), "too-much-memory"
    yield "a thousand scans", scans(1000), "too-slow"
    yield "more scans than any encoder makes", scans(12), "too-slow"
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(8 * 2**20)))
    small = good()["png"]
    yield "text that unfolds", small[:33] + text + small[33:], "damaged"


def scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    jpeg = good()["progressive"]
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:last] + jpeg[last:-2] * count + b"\xff\xd9"


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with some of its bytes changed, cut out, doubled or moved."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(out)), chance.randint(1, 64)
        match chance.randrange(4):
            case 0:
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                out[at : at + length] = chance.randbytes(length)
            case 2:
                del out[at : min(at + length, len(out) - 1)]
            case _:
                out[at:at] = out[at : at + length]
    return bytes(out)
