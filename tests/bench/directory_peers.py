"""What 누고? is compared with: a scan of the table with LIKE, and tantivy on the same tokens.

Tantivy (Rust, the family of Lucene) gets the very streams of the analyzer and answers the very
tiers of the product's plans, by the product's own way of reading a query: only the index differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

import tantivy
from sqlalchemy import text
from tantivy import Occur, Query

from app.core import db
from app.directory.queries import entries as entries_q
from app.directory.rules.expr import Expr, Phrase, Prefix, visit
from app.directory.service import index, reading

HEAP: Final = 256_000_000
HAS: Final = (
    "(name LIKE :t{0} OR bureau LIKE :t{0} OR department LIKE :t{0} OR team LIKE :t{0}"
    " OR position LIKE :t{0} OR duty LIKE :t{0} OR phone LIKE :t{0})"
)
RANKED: Final = (
    "SELECT id FROM directory_entries WHERE {0} ORDER BY CASE WHEN name = :whole THEN 0"
    " WHEN duty LIKE :start THEN 1 WHEN department LIKE :any THEN 2"
    " WHEN duty LIKE :any THEN 3 ELSE 4 END, id LIMIT 50"
)


def like(query: str) -> list[int]:
    """The ids of 50 rows that have each word somewhere: those with that name first, then duties
    that begin with it, departments and duties that have it."""
    words = query.split() or [query]
    has = " AND ".join(HAS.format(place) for place in range(len(words)))
    given = {f"t{place}": f"%{word}%" for place, word in enumerate(words)}
    given |= {"whole": query, "start": f"{query}%", "any": f"%{query}%"}
    return db.values(text(RANKED.format(has)), given)


class Tantivy:
    """The same streams in an index of tantivy."""

    def __init__(self, folder: Path) -> None:
        """Build it from the directory of the application in use."""
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("x", tokenizer_name="whitespace", index_option="position")
        builder.add_integer_field("id", fast=True)
        self.schema = builder.build()
        self.folder = folder
        made = tantivy.Index(self.schema, path=str(folder))
        writer = made.writer(HEAP, 1)
        for office in entries_q.list_offices():
            added = index.analyse(entries_q.list_entries_of(office.number), office)
            for one, words in added.items():
                writer.add_document(tantivy.Document(x=words, id=one))
        writer.commit()
        writer.wait_merging_threads()
        made.reload()
        self.searcher = made.searcher()

    @property
    def mb(self) -> float:
        """The index's size in MB."""
        return sum(one.stat().st_size for one in self.folder.iterdir()) / 1e6

    def query(self, expr: Expr) -> Query:
        """A plan's expression as tantivy's."""
        return visit(expr, self._leaf, _join)

    def _leaf(self, one: Phrase | Prefix) -> Query:
        if isinstance(one, Prefix):
            # Of tokens only: letters, digits and our marks, none of which a pattern reads (^ is
            # no prefix's mark).
            return Query.regex_query(self.schema, "x", f"{one.start}.*")
        if len(one.tokens) == 1:
            return Query.term_query(self.schema, "x", one.tokens[0], "position")
        return Query.phrase_query(self.schema, "x", list(one.tokens))

    def ids(self, query: Query, most: int) -> list[int]:
        """The ids of the first hits."""
        hits = self.searcher.search(query, most, count=False).hits
        found = self.searcher.fast_field_values("id", [place for _, place in hits])
        return [one for one in found if isinstance(one, int)]

    @contextmanager
    def answering(self) -> Iterator[None]:
        """The product's search asks tantivy inside, and not its own index."""
        with (
            patch.object(reading.fts5, "match", self.query),
            patch.object(reading.matches, "list_ids", self.ids),
        ):
            yield


def _join(word: str, parts: list[Query]) -> Query:
    occur = Occur.Must if word == "AND" else Occur.Should
    return Query.boolean_query([(occur, part) for part in parts])
