"""How many hits of the commonest terms each office has, kept: counting 300,000 anew takes 60 ms.

Kept are the terms with at least 3,000 hits that are a pair, one syllable, two or three initials, an
area code, or a syllable with the initial of the next, which everybody types on the way to a word
(지ㅇ).
What is kept is always right: a change of the index changes it in the same transaction; a large one
throws it away, and the worker counts again, one term a transaction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import bindparam, delete, text, update
from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.directory.models import Count
from app.directory.queries import index as index_q
from app.directory.queries import matches
from app.directory.queries.matches import OFFICE_BITS
from app.directory.rules import fts5, hangul, plan
from app.directory.rules.plan import Words
from app.directory.service import library

LEAST = 3_000
# From so many changed rows on, counting anew is cheaper than changing.
BULK = 500
STEP = 50
_VOCABULARY = text(
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.directory_vocabulary"
    " USING fts5vocab('main', 'directory_index', 'row')"
)
_COMMON = text(
    "SELECT ltrim(term, '^@'), sum(doc) FROM temp.directory_vocabulary"
    " WHERE (term NOT LIKE '#%' OR term LIKE '#0__') AND term != '_' GROUP BY 1"
)
_SET = (
    update(Count)
    .where(Count.token == bindparam("term"))
    .values(counts=bindparam("blob"))
)  # fmt: skip


def pack(counts: Mapping[int, int]) -> bytes:
    """Counts by office as they are stored: pairs of four bytes each, big end first."""
    return b"".join(n.to_bytes(4) for pair in sorted(counts.items()) for n in pair)


def note(added: Mapping[int, str], gone: Mapping[int, str]) -> None:
    """Change what is kept as the index changes, in the same transaction.

    Args:
        added: tokens by id of rows that came.
        gone: the same of rows that went.
    """
    if len(added) + len(gone) > BULK:
        db.run(delete(Count))
        return
    kept = set(index_q.list_counted())
    changes: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for rows, sign in ((added, 1), (gone, -1)):
        for one, words in rows.items():
            for term in kept & set(terms_of(words.split(" "))):
                changes[term][one >> OFFICE_BITS] += sign
    for term, change in changes.items():
        _change(term, change)


def is_kept(term: str) -> bool:
    """Whether a term is of a kind whose counts may be kept."""
    initials = len(term) == 3 and all(map(hangul.is_consonant, term))
    return len(term) <= 2 or initials or _is_code(term)


def _is_code(term: str) -> bool:
    """Whether a term may be an area code."""
    return len(term) == 3 and term[0] == "0" and term.isdecimal()


def terms_of(words: Iterable[str]) -> Iterator[str]:
    """The terms of the kept kinds that an entry answers, by its tokens."""
    before = ""
    for token in words:
        if before[1:] == token[:1] and _is_code(whole := before + token[1:]):
            yield whole  # a number that a duty names: two pairs of digits side by side
        before = token if len(token) == 2 else ""
        if token[:1] == "#":
            if _is_code(token[1:4]):
                yield token[1:4]
            continue
        term = token.lstrip("^@")
        if len(term) > 2:  # more initials
            yield term[:3]
            continue
        lone = len(term) == 2 and hangul.is_consonant(term[1])
        if not lone or hangul.is_consonant(term[0]):  # 지ㅇ as it stands is none of its readings
            yield term
        if len(term) == 2 and hangul.is_syllable(term[1]):
            yield term[0] + hangul.initial(term[1])


def _change(term: str, change: Mapping[int, int]) -> None:
    counts = Counter(index_q.find_counts(term) or {})
    counts.update(change)
    db.run(_SET, {"term": term, "blob": pack(+counts)})


def count_when_needed() -> int:
    """Count the next of the common terms that are not counted yet; how many were done."""
    if index_q.find_state("version") is None:
        return 0
    waiting = index_q.list_uncounted(STEP)
    if not waiting:
        return _choose() if not index_q.list_counted() else 0
    version, pairs = index_q.find_state("version"), library.pairs()
    for done, term in enumerate(waiting):
        made = plan.plan((term,), Words(pairs, frozenset(), {}))
        with db.transaction():
            if index_q.find_state("version") != version:
                return done + 1  # what exists has changed: again, with the pairs of now
            counts = matches.count_by_office(fts5.match(made.everything)) if made else {}
            db.run(_SET, {"term": term, "blob": pack(counts)})
    return len(waiting)


def _choose() -> int:
    """Note which terms are common; how many."""
    with db.transaction():
        db.run(_VOCABULARY)
    often = Counter[str]()
    for term, count in db.rows(_COMMON):
        for one in set(terms_of((term,))):
            often[one] += count
    common = [term for term, count in often.items() if count >= LEAST]
    terms = [term for term in common if is_kept(term) and plan.terms_of(term) == (term,)]
    with db.transaction():
        rows = [{"token": term, "counts": None} for term in terms]
        db.run_many(insert(Count).on_conflict_do_nothing(), rows)
    return len(terms)
