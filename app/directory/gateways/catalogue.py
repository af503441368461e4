"""The shipped list of the 17 시·도 and 226 시·군·구, with the short names people use and the area
code of their telephones."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

OFFICES = Path(__file__).parents[1] / "data" / "offices.csv"


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
