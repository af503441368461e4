"""Whether 누고? finds what it should, all of it and nothing else: 40,000 people, by brute force.

The truth of a query is found without the index: every row is looked at. Rows that come because
the last syllable may still grow are right when their keystrokes begin with those of the query.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.directory.queries import entries as entries_q
from app.directory.queries import matches
from app.directory.rules import fts5, hangul, plan
from app.directory.rules.text import segments, unmasked
from app.directory.rules.tokens import Text, phone_tokens
from app.directory.service import index, library
from app.directory.service.reading import read
from tests.bench import nation
from tests.bench.directory_queries import TYPED, Asked, queries
from tools.bench import Report

FIGURES = ("dir_recall_min", "dir_precision_min", "dir_initials_recall")
PEOPLE, COUNT = 40_000, 1000
SUBSTRING = (
    "word", "two words", "joined words", "two letters", "four letters", "other spaces", "name",
    "department", "place and word", "last four digits", "exchange and last", "whole number",
)  # fmt: skip
INITIALS = ("two initials", "three initials", "more initials")
LEFT_OUT = ("one syllable", TYPED)  # one syllable means no one word; typing is in the other classes


@dataclass(frozen=True)
class Line:
    """A row as brute force looks at it: its segments, one a line, the beginnings of its words, and
    its telephones from each group."""

    id: int
    text: str
    begins: str
    phones: str

    def has(self, term: str) -> bool:
        """Whether a term, or one that means the same, stands in a segment, or at the beginning of
        a telephone's group."""
        same = library.get().words.synonyms.get(term, ())
        return any(map(self._has, (term, *same)))

    def _has(self, term: str) -> bool:
        digits = term.isdecimal() and len(term) >= 3
        return term in self.text or (digits and f"\n{term}" in self.phones)

    def types(self, keys: str) -> bool:
        """Whether somebody who types a part of it strikes these keys first."""
        starts = range(len(self.text))
        return any(hangul.to_keys(self.text[at : at + len(keys)]).startswith(keys) for at in starts)


def line_of(row: int, entry: Text) -> Line:
    """A row's line."""
    fields = (unmasked(entry.name), entry.bureau, entry.department, entry.team, entry.duty)
    worded = [segment for one in fields for segment in segments(one)]
    others = [
        segment
        for one in (entry.position, entry.organisation, *entry.aliases)
        for segment in segments(one)
    ]
    begins = [one.text[start:] for one in worded for start in one.starts]
    phones = [one[1:] for one in phone_tokens(entry.phone, entry.area_code)]
    return Line(
        row, "\n".join(one.text for one in (*worded, *others)), _lines(begins), _lines(phones)
    )  # fmt: skip


def _lines(parts: Sequence[str]) -> str:
    return "".join(f"\n{part}" for part in parts)


def lines() -> dict[int, Line]:
    """Every row of the directory."""
    return {
        row.id: line_of(row.id, index.text_of(row, office))
        for office in entries_q.list_offices()
        for row in entries_q.list_entries_of(office.number)
    }


@dataclass
class Tally:
    """Rows of a class: wanted, wanted and found, found, found and right."""

    wanted: int = 0
    met: int = 0
    found: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The share of the wanted that was found."""
        return self.met / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        """The share of the found that is right."""
        return self.right / self.found if self.found else 1.0


def found_by(query: str) -> tuple[set[int], set[int]]:
    """All that a query finds: as it stands, and because its last syllable may grow."""
    reading = read(query, library.get())
    if not reading.tiers:
        return set(), set()
    if reading.complete and not reading.grown:
        return set(reading.ids), set()
    exact = reading.tiers[-2] if reading.grown else reading.tiers[-1]
    found = set(matches.list_ids(fts5.match(exact), -1))
    every = set(matches.list_ids(fts5.match(reading.everything), -1))
    return found, every - found


def judge(one: Asked, every: dict[int, Line], tally: Tally) -> None:
    """Ask one query and count."""
    found, grown = found_by(one.query)
    if one.kind in SUBSTRING:
        terms = plan.terms_of(one.query)
        wanted = {row for row, line in every.items() if all(map(line.has, terms))}
        *rest, last = terms
        right = found & wanted | {
            row
            for row in grown
            if all(map(every[row].has, rest)) and every[row].types(hangul.to_keys(last))
        }
    else:
        wanted = {row for row, line in every.items() if f"\n{one.meant}" in line.begins}
        right = found | grown  # initials stand for other words too
    tally.wanted += len(wanted)
    tally.met += len(wanted & (found | grown))
    tally.found += len(found | grown)
    tally.right += len(right)
    if wanted - found - grown or (one.kind in SUBSTRING and found - wanted):
        tally.missed.append(one.query)


def run(report: Report, people: int = PEOPLE, count: int = COUNT) -> None:
    """Ask, and compare with what every row says."""
    tallies = defaultdict[str, Tally](Tally)
    with nation.opened(people):
        every = lines()
        for one in queries(count):
            if one.kind not in LEFT_OUT:
                judge(one, every, tallies[one.kind])
    for kind, tally in tallies.items():
        precise = f", precision {tally.precision:.4f}" if kind in SUBSTRING else ""
        wrong = f"; not quite: {', '.join(tally.missed[:5])}" if tally.missed else ""
        report.note(
            f"{kind}: {tally.wanted} wanted rows, recall {tally.recall:.4f}{precise}{wrong}"
        )
    report.figure("dir_recall_min", min(tallies[kind].recall for kind in SUBSTRING))
    report.figure("dir_precision_min", min(tallies[kind].precision for kind in SUBSTRING))
    report.figure("dir_initials_recall", min(tallies[kind].recall for kind in INITIALS))
