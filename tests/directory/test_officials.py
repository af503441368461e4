"""The invented officials that figures are measured with: the same every time, and varied enough."""

from __future__ import annotations

from collections import Counter

from app.directory.gateways.catalogue import read_offices
from app.directory.rules.row import cleaned, is_masked
from tests.bench import officials


def test_the_same_seed_gives_the_same_people() -> None:
    some = list(officials.rows(5_000, seed=3))
    assert some == list(officials.rows(5_000, seed=3))
    assert some != list(officials.rows(5_000, seed=4))
    assert len(some) == 5_000
    assert {number for number, _ in some} == {one.number for one in read_offices()}


def test_they_are_varied_and_as_the_directory_keeps_them() -> None:
    some = [row for _, row in officials.rows(20_000)]
    assert all(cleaned(row) == row for row in some)
    hidden = sum(is_masked(row.name) or not row.name for row in some)
    assert 0.4 < hidden / len(some) < 0.6
    forms = Counter(" " in row.phone or "." in row.phone or ")" in row.phone for row in some)
    assert min(forms.values()) > 2_000
    assert len(officials.domains()) > 40
    assert len(set(officials.terms())) > 1_500
    together = "".join(row.duty.replace(" ", "") for row in some)
    bare = [term.replace(" ", "") for term in officials.terms()]
    assert sum(term in together for term in bare) > 1_500
