"""What people type into 누고?, in every class of the design, made from the people who are there.

A word is found whole, in pieces, joined with its neighbour or broken elsewhere; by initials, half
composed, on the other keyboard, with a particle, in a question. Words are typed letter by letter
too. Everything needs an application context.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.directory.queries import entries as entries_q
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.rules import hangul
from app.directory.rules.readings import STOP_WORDS
from app.directory.rules.text import digits, fold, segments, squeeze
from app.directory.rules.tokens import PHONES, phone_tokens

COUNT, SEED = 2000, 11
TYPED_SHARE = 0.16  # of the queries are a word's beginnings, letter by letter
KOREAN = re.compile("[가-힣]{2,}")
BETWEEN = re.compile(r"[\s,/·;\n○●\-]+")


@dataclass(frozen=True)
class Seen:
    """Somebody who is in the directory, and their office."""

    row: EntryRow
    office: OfficeRow

    @property
    def words(self) -> list[str]:
        """The words of the duty, of two letters at least."""
        return [word for word in BETWEEN.split(fold(self.row.duty)) if len(squeeze(word)) > 1]

    @property
    def pieces(self) -> list[str]:
        """The duty's segments, without spaces."""
        return [one.text for one in segments(self.row.duty)]


@dataclass(frozen=True)
class Asked:
    """A query, of which class it is, and the words that were meant."""

    kind: str
    query: str
    meant: str


def people(count: int, seed: int = SEED) -> list[Seen]:
    """Somebody of the directory, that many times; the larger offices more often."""
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose
    filled = [one for one in entries_q.list_offices() if one.entries]
    chosen = chance.choices(filled, [one.entries for one in filled], k=count)
    ids = [
        one.number << entries_q.OFFICE_BITS | chance.randrange(one.entries) for one in chosen
    ]  # fmt: skip
    rows = entries_q.list_entries(sorted(set(ids)))
    return [Seen(rows[one], office) for one, office in zip(ids, chosen, strict=True)]


Make = Callable[[Seen, random.Random], tuple[str, str] | None]


