"""A maker of HEIC files for tests: no decode-only library can write one, and no file is kept.

The picture is HEVC in its plainest form: one intra slice, every coding unit 16 x 16 in raw samples
(I_PCM, ITU-T H.265 7.3.8.7), so the only arithmetic-coded bins are `part_mode`, `pcm_flag` and
`end_of_slice_segment_flag`. The container is ISO/IEC 23008-12: one item, or a grid of tiles that
all lie on the same bytes, so that 48 million pixels take a few kilobytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

UNIT = 16
# rangeTabLps (H.265 table 9-52), its last column: after a raw unit the range is 510.
LPS = [
    240, 227, 216, 205, 195, 185, 175, 166, 158, 150, 142, 135, 128, 122, 116, 111, 105, 100, 95,
    90, 85, 81, 77, 73, 69, 66, 62, 59, 56, 53, 51, 48, 46, 43, 41, 39, 37, 35, 33, 32, 30, 29, 27,
    26, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 14, 13, 12, 12, 11, 11, 10, 9,
]  # fmt: skip
Colour = Callable[[int, int], tuple[int, int, int]]


class Bits:
    """Bits written one after the other."""

    def __init__(self) -> None:
        """Start with none."""
        self.text: list[str] = []

    def put(self, value: int, count: int) -> Bits:
        """`count` bits of a number."""
        if count:
            self.text.append(format(value, f"0{count}b"))
        return self

    def ue(self, *values: int) -> Bits:
        """Exp-Golomb codes (H.265 9.2)."""
        for value in values:
            self.put(0, (value + 1).bit_length() - 1).put(value + 1, (value + 1).bit_length())
        return self

    def flags(self, text: str) -> Bits:
        """Bits as they are written."""
        self.text.append(text.replace(" ", ""))
        return self

    def closed(self) -> bytes:
        """Bytes, ended by a one and zeros (rbsp_trailing_bits)."""
        return aligned("".join(self.text) + "1")


def aligned(text: str) -> bytes:
    """Bits as bytes, filled with zeros."""
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8) if text else b""


def nal(kind: int, body: bytes) -> bytes:
    """A NAL unit, with emulation prevention (7.3.1)."""
    out, zeros = bytearray([kind << 1, 1]), 0
    for byte in body:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


PROFILE = struct.pack(">BIHIB", 0x03, 0x70000000, 0xB000, 0, 90)  # Main Still Picture, level 3


def parameter_sets(width: int, height: int) -> list[bytes]:
    """VPS, SPS and PPS for a picture of whole 16 x 16 units."""
    profile = format(int.from_bytes(PROFILE), "096b")
    vps = Bits().flags("0000 11 000000 000 1 1111111111111111" + profile)
    vps.flags("1").ue(0, 0, 0).put(0, 6).ue(0).flags("0 0")
    sps = Bits().flags("0000 000 1" + profile).ue(0, 1, width, height).flags("0").ue(0, 0, 4)
    sps.flags("1").ue(0, 0, 0)
    sps.ue(1, 0, 0, 2, 0, 0)  # units of 16 x 16 only, transforms of 4 to 16
    sps.flags("0 0 0 1 0111 0111").ue(1, 0).flags("1").ue(0).flags("0 0 0 1")
    sps.flags("0 0 1 101 1 1").put(1, 8).put(13, 8).put(6, 8)  # VUI as phones write it: sRGB,
    sps.flags("0 000 0 0 0 0")  # matrix of BT.601, full range
    pps = Bits().ue(0, 0).flags("0 0 000 0 0").ue(0, 0, 0).flags("0 0 0").ue(0, 0)
    pps.flags("0000000 101 0 0").ue(0).flags("0 0")  # 101: nothing is smoothed
    return [nal(32, vps.closed()), nal(33, sps.closed()), nal(34, pps.closed())]


def slice_of(width: int, height: int, colour: Colour) -> bytes:
    """The slice: `colour` gives Y, Cb, Cr of the unit at a column and row."""
    out = bytearray(Bits().flags("1 0").ue(0, 2, 0).closed())
    state, mps = 0, 1
    first = True
    columns, rows = width // UNIT, height // UNIT
    for place in range(columns * rows):
        y, cb, cr = colour(place % columns, place // columns)
        bits, state, mps = bins(first, state, mps)
        out += bits + bytes([y]) * 256 + bytes([cb]) * 64 + bytes([cr]) * 64
        first = False
    return nal(19, bytes(out) + ENDED)


def bins(first: bool, state: int, mps: int) -> tuple[bytes, int, int]:
    """One unit's arithmetic-coded bins up to its samples: [end of slice 0], part_mode 1,
    pcm_flag 1, flushed and aligned; and the context's state after them."""
    if first:  # initType 0, initValue 184, SliceQpY 26 (9.3.2.2)
        slope, offset = (184 >> 4) * 5 - 45, ((184 & 15) << 3) - 16
        before = min(126, max(1, ((slope * 26) >> 4) + offset))
        mps = int(before > 63)
        state = before - 64 if mps else 63 - before
    coder = Coder()
    if not first:
        coder.terminate(0)
    state, mps = coder.part_mode(state, mps)
    coder.terminate(1)
    return coder.flushed(), state, mps


