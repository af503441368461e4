"""The shipped list of the 17 시·도 and 226 시·군·구, with the short names people use and the area
code of their telephones."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
OFFICES, SOURCES = DATA / "offices.csv", DATA / "sources.json"


@dataclass(frozen=True)
class Shipped:
    """One office of the list."""

    number: int
    name: str
    sido: str
    kind: str
    aliases: tuple[str, ...]
    area_code: str


def read_offices() -> list[Shipped]:
    """The whole list, provinces before their cities and counties."""
    with OFFICES.open(encoding="utf-8", newline="") as file:
        return [
            Shipped(
                int(row["number"]), row["name"], row["sido"], row["kind"],
                tuple(row["aliases"].split()), row["area_code"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def read_synonyms() -> list[str]:
    """The shipped groups of terms that mean the same, each with commas."""
    return (DATA / "synonyms.txt").read_text(encoding="utf-8").splitlines()


@dataclass(frozen=True)
class ShippedSource:
    """A definition that comes with the product, for an office by its name; nobody has tried it."""

    name: str
    office: str
    label: str
    definition: str


def read_sources() -> list[ShippedSource]:
    """The shipped definitions."""
    found = json.loads(SOURCES.read_text(encoding="utf-8"))
    return [
        ShippedSource(
            one["name"], one["office"], one["label"],
            json.dumps(one["definition"], ensure_ascii=False),
        )
        for one in found
    ]  # fmt: skip