def _word(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    words = one.words
    return None if not words else (word := chance.choice(words), word)


def _two(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    words = one.words
    if len(words) < 2:
        return None
    pair = " ".join(chance.sample(words, 2))
    return pair, pair


def _joined(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    found = [segment for segment in segments(one.row.duty) if len(segment.starts) > 1]
    if not found:
        return None
    segment = chance.choice(found)
    places = [*segment.starts, len(segment.text)]
    at = chance.randrange(len(places) - 2)
    words = segment.text[places[at] : places[at + 2]]
    return words, words


def _piece(length: int) -> Make:
    def make(one: Seen, chance: random.Random) -> tuple[str, str] | None:
        long = [text for text in one.pieces if len(text) >= length]
        if not long:
            return None
        text = chance.choice(long)
        at = chance.randrange(len(text) - length + 1)
        return text[at : at + length], text[at : at + length]

    return make


def _spaced(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    """A duty with its space where its office has none."""
    long = [text for text in one.pieces if len(text) >= 4]
    if not long:
        return None
    text = chance.choice(long)[:10]
    at = chance.randrange(2, len(text) - 1)
    return f"{text[:at]} {text[at:]}", f"{text[:at]} {text[at:]}"


def _name(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    name = one.row.name
    return (name, name) if KOREAN.fullmatch(name) and len(name) == 3 else None


def _department(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    return one.row.department, one.row.department


def _place(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    if not one.words:
        return None
    place = chance.choice((one.office.name.split()[-1], *one.office.aliases))
    words = f"{place} {chance.choice(one.words)}"
    return words, words


def _last_four(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    number = digits(PHONES.split(fold(one.row.phone))[0])[-4:]
    return (number, number) if len(number) == 4 else None


def _exchange(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    number = digits(PHONES.split(fold(one.row.phone))[0])[-7:]
    return (f"{number[:-4]}-{number[-4:]}", number) if len(number) == 7 else None


def _whole(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    whole = phone_tokens(one.row.phone, one.office.area_code)
    if not whole or len(whole[0]) < 10:
        return None
    return one.row.phone if one.row.phone.startswith("0") else whole[0][1:], whole[0][1:]


def _initials(least: int, most: int) -> Make:
    def make(one: Seen, chance: random.Random) -> tuple[str, str] | None:
        text = squeeze(chance.choice(one.words or [""]))
        if len(text) < least or not KOREAN.fullmatch(text):
            return None
        text = text[:most]
        return hangul.initials(text), text

    return make


def _one(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    word = chance.choice(one.words or [""])
    return (word[0], word[0]) if KOREAN.match(word) else None


def _typing(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    """A word whose last syllable is half there: 창ㅇ, 창우, 상숟."""
    word = chance.choice(one.words or [""])
    if not KOREAN.fullmatch(word):
        return None
    begun = chance.randint(2, len(word))
    whole, less = hangul.to_keys(word[:begun]), hangul.to_keys(word[: begun - 1])
    keys = whole[: chance.randint(len(less) + 1, max(len(less) + 1, len(whole) - 1))]
    return hangul.from_keys(keys), word


def _keys(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    word = chance.choice(one.words or [""])
    return (hangul.to_keys(word), word) if KOREAN.fullmatch(word) else None


def _particle(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    word = chance.choice(one.words or [""])
    return (word + chance.choice(("은", "는", "을", "를", "의", "에서")), word) if word else None


def _asking(one: Seen, chance: random.Random) -> tuple[str, str] | None:
    word = chance.choice(one.words or [""])
    return (f"{word} {chance.choice(STOP_WORDS)}", word) if word else None


CLASSES: dict[str, Make] = {
    "word": _word, "two words": _two, "joined words": _joined, "two letters": _piece(2),
    "four letters": _piece(4), "other spaces": _spaced, "name": _name,
    "department": _department, "place and word": _place, "last four digits": _last_four,
    "exchange and last": _exchange, "whole number": _whole, "two initials": _initials(2, 2),
    "three initials": _initials(3, 3), "more initials": _initials(4, 6), "one syllable": _one,
    "half composed": _typing, "other keyboard": _keys, "particle": _particle,
    "question": _asking,
}  # fmt: skip
TYPED = "letter by letter"


def queries(count: int = COUNT, seed: int = SEED) -> list[Asked]:
    """That many queries, the same number of each class, in the order of the classes."""
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose
    typed = int(count * TYPED_SHARE)
    found = list[Asked]()
    for place, (kind, make) in enumerate(CLASSES.items()):
        wanted = (count - typed - len(found)) // (len(CLASSES) - place)
        found += _of_class(kind, make, wanted, chance)
    return found + _typed(count - len(found), chance)


def _of_class(kind: str, make: Make, wanted: int, chance: random.Random) -> list[Asked]:
    found = list[Asked]()
    while len(found) < wanted:
        for one in people(2 * wanted, chance.randrange(2**32)):
            made = make(one, chance)
            if made is not None and made[0]:
                found.append(Asked(kind, *made))
    return found[:wanted]


def _typed(wanted: int, chance: random.Random) -> list[Asked]:
    found = list[Asked]()
    for one in people(4 * wanted + 1, chance.randrange(2**32)):
        found += [Asked(TYPED, text, words) for words, text in keystrokes([one], chance)]
    return found[:wanted]


def keystrokes(seen: Sequence[Seen], chance: random.Random) -> list[tuple[str, str]]:
    """A word of each person and what stands in the box after each stroke on the way to it."""
    found = list[tuple[str, str]]()
    for one in seen:
        word = squeeze(chance.choice(one.words or [""]))
        if KOREAN.fullmatch(word):
            found += [(word, text) for text in typed(word)]
    return found


def typed(word: str) -> list[str]:
    """What stands in the box after each stroke, the input method's syllables included."""
    keys = hangul.to_keys(word)
    return [hangul.from_keys(keys[:end]) for end in range(1, len(keys) + 1)]
