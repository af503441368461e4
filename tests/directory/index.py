"""A small index in memory: SQLite's FTS5 over the analyzer's tokens, as the product asks it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from app.directory.rules import fts5, letters, plan
from app.directory.rules.expr import Expr
from app.directory.rules.plan import Words
from app.directory.rules.text import squeeze
from app.directory.rules.tokens import dictionary, stream
from tests.directory.people import Row

TABLE = f"""CREATE VIRTUAL TABLE f USING fts5(
    x, content='', detail=full, columnsize=0, tokenize="{fts5.TOKENIZER}")"""
ASK = "SELECT rowid FROM f WHERE f MATCH ?"


class Index:
    """Rows that can be asked for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Take the rows up."""
        self.base = sqlite3.connect(":memory:")
        self.base.execute(TABLE)
        self.texts = {row.id: row.text for row in rows}
        known = defaultdict[str, set[str]](set)
        for row in rows:
            tokens = stream(row.text)
            self.base.execute("INSERT INTO f(rowid, x) VALUES (?, ?)", (row.id, " ".join(tokens)))
            for pair in dictionary(tokens):
                known[pair[0]].add(pair)
        places = {
            squeeze(word)
            for row in rows
            for word in (*row.text.organisation.split(), *row.text.aliases)
        }
        pairs = {first: sorted(found) for first, found in known.items()}
        self.words = Words(pairs, places, {"아동수당": ("양육지원",)})

    def close(self) -> None:
        """Give the memory back."""
        self.base.close()

    def ask(self, expr: Expr) -> set[int]:
        """The rows of an expression."""
        return {found for (found,) in self.base.execute(ASK, (fts5.match(expr),))}

    def find(self, query: str) -> set[int]:
        """Everything that the first reading of a query finds."""
        made = plan.plan(plan.terms_of(query), self.words)
        found = set() if made is None else self.ask(made.everything)
        rough = () if made is None else made.rough
        return {one for one in found if letters.holds(self.texts[one], rough)}
