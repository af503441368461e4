"""The program that decodes one picture: started by imaging.py, alone, and gone a moment later.

    decoder.main([KIND, SHRINK, SOURCE, LARGE, SMALL])    (the names of LARGE and SMALL end in .jpg)

The danger removed here: codecs are C code that reads what strangers sent. They run in no process
of ours that holds keys, database or network: this program imports nothing of the application,
limits itself before it reads a byte, and once its files are open it can open nothing more, no file
and no socket. What it may cost (memory, processor, size of what it writes) the kernel holds.

It prints one line of JSON: kind, width and height (upright) and peak_kb, or reason and peak_kb.
Whatever is not the picture's fault (a full disk) ends it with a trace and an exit code instead.

It lives for a fifth of a second, so what it imports counts: a plugin when the kind needs it, no
pathlib, no json.
"""

from __future__ import annotations

import importlib
import io
import os
import resource
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Any

from PIL import Image, JpegImagePlugin

MEMORY_BYTES = 300 * 10**6
CPU_S = 20
FILE_BYTES = 16 * 2**20
MOST_PIXELS = 8192 * 6144
MOST_PROFILE_BYTES = 4 * 2**20
SIDES = {"large": (2016, 82), "small": (320, 75)}
STRIP = 64
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
Rows = Callable[[int, int], Image.Image]


class Unfit(Exception):
    """The picture cannot be decoded within the limits; the message is the reason."""


def limit() -> None:
    """Let the kernel hold what this process may take; before anything is read."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    # The soft limit's signal tells why it ended; the hard one's could be anybody's.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 2))


def shut() -> None:
    """From here on nothing can be opened: no descriptor number is left for it, so no socket
    either. What is open stays open."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def check_size(size: tuple[int, int]) -> None:
    """Refuse a picture by its header.

    Raises:
        Unfit: too many pixels.
    """
    if size[0] * size[1] > MOST_PIXELS:
        raise Unfit("too-many-pixels")


def open_plain(kind: str, file: IO[bytes]) -> Any:
    """Read the header of a JPEG or PNG, which Pillow does in Python, and fetch what it calls for;
    then shut, and for WebP read the header after that."""
    if kind == "webp":
        plugin = importlib.import_module("PIL.WebPImagePlugin")
        for name in ("PIL.ImageCms", "PIL.TiffImagePlugin"):
            importlib.import_module(name)
        shut()
        return plugin.WebPImageFile(file)
    picture: Any
    if kind == "jpeg":
        picture = JpegImagePlugin.JpegImageFile(file)
    else:
        picture = importlib.import_module("PIL.PngImagePlugin").PngImageFile(file)
    if kind == "png" or "exif" in picture.info:
        importlib.import_module("PIL.TiffImagePlugin")  # reads EXIF
    if picture.info.get("icc_profile"):
        importlib.import_module("PIL.ImageCms")
    shut()
    return picture


