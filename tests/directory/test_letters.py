"""Mixtures of syllables and lone consonants: the truth, and how much of the index they may ask."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.directory.rules import expr, hangul, letters, plan
from app.directory.rules.expr import Expr
from app.directory.rules.plan import Words
from tests.directory.index import Index
from tests.directory.people import fits, people

ROWS = people(400, seed=3)
PIECES = sorted({piece for row in ROWS for piece in row.pieces if len(piece) > 1})
SOUNDS = [chr(code) for code in range(hangul.FIRST, hangul.LAST, 2 * 28)]
# A country in which every syllable stands before every other.
DENSE = Words({one: [one + other for other in SOUNDS] for one in SOUNDS}, set(), {})


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """400 officials."""
    made = Index(ROWS)
    yield made
    made.close()


@st.composite
def mixtures(draw: st.DrawFn) -> str:
    """A piece of what somebody does, up to three of its syllables by their initials only."""
    piece = draw(st.sampled_from(PIECES))
    start = draw(st.integers(0, len(piece) - 2))
    text = piece[start : start + draw(st.integers(2, 8))]
    lone = draw(st.sets(st.integers(0, len(text) - 1), min_size=1, max_size=3))
    made = "".join(hangul.initial(one) if at in lone else one for at, one in enumerate(text))
    other = draw(st.sampled_from(("", "", "업무", "ㅊ년")))
    return f"{made} {other}".strip()


@pytest.mark.parametrize("most", [letters.MOST_SPELLED, 0], ids=["few ways", "all looked at"])
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=mixtures())
def test_a_mixture_finds_what_brute_force_finds(index: Index, most: int, query: str) -> None:
    terms = plan.terms_of(query)
    mixed = [one for one in terms if not all(map(hangul.is_consonant, one))]
    wanted = {
        row.id
        for row in ROWS
        if all(any(fits(term, piece) for piece in row.pieces) for term in mixed)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "MOST_SPELLED", most)
        found = index.find(query)
    assert found == wanted if len(mixed) == len(terms) else found <= wanted


def leaves(one: Expr) -> int:
    """How many lists of an index an expression reads."""
    return expr.visit(one, lambda _: 1, lambda _, parts: sum(parts))


LETTERS = "ㄱㄴㅂㅅㅇㅈ" * 4 + "".join(SOUNDS[::27])


@settings(max_examples=300)
@given(st.text(LETTERS, min_size=2, max_size=12))
def test_no_mixture_reads_many_lists(typed: str) -> None:
    made = plan.plan(plan.terms_of(typed), DENSE)
    assert made is not None
    assert leaves(made.everything) <= letters.MOST_PAIRS
    assert len(made.tiers) <= (2 if made.rough else 4)


@pytest.mark.parametrize("typed", ["ㄱ가ㄱ", "ㄱㄱ가", "가ㄱㄱ", "가ㄱㄱㄱ", "가ㄱ가ㄱ가ㄱ"])
def test_what_may_be_too_much_is_looked_at(typed: str) -> None:
    made = plan.plan((typed,), DENSE)
    assert made is not None
    assert made.rough == (typed,)
    assert plan.plan((f"{typed}ㄱㄱㄱ",), DENSE).rough == ()  # type: ignore[union-attr]


def test_six_of_them_together_are_bounded_too() -> None:
    chance = random.Random(5)  # noqa: S311  repeatable on purpose
    for _ in range(200):
        typed = " ".join("".join(chance.choices(LETTERS, k=6)) for _ in range(6))
        made = plan.plan(plan.terms_of(typed), DENSE)
        assert made is not None
        assert sum(map(leaves, made.tiers)) <= plan.MOST_TERMS * letters.MOST_PAIRS
