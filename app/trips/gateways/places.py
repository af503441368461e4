"""The name of a place, from the installed boundaries: no position leaves the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import shapely

from app.trips.gateways.boundaries import EMD, SIGUNGU, level, sido_name, sigungu_name

# Piers, breakwaters and rocks lie just outside the drawn towns: some 200 m.
SHORE_DEGREES: Final = 0.002
SEJONG: Final = "세종특별자치시"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point lies; `emd` is None on new land that has no town drawn yet."""

    name: str
    sido: str
    sigungu: str
    emd: str | None
    sigungu_code: str


def warm() -> None:
    """Load the boundaries now, so that no stamp waits for them (0.2 s, 31 MB)."""
    level(EMD)
    level(SIGUNGU)


def name_place(lat: float, lon: float) -> Place | None:
    """Name the town (읍·면·동) at a WGS84 point; None at sea, abroad and for no point at all."""
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        return None
    point = shapely.Point(lon, lat)
    towns = level(EMD)
    town = towns.covering(point) or towns.nearest(point, SHORE_DEGREES)
    if town and town["sigungu"]:
        return _place(town, town["emd"])
    area = level(SIGUNGU).covering(point)
    if area:
        return _place(area, town["emd"] if town else None)
    return None


def _place(area: Mapping[str, Any], emd: str | None) -> Place:
    sido, sigungu = sido_name(area), sigungu_name(area)
    names = (sido, "" if sido == SEJONG else sigungu, emd)
    code: str = area["code"][:5]
    return Place(" ".join(filter(None, names)), sido, sigungu, emd, code)
