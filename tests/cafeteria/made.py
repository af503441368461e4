"""Canteens for tests."""

from __future__ import annotations

from dataclasses import dataclass

from app.cafeteria.queries import places
from app.cafeteria.service import canteens, links
from app.core.db import transaction
from tests.factories import Office
from tests.scene import Scene


@dataclass(frozen=True)
class Made:
    """A canteen and its lines."""

    canteen_id: str
    line_ids: tuple[str, ...]

    @property
    def line_id(self) -> str:
        """The first line."""
        return self.line_ids[0]


def make_canteen(
    scene: Scene, *lines: str, office: Office | None = None, name: str = "본관 식당"
) -> Made:
    """A canteen of the scene's office, or of another one."""
    at = office or scene.office
    with scene.app.app_context():
        with transaction():
            made = canteens.add_canteen(at.organisation_id, name, 600, lines or ("한식 줄",))
        return Made(made, tuple(one.id for one in places.list_lines(made)))


def make_link(scene: Scene, canteen_id: str, kind: str) -> tuple[str, str]:
    """A link's id, and what stands in its address."""
    with scene.app.app_context():
        with transaction():
            link_id = links.make_link(canteen_id, kind, "주방 전화")
        return link_id, links.text_of(link_id, kind)
