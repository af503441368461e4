"""What a process keeps of the directory in memory: the offices, and the words a plan needs.

Another process may change the index at any moment; its version, asked with each search, says so.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeVar

from flask import current_app

from app.core import clock
from app.directory.queries import entries as entries_q
from app.directory.queries import index as index_q
from app.directory.queries.entries import OfficeRow
from app.directory.rules.plan import Words
from app.directory.rules.text import squeeze

T = TypeVar("T")
KEPT_S = 60
MOST_ANSWERS = 128
MOST_DOCUMENTS = 1_024
_READING = threading.Lock()


class Shelf:
    """The last of what was made, by what it was made for."""

    def __init__(self, most: int) -> None:
        """Room for so many."""
        self._most = most
        self._made = OrderedDict[Hashable, Any]()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Any:
        """What was made for a key, or None."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
            return self._made.get(key)

    def take(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a key, or is made now; never None."""
        found: T | None = self.find(key)
        if found is not None:
            return found
        made = make()
        self.put(key, made)
        return made

    def put(self, key: Hashable, made: object) -> None:
        """Keep what was made for a key."""
        with self._lock:
            self._made[key] = made
            if len(self._made) > self._most:
                self._made.popitem(last=False)

    def clear(self) -> None:
        """Keep nothing of it."""
        with self._lock:
            self._made.clear()


@dataclass
class Library:
    """Offices by number, provinces by an office's name and words of one version of the index, and
    what was answered from it: what was found, for the next page of it, and documents, for the next
    person who asks the same. The words have a version of their own: most changes bring none."""

    version: int | None
    words_version: int | None
    read_at: int
    offices: Mapping[int, OfficeRow]
    words: Words
    sidos: Mapping[str, str]
    answers: Shelf = field(default_factory=lambda: Shelf(MOST_ANSWERS))
    documents: Shelf = field(default_factory=lambda: Shelf(MOST_DOCUMENTS))

    def is_of(self, version: int | None) -> bool:
        """Whether it may be used: it is of that version of the index, and was looked at of late."""
        return self.version == version and clock.now() - self.read_at <= KEPT_S


def get() -> Library:
    """The library as the index is now. Where and when offices were seen may be a minute old."""
    version = index_q.find_state("version")
    found = _kept()
    if found is not None and found.is_of(version):
        return found
    with _READING:  # one who reads it is enough: the others wait for what that one found
        found = _kept()
        if found is not None and found.is_of(version):
            return found
        newer = _read(version, found)
        if found is None or (newer.version or 0) >= (found.version or 0):
            current_app.extensions["directory_library"] = newer
    return newer


def _kept() -> Library | None:
    found: Library | None = current_app.extensions.get("directory_library")
    return found


def _read(version: int | None, before: Library | None) -> Library:
    offices = {office.number: office for office in entries_q.list_offices()}
    words_version = index_q.find_state("words")
    if before is None or before.words_version != words_version:
        words = Words(pairs(), _places(offices), synonyms())
        return Library(version, words_version, clock.now(), offices, words, _sidos(offices))
    if before.version == version and before.offices == offices:
        return replace(before, read_at=clock.now())  # with all that was answered from it
    return Library(version, words_version, clock.now(), offices, before.words, before.sidos)


def pairs() -> dict[str, list[str]]:
    """The dictionary: pairs that exist, by their first character, sorted."""
    listed = index_q.list_pairs()
    return {first: list(run) for first, run in groupby(listed, lambda one: one[0])}


def _places(offices: Mapping[int, OfficeRow]) -> frozenset[str]:
    words = (word for one in offices.values() for word in (*one.name.split(), *one.aliases))
    stems = Counter(one.short[:-1] for one in offices.values() if one.kind == "sigungu")
    alone = (stem for stem, many in stems.items() if many == 1 and len(stem) > 1)
    return frozenset(map(squeeze, (*words, *alone)))


def _sidos(offices: Mapping[int, OfficeRow]) -> dict[str, str]:
    """The province of each office by its name; not of names that are in several."""
    found = defaultdict[str, set[str]](set)
    for one in offices.values():
        found[one.name].add(one.sido)
        found[one.short].add(one.sido)
    return {name: next(iter(sidos)) for name, sidos in found.items() if len(sidos) == 1}


def synonyms() -> dict[str, tuple[str, ...]]:
    """Each term of a group with the others of it; spaces do not count."""
    found = dict[str, tuple[str, ...]]()
    for group in index_q.list_synonyms():
        terms = tuple(dict.fromkeys(filter(None, map(squeeze, group))))
        for term in terms:
            others = (*found.get(term, ()), *(one for one in terms if one != term))
            found[term] = tuple(dict.fromkeys(others))
    return found
