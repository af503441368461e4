"""The outline of a municipality as a small SVG path, from the installed boundaries."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely

from app.trips.gateways.boundaries import EMD, SIGUNGU, level, sigungu_name

LONGER_SIDE: Final = 1000
MAX_PATH: Final = 6000
FIRST_TOLERANCE: Final = 0.7
STEP: Final = 1.3
CORNERS: Final = 3


@dataclass(frozen=True, slots=True)
class Outline:
    """An outline in a box of `width` x `height`, y down; `bbox` is west, south, east, north.

    Equirectangular: x = (lon - west) / (east - west) * width, and y likewise from the north.
    """

    code: str
    name: str
    bbox: tuple[float, float, float, float]
    width: int
    height: int
    path: str


@lru_cache(maxsize=300)
def find_outline(code: str) -> Outline | None:
    """The outline of the municipality (시군구) with this 5-digit code; None when there is none."""
    areas = level(SIGUNGU)
    for shape, description in zip(areas.shapes, areas.descriptions, strict=True):
        if description["code"] == code:
            return _outline(code, sigungu_name(description), _with_towns(shape, code))
    return None


def _with_towns(shape: Any, code: str) -> Any:
    """Add the towns' land: the municipalities as installed lack 1,500 islands, some large."""
    towns = level(EMD)
    pairs = zip(towns.shapes, towns.descriptions, strict=True)
    parts = [town for town, description in pairs if (description["code"] or "")[:5] == code]
    return shapely.union_all([shape, *parts])


def _outline(code: str, name: str, shape: Any) -> Outline:
    west, south, east, north = (float(edge) for edge in shape.bounds)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = LONGER_SIDE / max((east - west) * squeeze, north - south)
    width = round((east - west) * squeeze * scale)
    height = round((north - south) * scale)
    corner, factor = np.array([west, north]), np.array([squeeze * scale, -scale])
    drawn = shapely.transform(shape, lambda points: (points - corner) * factor)
    return Outline(code, name, (west, south, east, north), width, height, _small_path(drawn))


def _small_path(drawn: Any) -> str:
    """Simplify coasts and drop the smallest islands, step by step, until the path is small."""
    parts = sorted(shapely.get_parts(drawn), key=lambda part: part.area, reverse=True)
    tolerance = FIRST_TOLERANCE
    while True:
        kept = [part for part in parts if part.area >= tolerance * tolerance] or parts[:1]
        path = "".join(_part_path(part, tolerance) for part in kept)
        if len(path) <= MAX_PATH:
            return path
        tolerance *= STEP


def _part_path(part: Any, tolerance: float) -> str:
    simple = shapely.simplify(part, tolerance)
    holes = [ring for ring in simple.interiors if _area(ring) >= tolerance * tolerance]
    rings = [simple.exterior, *holes]
    return "".join(_ring_path(np.rint(shapely.get_coordinates(ring)).astype(int)) for ring in rings)


def _area(ring: Any) -> float:
    return float(shapely.area(shapely.polygons(ring)))


def _ring_path(points: Any) -> str:
    """A closed ring in relative whole steps; nothing for a ring that shrank to a line."""
    steps = np.diff(points[:-1], axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if len(steps) + 1 < CORNERS:
        return ""
    return f"M{_pairs([points[0]])}l{_pairs(steps)}z"


def _pairs(points: Iterable[Any]) -> str:
    """Numbers as SVG takes them, with a separator only where a minus sign does not separate."""
    text = " ".join(f"{x} {y}" for x, y in points)
    return text.replace(" -", "-")
