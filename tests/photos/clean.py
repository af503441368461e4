"""What a derivative may be: a plain JPEG of pixels and nothing else."""

from __future__ import annotations

from PIL import Image

from app.photos.gateways.imaging import Made
from tests.photos import corpus

MOST_KB = 300_000
MARKERS = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}  # JFIF, tables, baseline frame, scan
JFIF = {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def markers(jpeg: bytes) -> list[int]:
    """The markers of a JPEG, up to its first scan and its end."""
    found, at = [jpeg[1]], 2
    while jpeg[at + 1] != 0xDA:
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return [*found, 0xDA, jpeg[-1]]


def faults(made: Made) -> list[str]:
    """What is not as it should be in the derivatives; none is the good answer."""
    found = [] if made.peak_kb <= MOST_KB else [f"{made.peak_kb} kB of memory"]
    for side, file in made.files.items():
        data = file.read_bytes()
        if set(markers(data)) != MARKERS:
            found.append(f"{side}: markers {sorted(set(markers(data)) ^ MARKERS)}")
        if corpus.SECRET in data:
            found.append(f"{side}: metadata")
        with Image.open(file) as picture:
            picture.load()
            if max(picture.size) > side or set(picture.info) - JFIF:
                found.append(f"{side}: {picture.size} {sorted(picture.info)}")
    return found
