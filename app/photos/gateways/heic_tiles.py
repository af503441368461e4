"""The tiles of a large HEIC, decoded one after the other; of the decoding program alone.

The danger removed here: memory. Phones write a HEIC as a grid of small tiles, and libheif decodes
it into one picture: 6 bytes a pixel, which is 290 MB for the 48 million pixels of a phone. Tile by
tile it takes a row of them. pi_heif has no verb for that, so the library that it brings is called
directly, by functions that libheif has had since 1.19 and keeps compatible. Where they cannot be
found, or for what is no plain grid (more than 8 bits, transparency), pi_heif decodes the whole.
"""

from __future__ import annotations

import ctypes
import importlib
from typing import Any, ClassVar

from PIL import Image

MOST_TILE = 2048 * 2048  # pixels; cameras write 512 x 512
RGB_SPACE, RGB_TOGETHER, RGB_PLANE = 1, 10, 10
ANSWERING = (
    "heif_context_read_from_memory_without_copy", "heif_context_get_primary_image_handle",
    "heif_image_handle_get_image_tiling", "heif_image_handle_decode_image_tile",
)  # fmt: skip


class Answer(ctypes.Structure):
    """What libheif says of each step; a code of 0 is well."""

    _fields_: ClassVar = [
        ("code", ctypes.c_int), ("more", ctypes.c_int), ("words", ctypes.c_char_p)
    ]  # fmt: skip


class Grid(ctypes.Structure):
    """Where tiles stand, turned as the file asks; `top` and `left` are 0 when the first tile begins
    where the picture does."""

    _fields_: ClassVar = [
        ("version", ctypes.c_int),
        *(
            (name, ctypes.c_uint32)
            for name in (
                "columns", "rows", "tile_width", "tile_height", "width", "height", "top", "left"
            )
        ),
        ("more", ctypes.c_uint8 * 1024),  # and what later versions add
    ]  # fmt: skip


def load() -> Any:
    """libheif, as pi_heif has loaded it; None when it has not what is needed here."""
    try:
        found = ctypes.CDLL(importlib.import_module("_pi_heif").__file__)
        for name in ANSWERING:
            getattr(found, name).restype = Answer
        for name in ("heif_context_alloc", "heif_image_get_plane_readonly"):
            getattr(found, name).restype = ctypes.c_void_p
    except (OSError, AttributeError, ImportError):
        return None
    return found


def _told(answer: Answer) -> None:
    if answer.code:
        raise ValueError((answer.words or b"").decode(errors="replace"))


class Tiles:
    """A HEIC whose tiles are decoded when their rows are asked for."""

    def __init__(self, library: Any, data: bytes) -> None:
        """Read how the picture is built.

        Raises:
            ValueError: it cannot be read.
        """
        self.library, self.data = library, data  # the library reads from these bytes
        context = ctypes.c_void_p(library.heif_context_alloc())
        length = ctypes.c_size_t(len(data))
        _told(library.heif_context_read_from_memory_without_copy(context, data, length, None))
        self.handle = ctypes.c_void_p()
        _told(library.heif_context_get_primary_image_handle(context, ctypes.byref(self.handle)))
        self.grid = Grid()
        asked = library.heif_image_handle_get_image_tiling
        _told(asked(self.handle, 1, ctypes.byref(self.grid)))
        grid = self.grid
        self.size = (int(grid.width), int(grid.height))
        # Tiles stand over on one side, and after turning that may be the first. libheif 1.23 says
        # which side rightly, and by how much wrongly (the part that is inside).
        self.left = grid.columns * grid.tile_width - grid.width if grid.left else 0
        self.top = grid.rows * grid.tile_height - grid.height if grid.top else 0
        self._row, self._band = -1, Image.new("RGB", (1, 1))

    @property
    def serve(self) -> bool:
        """Whether it is a plain grid of small tiles, of which nothing is cut away."""
        coded = {
            int(getattr(self.library, f"heif_image_handle_get_ispe_{side}")(self.handle))
            for side in ("width", "height")
        }
        plain = self.library.heif_image_handle_get_luma_bits_per_pixel(self.handle) == 8
        clear = self.library.heif_image_handle_has_alpha_channel(self.handle)
        many = self.grid.columns * self.grid.rows > 1
        small = self.grid.tile_width * self.grid.tile_height <= MOST_TILE
        return bool(plain and not clear and many and small and coded == {*self.size})

    def rows(self, top: int, bottom: int) -> Image.Image:
        """The picture between two heights; from the top to the bottom, each tile is decoded once.

        Raises:
            ValueError: a tile cannot be decoded.
        """
        strip = Image.new("RGB", (self.size[0], bottom - top))
        first, tall = self.top, self.grid.tile_height
        for row in range((top + first) // tall, (bottom - 1 + first) // tall + 1):
            if row != self._row:
                self._row, self._band = row, self._decoded(row)
            strip.paste(self._band, (0, row * tall - first - top))
        return strip

    def _decoded(self, row: int) -> Image.Image:
        grid = self.grid
        self._band = band = Image.new("RGB", (self.size[0], grid.tile_height))
        for column in range(grid.columns):
            tile = ctypes.c_void_p()
            decode = self.library.heif_image_handle_decode_image_tile
            where = (ctypes.c_uint32(column), ctypes.c_uint32(row))
            _told(decode(self.handle, ctypes.byref(tile), RGB_SPACE, RGB_TOGETHER, None, *where))
            band.paste(self._pixels(tile), (column * grid.tile_width - self.left, 0))
            self.library.heif_image_release(tile)
        return band

    def _pixels(self, tile: ctypes.c_void_p) -> Image.Image:
        """A view of a tile's pixels, for as long as the tile is not released."""
        stride = ctypes.c_int()
        read = self.library.heif_image_get_plane_readonly
        start = read(tile, RGB_PLANE, ctypes.byref(stride))
        width, height = (
            int(getattr(self.library, f"heif_image_get_{side}")(tile, RGB_PLANE))
            for side in ("width", "height")
        )
        if not start or width < 1 or height < 1:
            raise ValueError("a tile without pixels")
        there: Any = (ctypes.c_char * (stride.value * height)).from_address(start)
        return Image.frombuffer("RGB", (width, height), there, "raw", "RGB", stride.value, 1)
