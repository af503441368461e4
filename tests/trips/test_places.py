"""Places and outlines from the installed boundaries: land, islands, sea, abroad, nonsense."""

from __future__ import annotations

import math
import re

import pytest

from app.trips.gateways import boundaries
from app.trips.gateways.outlines import MAX_PATH, Outline, find_outline
from app.trips.gateways.places import name_place, warm


@pytest.mark.parametrize(
    ("lat", "lon", "name", "code"),
    [
        (35.5205, 127.7252, "경상남도 함양군 함양읍", "48870"),
        (35.2540, 128.6400, "경상남도 창원시 의창구 도계동", "48121"),
        (37.6542, 127.0568, "서울특별시 노원구 상계동", "11350"),
        (36.4800, 127.2890, "세종특별자치시 보람동", "36110"),
        (35.8200, 127.1500, "전북특별자치도 전주시 완산구 경원동3가", "45111"),
        (33.4996, 126.5312, "제주특별자치도 제주시 이도이동", "50110"),
    ],
)
def test_land(lat: float, lon: float, name: str, code: str) -> None:
    place = name_place(lat, lon)
    assert place
    assert (place.name, place.sigungu_code) == (name, code)


@pytest.mark.parametrize(
    ("lat", "lon", "emd"),
    [
        (37.2426, 131.8597, "울릉읍"),  # 독도
        (34.0733, 125.1163, "흑산면"),  # 가거도
        (33.1170, 126.2680, "대정읍"),  # 마라도
        (37.9646, 124.6687, "백령면"),  # 백령도
        (34.0280, 127.3090, "삼산면"),  # 거문도
        (38.09061, 128.66548, "손양면"),  # a rock that only the village level draws
        (35.0956, 129.0425, "봉래동2가"),  # a quay that no town draws
    ],
)
def test_islands_rocks_and_quays(lat: float, lon: float, emd: str) -> None:
    place = name_place(lat, lon)
    assert place
    assert place.emd == emd


def test_new_land_has_a_municipality_but_no_town() -> None:
    place = name_place(35.06331, 128.79255)
    assert place
    assert (place.name, place.emd) == ("부산광역시 강서구", None)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (36.5, 125.0),  # the Yellow Sea
        (34.40, 129.33),  # Tsushima
        (35.68, 139.76),
        (39.03, 125.75),
        (-33.9, 151.2),
        (0.0, 0.0),
        (90.0, 0.0),
        (-90.0, 180.0),
    ],
)
def test_sea_and_abroad(lat: float, lon: float) -> None:
    assert name_place(lat, lon) is None


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(math.nan, 127.0), (35.0, math.nan), (math.inf, 127.0), (91.0, 127.0), (35.0, 181.0)],
)
def test_nonsense(lat: float, lon: float) -> None:
    assert name_place(lat, lon) is None


def test_warming_twice_loads_once() -> None:
    warm()
    tree = boundaries.level("emd").tree
    warm()
    assert boundaries.level("emd").tree is tree


def test_a_place_of_each_municipality_has_an_outline() -> None:
    """The code that a place carries finds its outline: looked at in one town of each 40."""
    towns = boundaries.level("emd")
    for shape in list(towns.shapes)[::40]:
        middle = shape.representative_point()
        place = name_place(middle.y, middle.x)
        assert place
        outline = find_outline(place.sigungu_code)
        assert outline, place
        west, south, east, north = outline.bbox
        assert west <= middle.x <= east
        assert south <= middle.y <= north


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(34.0733, 125.1163), (34.45, 127.15), (36.6114, 125.5441)],  # 가거도, 거금도, 격렬비열도
)
def test_islands_that_only_the_towns_draw_lie_in_their_outline(lat: float, lon: float) -> None:
    place = name_place(lat, lon)
    assert place
    outline = find_outline(place.sigungu_code)
    assert outline
    west, south, east, north = outline.bbox
    x = (lon - west) / (east - west) * outline.width
    y = (north - lat) / (north - south) * outline.height
    near = min(math.hypot(across - x, down - y) for across, down in corners(outline))
    assert near < 60, place


def corners(outline: Outline) -> list[tuple[int, int]]:
    """The absolute corners of a path of relative lines."""
    found: list[tuple[int, int]] = []
    for ring in outline.path.split("z")[:-1]:
        start, steps = ring[1:].split("l")
        x, y = (int(part) for part in re.findall(r"-?\d+", start))
        found.append((x, y))
        flat = [int(part) for part in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(flat[::2], flat[1::2], strict=True):
            x, y = x + dx, y + dy
            found.append((x, y))
    return found


@pytest.mark.parametrize("code", ["48870", "46910", "46130", "11110", "28720"])
def test_outlines_are_small_and_fill_their_box(code: str) -> None:
    outline = find_outline(code)
    assert outline
    assert len(outline.path) <= MAX_PATH
    assert max(outline.width, outline.height) == 1000
    assert re.fullmatch(r"(M\d+ \d+l(-?\d+[ -]?)+z)+", outline.path)
    across = [x for x, _ in corners(outline)]
    down = [y for _, y in corners(outline)]
    assert min(across) >= 0
    assert max(across) <= outline.width
    assert min(down) >= 0
    assert max(down) <= outline.height
    assert max(across) - min(across) > 0.9 * outline.width
    assert max(down) - min(down) > 0.9 * outline.height


def test_an_outline_has_the_shape_of_the_land() -> None:
    """North is up, and a kilometre is as long across as down."""
    outline = find_outline("48870")
    assert outline
    west, south, east, north = outline.bbox
    assert (round(west, 1), round(south, 1), round(east, 1), round(north, 1)) == (
        127.6, 35.3, 127.9, 35.8,
    )  # fmt: skip
    across = (east - west) * math.cos(math.radians((south + north) / 2))
    assert outline.width / outline.height == pytest.approx(across / (north - south), rel=0.01)


def test_far_islands_are_kept() -> None:
    outline = find_outline("47940")
    assert outline
    assert outline.name == "울릉군"
    assert max(x for x, _ in corners(outline)) > 0.95 * outline.width  # 독도, 90 km east


def test_unknown_codes_have_no_outline() -> None:
    assert find_outline("99999") is None
    assert find_outline("") is None


def test_names_as_people_write_them() -> None:
    changwon = find_outline("48121")
    assert changwon
    assert changwon.name == "창원시 의창구"
