"""A plan in the language of SQLite's FTS5 (https://www.sqlite.org/fts5.html, section 3).

Every token stands in double quotes, and no token holds one: what somebody typed can never be read
as an operator.
"""

from __future__ import annotations

from typing import Final

from app.directory.rules import expr as expr_r
from app.directory.rules.expr import Expr, Phrase, Prefix

# `ascii` splits at ASCII signs and spaces and keeps every other character; these are ours.
TOKENIZER: Final = "ascii tokenchars '#_@^'"


def match(expr: Expr) -> str:
    """The right side of MATCH."""
    return expr_r.visit(expr, _leaf, _join)


def match_but(expr: Expr, without: Expr) -> str:
    """The right side of MATCH for what one finds and the other does not."""
    return f"({match(expr)}) NOT ({match(without)})"


def _leaf(one: Phrase | Prefix) -> str:
    return f'"{one.start}"*' if isinstance(one, Prefix) else f'"{" ".join(one.tokens)}"'


def _join(word: str, parts: list[str]) -> str:
    return f"({f' {word} '.join(parts)})"
