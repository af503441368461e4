"""What somebody asked the inbox for, read from an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.photos.rules import words


@dataclass(frozen=True)
class Asked:
    """How to group and what to look for; empty means any. Days are YYYY-MM-DD, Korean time."""

    group: str = "trip"
    start: str = ""
    end: str = ""
    who: str = ""
    site: str = ""
    phase: str = ""
    state: str = ""

    def chosen(self) -> dict[str, str]:
        """Everything that differs from the plain inbox, for the next address."""
        return {name: value for name, value in vars(self).items() if value != vars(PLAIN)[name]}

    @property
    def filtered(self) -> bool:
        """Whether anything but the grouping was chosen."""
        return bool(self.chosen().keys() - {"group"})


PLAIN = Asked()


def read(given: Mapping[str, str]) -> Asked:
    """What was asked for, with what is unknown left out."""
    plain = {name: given.get(name, "").strip()[:80] for name in vars(PLAIN)}
    plain["group"] = plain["group"] if plain["group"] in words.GROUPS else PLAIN.group
    plain["phase"] = plain["phase"] if plain["phase"] in words.PHASE_CHOICES else ""
    plain["state"] = plain["state"] if plain["state"] in words.STATES else ""
    for name in ("start", "end"):
        plain[name] = plain[name] if read_day(plain[name]) else ""
    return Asked(**plain)


def read_day(text: str) -> date | None:
    """The day of YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
