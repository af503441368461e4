"""Other ways to read a query that found nothing as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.directory.rules import hangul
from app.directory.rules.plan import LONGEST, terms_of

STOP_WORDS: Final = (
    "담당자", "담당", "담당부서", "담당공무원", "공무원", "부서", "전화번호", "전화", "연락처",
    "번호", "누구", "누구야", "어디", "직원", "문의", "알려줘",
)  # fmt: skip
PARTICLES: Final = (
    "으로부터", "에서는", "이라는", "에게서", "으로", "에서", "에게", "부터", "까지", "하는",
    "이나", "은", "는", "이", "가", "을", "를", "에", "의", "로", "와", "과", "도", "만",
)  # fmt: skip


def readings(query: str) -> Iterator[tuple[str, ...]]:
    """Other ways to read a query that found nothing, in the order in which they are tried: the
    other keyboard (before the case is lost: Rkcl is 까치), without trailing words of asking,
    without particles."""
    terms = terms_of(query)
    other = terms_of(hangul.from_keys(query[: 4 * LONGEST]))
    if other not in {(), terms} and any(map(hangul.is_syllable, "".join(other))):
        yield other
    kept = list(terms)
    while len(kept) > 1 and kept[-1] in STOP_WORDS:
        kept.pop()
    asked = tuple(kept)
    if len(asked) < len(terms):
        yield asked
    bare = tuple(map(without_particle, asked))
    if bare != asked:
        yield bare


def without_particle(term: str) -> str:
    """A term without the particle that it ends in, as long as two syllables are left."""
    ends = (one for one in PARTICLES if term.endswith(one) and len(term) - len(one) >= 2)
    return term[: -len(next(ends, "")) or None]
