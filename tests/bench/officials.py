"""Invented officials of the 243 shipped offices: the same for the same count and seed.

What makes real pages hard is in it: half the names hidden (in four ways, by office), spaces that
come and go inside a duty, lists with commas, bullets and lines, telephones in several forms or
without area code, positions inside other fields, offices of very different size, duties that many
have and duties that one has.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.directory.gateways.catalogue import Shipped, read_offices
from app.directory.rules.row import Row
from tests.bench.official_words import (
    ACTIONS,
    DOMAINS,
    GIVEN,
    POSITIONS,
    SHARED,
    SURNAMES,
)

COUNT, SEED = 400_000, 20_261_126
MASKED = 0.5  # the share of offices that hide names
BETWEEN = (", ", "\n- ", "\n○ ", " / ", "\n", ", ", "\n", "; ")
MASKS = ("{}○○", "{}OO", "{}**", "")
PHONES = ("{0}-{1}-{2}", "{0}-{1}-{2}", "{0}){1}-{2}", "{1}-{2}", "{0}.{1}.{2}", "{0} {1} {2}")
ORDINALS = ("1", "2", "1", "")
WEIGHT = {"sido": 2.6, "sigungu": 1.0, "other": 1.0}


@dataclass(frozen=True)
class Domain:
    """A field of work: its bureau, the names its departments have, its duties by frequency."""

    bureau: str
    departments: tuple[str, ...]
    duties: tuple[str, ...]


@dataclass(frozen=True)
class Habits:
    """How one office writes."""

    mask: str | None
    phone: str
    between: str
    joined: float  # the share of duties that it writes without spaces
    bureaus: bool
    exchange: int


@cache
def domains() -> tuple[Domain, ...]:
    """Every field of work."""
    lines = (line.split("|") for line in DOMAINS.splitlines())
    return tuple(
        Domain(bureau, tuple(names.split()), tuple(duties.split(",")))
        for bureau, names, duties in lines
    )


@cache
def terms() -> tuple[str, ...]:
    """Every duty that somebody may have, with its joints as spaces; thousands of them."""
    bare = [duty for domain in domains() for duty in domain.duties]
    more = [f"{duty} {action}" for duty in bare for action in ACTIONS[1:3]]
    return (*bare, *more, *SHARED)


def sizes(count: int, seed: int = SEED) -> dict[int, int]:
    """How many people each office has, by its number; all together the count."""
    chance = random.Random(f"sizes {seed}")  # noqa: S311  repeatable on purpose
    weights = {one.number: WEIGHT[one.kind] * chance.uniform(0.5, 1.6) for one in read_offices()}
    whole, made = sum(weights.values()), {}
    for number, weight in weights.items():
        made[number] = int(count * weight / whole)
    for number in sorted(made)[: count - sum(made.values())]:
        made[number] += 1
    return made


def rows(count: int = COUNT, seed: int = SEED) -> Iterator[tuple[int, Row]]:
    """That many people, office by office in the order of their number."""
    many = sizes(count, seed)
    for office in read_offices():
        for row in office_rows(office, many[office.number], seed):
            yield office.number, row


def office_rows(office: Shipped, count: int, seed: int = SEED) -> Iterator[Row]:
    """The people of one office, team by team; the first ones are the same for any count."""
    chance = random.Random(f"{seed} {office.number}")  # noqa: S311
    habits, place, turn = _habits(chance, office), 0, 0
    order = chance.sample(domains(), len(domains()))
    while place < count:
        domain = order[turn % len(order)]
        department = chance.choice(domain.departments)
        if turn >= len(order):
            department = department.replace("과", f"{turn // len(order) + 1}과", 1)
        for row in _department(chance, habits, domain, department):
            if place >= count:
                return
            place += 1
            yield Row(*(*row, f"row {place + 1}"))
        turn += 1


def _habits(chance: random.Random, office: Shipped) -> Habits:
    hidden = chance.random() < MASKED
    phone = chance.choice(PHONES).format(office.area_code, "{exchange}", "{last}")
    return Habits(
        chance.choice(MASKS) if hidden else None, phone, chance.choice(BETWEEN),
        chance.choice((0.05, 0.3, 0.7)), chance.random() < 0.6, chance.randint(200, 899),
    )  # fmt: skip


def _department(
    chance: random.Random, habits: Habits, domain: Domain, department: str
) -> Iterator[tuple[str, ...]]:
    bureau = domain.bureau if habits.bureaus else ""
    fax = _phone(chance, habits)
    head = f"{domain.duties[0].split()[0]} 업무 총괄"
    yield (
        _name(chance, habits), bureau, department, "", f"{department}장"[-6:], head,
        _phone(chance, habits), fax,
    )  # fmt: skip
    for _ in range(chance.randint(2, 5)):
        topic = _topic(chance, domain)
        team = "".join(topic.split()[:2]) + "팀"
        for seat in range(chance.randint(3, 9)):
            position = "팀장" if seat == 0 else chance.choice(POSITIONS)
            duty = f"{topic} 업무 총괄" if seat == 0 else _duty(chance, habits, domain)
            yield (
                _name(chance, habits), bureau, department, team, position, duty,
                _phone(chance, habits), fax,
            )  # fmt: skip


def _topic(chance: random.Random, domain: Domain) -> str:
    """A duty of the domain: the first ones are the commonest, the last ones rare."""
    return domain.duties[int(len(domain.duties) * chance.random() ** 1.8)]


def _duty(chance: random.Random, habits: Habits, domain: Domain) -> str:
    items = []
    for _ in range(1 + int(5 * chance.random() ** 1.5)):
        words = _topic(chance, domain)
        if chance.random() < 0.6:
            words = f"{words} {ACTIONS[int(len(ACTIONS) * chance.random() ** 1.6)]}"
        items.append(words.replace(" ", "") if chance.random() < habits.joined else words)
    if chance.random() < 0.12:
        items.append(chance.choice(SHARED))
    between = habits.between
    return (between.lstrip("\n") if between[-1] in "- ○" and between[0] == "\n" else "") + (
        between.join(items)
    )


def _name(chance: random.Random, habits: Habits) -> str:
    pick = chance.random
    surname = SURNAMES[int(len(SURNAMES) * pick() ** 2)]
    name = surname + GIVEN[int(len(GIVEN) * pick())] + GIVEN[int(len(GIVEN) * pick())]
    return name if habits.mask is None else habits.mask.format(name[0])


def _phone(chance: random.Random, habits: Habits) -> str:
    exchange = habits.exchange + int(3 * chance.random())
    last = f"{int(10_000 * chance.random()):04}"
    return habits.phone.replace("{exchange}", str(exchange)).replace("{last}", last)