def decode_plain(kind: str, file: IO[bytes], shrink: int) -> tuple[Image.Image, int, Any]:
    """Decode JPEG, PNG or WebP to about the large side; its orientation and colour profile."""
    picture = open_plain(kind, file)
    check_size(picture.size)
    if getattr(picture, "n_frames", 1) > 1:
        raise Unfit("animated")
    width, height = picture.size
    if shrink > 1:
        picture.draft(None, (max(1, width // shrink), max(1, height // shrink)))
    picture.load()
    turn = 1
    with suppress(Exception):  # whatever is wrong with EXIF, the picture is upright without it
        turn = int(picture.getexif().get(ORIENTATION, 1))
    profile = picture.info.get("icc_profile")

    def rows(top: int, bottom: int) -> Image.Image:
        cut: Image.Image = picture.crop((0, top, picture.width, bottom))
        return cut

    if picture.mode == "RGB" and max(picture.size) < 2 * SIDES["large"][0]:
        small: Image.Image = picture
    else:
        small = shrunk(rows, picture.size, keep_cmyk=bool(profile))
    small.info["size"] = (width, height)
    return small, turn, profile


def decode_heic(file: IO[bytes]) -> tuple[Image.Image, int, Any]:
    """Decode HEIC; libheif turns it upright. A grid, as phones write it, is decoded tile by tile;
    of anything else strips are cut from its own buffer, so that the picture lies in memory once."""
    pi_heif = importlib.import_module("pi_heif")
    tiles = importlib.import_module("heic_tiles")
    library = tiles.load()
    importlib.import_module("PIL.ImageCms")
    shut()
    for name in ("THUMBNAILS", "DEPTH_IMAGES", "AUX_IMAGES"):
        setattr(pi_heif.options, name, False)
    pi_heif.options.DECODE_THREADS = 1
    content = file.read()
    found = pi_heif.HeifFile(io.BytesIO(content), convert_hdr_to_8bit=True)
    picture = found._images[found.primary_index]  # noqa: SLF001
    check_size(picture.size)
    profile = picture.info.get("icc_profile")
    grid = tiles.Tiles(library, content) if library else None
    if grid and grid.serve:
        check_size(grid.size)
        small = shrunk(grid.rows, grid.size, keep_cmyk=False)
        small.info["size"] = grid.size
        return small, 1, profile
    data, stride = picture.data, picture.stride
    size, mode = picture.size, picture.mode
    check_size(size)

    def rows(top: int, bottom: int) -> Image.Image:
        part = data[top * stride : bottom * stride]
        return Image.frombuffer(mode, (size[0], bottom - top), part, "raw", mode, stride, 1)

    small = shrunk(rows, size, keep_cmyk=False)
    small.info["size"] = size
    return small, 1, profile


def shrunk(rows: Rows, size: tuple[int, int], *, keep_cmyk: bool) -> Image.Image:
    """A picture in RGB, strip by strip, its sides divided by what brings the longer one near the
    large side: only the decoded picture lies in memory whole."""
    by = max(1, max(size) // SIDES["large"][0])
    target: Image.Image | None = None
    for top in range(0, size[1], STRIP * by):
        strip = plain(rows(top, min(size[1], top + STRIP * by)), keep_cmyk=keep_cmyk)
        strip = strip.reduce(by) if by > 1 else strip
        if target is None:
            target = Image.new(strip.mode, (strip.width, -(-size[1] // by)))
        target.paste(strip, (0, top // by))
    if target is None:
        raise Unfit("damaged")
    return target


def plain(strip: Image.Image, *, keep_cmyk: bool) -> Image.Image:
    """Pixels as RGB: 16 bits become 8, what is transparent shows white."""
    if strip.mode.startswith("I"):
        strip = strip.point(lambda value: value * (1 / 256)).convert("L")
    if strip.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in strip.info:
        strip = strip.convert("RGBA")
        paper = Image.new("RGB", strip.size, "white")
        paper.paste(strip, mask=strip.getchannel("A"))
        return paper
    return strip if strip.mode == "RGB" or keep_cmyk else strip.convert("RGB")


def coloured(picture: Image.Image, profile: Any) -> Image.Image:
    """The picture in sRGB; a profile that does not fit is passed over."""
    if profile and len(profile) <= MOST_PROFILE_BYTES:
        cms = importlib.import_module("PIL.ImageCms")  # there already
        with suppress(cms.PyCMSError, OSError, ValueError, TypeError):
            given = cms.ImageCmsProfile(io.BytesIO(profile))
            wanted = cms.createProfile("sRGB")
            turned = cms.profileToProfile(picture, given, wanted, outputMode="RGB")
            picture = turned or picture
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def fitted(picture: Image.Image, side: int) -> Image.Image:
    """The picture with its longer side at most `side`; never enlarged."""
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def write(picture: Image.Image, turn: int, quality: int, file: IO[bytes]) -> None:
    """Turn it upright and encode it; nothing but pixels goes in. Without a format given, Pillow
    goes by the file's name and asks for no other plugin."""
    upright = picture.transpose(TURNS[turn]) if turn in TURNS else picture
    upright.info = {}
    upright.save(file, quality=quality)
    file.flush()


def work(kind: str, shrink: int, source: IO[bytes], targets: Sequence[IO[bytes]]) -> dict[str, Any]:
    """Decode, shrink, write; what was found."""
    if kind == "heic":
        picture, turn, profile = decode_heic(source)
    else:
        picture, turn, profile = decode_plain(kind, source, shrink)
    width, height = picture.info["size"]
    (large, quality), (small, rough) = SIDES.values()
    picture = coloured(fitted(picture, large), profile)
    write(picture, turn, quality, targets[0])
    write(fitted(picture, small), turn, rough, targets[1])
    lies = turn in {5, 6, 7, 8}
    width, height = (height, width) if lies else (width, height)
    return {"kind": kind, "width": width, "height": height}


def reason_of(error: Exception) -> str:
    """Which reason an error of a codec is; one of the machine is raised again."""
    if isinstance(error, Unfit):
        return str(error)
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return "too-much-memory"
    if isinstance(error, OSError) and error.errno is not None:
        raise error
    return "truncated" if "truncated" in str(error) else "damaged"


def main(words: Sequence[str]) -> None:
    """Do it, print what came of it, and be gone without tidying up."""
    kind, shrink, source, *targets = words
    limit()
    given = open(source, "rb")  # noqa: PTH123, SIM115  as long as the process
    taken = [open(target, "xb") for target in targets]  # noqa: PTH123, SIM115
    status = open("/proc/self/status")  # noqa: PTH123, SIM115
    try:
        answer = work(kind, int(shrink), given, taken)
    except Exception as error:  # codecs raise whatever they like
        answer = {"reason": reason_of(error)}
    peak = next(line for line in status if line.startswith("VmHWM:"))
    answer["peak_kb"] = int(peak.split()[1])
    print(str(answer).replace("'", '"'), flush=True)  # JSON: plain words and numbers only
    os._exit(0)
