"""What the demonstration reads and writes outside the database: its story and its password."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

STORY = Path(__file__).parent / "data" / "demo.json"
OFFICIALS = STORY.parent / "demo_directory.json"
PICTURES = STORY.parent / "photos"
KEPT_IN = "demo-password"


@dataclass(frozen=True)
class Site:
    """A place to travel to: degrees in WGS84."""

    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Visit:
    """Photos of one trip: who (of the officers), how many working days ago, which of the sites.

    `photos` are (picture, phase, time of day as HH:MM); `coming` more are promised after them and
    have not come.
    """

    person: int
    back: int
    site: int
    board: dict[str, str]
    photos: tuple[tuple[str, str, str], ...]
    coming: int


@dataclass(frozen=True)
class Story:
    """The invented organisation: its office, people as (name, department, role), sites."""

    code: str
    name: str
    lat: float
    lon: float
    people: tuple[tuple[str, str, str], ...]
    sites: tuple[Site, ...]
    inquiries: tuple[tuple[str, str], ...]
    visits: tuple[Visit, ...]


@dataclass(frozen=True)
class Officials:
    """The words that the invented officials are made of; `departments` are (bureau, department,
    teams, topics)."""

    offices: list[str]
    surnames: str
    given: str
    positions: list[str]
    actions: list[str]
    departments: list[tuple[str, str, list[str], list[str]]]
    heirs: list[str]


@cache
def read_officials() -> Officials:
    """The shipped words."""
    found: dict[str, Any] = json.loads(OFFICIALS.read_text(encoding="utf-8"))
    return Officials(**found)


@cache
def read_story() -> Story:
    """The shipped story."""
    found = json.loads(STORY.read_text(encoding="utf-8"))
    office = found["organisation"]
    return Story(
        code=office["code"],
        name=office["name"],
        lat=office["lat"],
        lon=office["lon"],
        people=tuple((name, part, role) for name, part, role in found["people"]),
        sites=tuple(Site(*row) for row in found["sites"]),
        inquiries=tuple((message, contact) for message, contact in found["inquiries"]),
        visits=tuple(
            Visit(**one | {"photos": tuple(tuple(row) for row in one["photos"])})
            for one in found["visits"]
        ),
    )


def read_picture(name: str) -> bytes:
    """A shipped picture; tools/demo_pictures.py draws them."""
    return (PICTURES / f"{name}.jpg").read_bytes()


def keep_password(instance: Path, password: str) -> None:
    """Keep the demonstration's password, readable by the owner only, to print it again."""
    path = instance / KEPT_IN
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(password)


def read_password(instance: Path) -> str:
    """The demonstration's password; empty before it was loaded."""
    path = instance / KEPT_IN
    return path.read_text() if path.exists() else ""