class Coder:
    """The arithmetic encoder (9.3.4.9 read the other way), for those bins only."""

    def __init__(self) -> None:
        """As after initialisation."""
        self.low, self.range, self.outstanding, self.fresh = 0, 510, 0, True
        self.text: list[str] = []

    def part_mode(self, state: int, mps: int) -> tuple[int, int]:
        """Write a one with the context given; the context's next state."""
        lps = LPS[state]
        self.range -= lps
        if mps == 1:
            self.renorm()
            return min(state + 1, 62), mps
        self.low += self.range
        self.range = lps
        self.renorm()
        return (0, 1) if state == 0 else (max(0, state - 2), mps)

    def terminate(self, value: int) -> None:
        """Write a bin of the terminating kind."""
        self.range -= 2
        if value:
            self.low += self.range
            self.range = 2
        self.renorm()

    def renorm(self) -> None:
        """Give out the bits that are settled."""
        while self.range < 256:
            if self.low < 256:
                self.bit(0)
            elif self.low >= 512:
                self.low -= 512
                self.bit(1)
            else:
                self.low -= 256
                self.outstanding += 1
            self.range <<= 1
            self.low <<= 1

    def bit(self, value: int) -> None:
        """Give out a bit and those that waited for it."""
        if self.fresh:
            self.fresh = False
        else:
            self.text.append(str(value))
        self.text.append(str(1 - value) * self.outstanding)
        self.outstanding = 0

    def flushed(self) -> bytes:
        """The end after a terminating one: the last bits, then zeros to the byte."""
        self.bit(self.low >> 9 & 1)
        self.text.append(format(self.low >> 7 & 3 | 1, "02b"))
        return aligned("".join(self.text))


def ended() -> bytes:
    """The end of the slice: a terminating one alone, whose last bit ends the data too."""
    coder = Coder()
    coder.terminate(1)
    return coder.flushed()


ENDED = ended()


def box(name: str, *parts: bytes) -> bytes:
    """A box."""
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name.encode() + body


def full(name: str, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A full box."""
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


def heic(
    width: int, height: int, colour: Colour, *, grid: tuple[int, int] = (1, 1), turns: int = 0,
    claim: tuple[int, int] | None = None, exif: bytes = b"",
) -> bytes:  # fmt: skip
    """A HEIC file.

    Args:
        width: of one tile, a multiple of 16.
        height: of one tile, a multiple of 16.
        colour: Y, Cb, Cr of the 16 x 16 unit at a column and row of a tile.
        grid: columns and rows of tiles; every tile is the same bytes.
        turns: quarter turns anti-clockwise that the file asks for (`irot`).
        claim: what `ispe` claims instead of the true size.
        exif: a TIFF block to carry as the picture's EXIF.
    """
    sets = parameter_sets(width, height)
    picture = slice_of(width, height, colour)
    coded = struct.pack(">I", len(picture)) + picture
    count = grid[0] * grid[1]
    whole = claim or (width * grid[0], height * grid[1])
    items = [("hvc1", coded)] * count
    if count > 1:
        layout = struct.pack(">BBBBII", 0, 1, grid[1] - 1, grid[0] - 1, *whole)
        items.append(("grid", layout))
    main = len(items)
    if exif:
        items.append(("Exif", struct.pack(">I", 0) + exif))
    meta, places = meta_box(items, main, (width, height), whole, sets, turns), len(items)
    ftyp = box("ftyp", b"heic", bytes(4), b"mif1", b"heic")
    start = len(ftyp) + len(meta(bytes(16 * places))) + 8
    data, where, seen = b"", [], {}
    for number, (_, body) in enumerate(items, 1):
        if id(body) not in seen:
            seen[id(body)] = start + len(data)
            data += body
        where.append(struct.pack(">HHHHII", number, 0, 0, 1, seen[id(body)], len(body)))
    return ftyp + meta(b"".join(where)) + box("mdat", data)


def meta_box(
    items: list[tuple[str, bytes]], main: int, tile: tuple[int, int], whole: tuple[int, int],
    sets: list[bytes], turns: int,
) -> Callable[[bytes], bytes]:  # fmt: skip
    """The meta box, given where the items lie."""
    config = struct.pack(">B", 1) + PROFILE[:12] + struct.pack(
        ">HBBBBHBB", 0xF000, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0x0F, len(sets)
    )  # fmt: skip
    for kind, one in zip((32, 33, 34), sets, strict=True):
        config += struct.pack(">BHH", 0x80 | kind, 1, len(one)) + one
    tiled = main > 1
    properties = [
        box("hvcC", config), full("ispe", struct.pack(">II", *(tile if tiled else whole))),
        full("ispe", struct.pack(">II", *whole)), box("irot", bytes([turns])),
    ]  # fmt: skip
    links = [(number, [0x81, 2]) for number in range(1, main)] if tiled else []
    links.append((main, ([3] if tiled else [0x81, 2]) + ([0x84] if turns else [])))
    ipma = b"".join(struct.pack(">HB", n, len(to)) + bytes(to) for n, to in links)
    entries = b"".join(
        full("infe", struct.pack(">HH", n, 0), kind.encode() + b"\0", version=2)
        for n, (kind, _) in enumerate(items, 1)
    )
    references = b""
    if tiled:
        tiles = b"".join(struct.pack(">H", n) for n in range(1, main))
        references += box("dimg", struct.pack(">HH", main, main - 1), tiles)
    if items[-1][0] == "Exif":
        references += box("cdsc", struct.pack(">HHH", len(items), 1, main))

    def made(places: bytes) -> bytes:
        return full(
            "meta",
            full("hdlr", bytes(4), b"pict", bytes(12), b"\0"),
            full("pitm", struct.pack(">H", main)),
            full("iloc", struct.pack(">HH", 0x4400, len(items)), places, version=1),
            full("iinf", struct.pack(">H", len(items)), entries),
            full("iref", references) if references else b"",
            box("iprp", box("ipco", *properties),
                full("ipma", struct.pack(">I", len(links)), ipma)),
        )  # fmt: skip

    return made
