"""People out of a page: pure, by a definition, without ever failing on what a page holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.directory.rules import api, grid, links, staff_columns, template
from app.directory.rules.definition import Definition
from app.directory.rules.found import Found, Problem, Wanted
from app.directory.rules.grid import Line, text_of
from app.directory.rules.row import Row, cleaned

MOST_ROWS: Final = 20_000
_NUMBER: Final = re.compile(r"\d[\d,]{0,9}")
_NOBODY: Final = re.compile(r"없습니다|없음|없어요|no data|no result", re.IGNORECASE)
_TELLING: Final = ("name", "position", "duty", "phone")


@dataclass(frozen=True)
class _Block:
    """A table or an element of people, and what the headings above it have named."""

    node: LexborNode
    given: dict[str, str]


@dataclass
class _Read:
    """What has been read so far."""

    rows: list[dict[str, str]]
    headers: list[str]
    fields: set[str]
    tables: int = 0
    empty: bool = False


def extract(definition: Definition, at: Wanted, url: str, text: str) -> Found:
    """Read a page.

    Args:
        definition: how.
        at: what was asked for.
        url: where it was in the end.
        text: the page.
    """
    if any(one and one in text for one in definition.faults):
        return Found(problems=(Problem("fault-words"),))
    if definition.api is not None:
        return _from_api(definition, at, url, text)
    page = LexborHTMLParser(text)
    if page.root is None:
        return Found(problems=(Problem("not-html"),))
    if at.level < len(definition.tree):
        wanted, problems = links.departments(definition, at, url, page)
        return Found(wanted=tuple(wanted), problems=tuple(problems))
    return _people(definition, at, url, page)


def _from_api(definition: Definition, at: Wanted, url: str, text: str) -> Found:
    raw, problems, total = api.read(definition, text)
    given = dict(at.given)
    rows = _finished(definition, [given | one for one in raw], at.url)
    fields = sorted({name for one in raw for name, value in one.items() if value})
    following = links.next_page(definition, at, url, None, len(rows), total)
    wanted = () if problems else tuple(following)
    return Found(tuple(rows), wanted, tuple(problems), (), tuple(fields), total)


def _people(definition: Definition, at: Wanted, url: str, page: LexborHTMLParser) -> Found:
    read = _Read([], [], set())
    for block in _blocks(definition, at, page):
        if definition.rows is not None:
            read.tables += 1
            read.rows.append(_element(definition, block, read))
        else:
            _table(definition, block, page, read)
    rows = _finished(definition, read.rows, url)
    problems = list(_problems(definition, page, read, bool(rows)))
    total = _total(definition, page)
    following = links.next_page(definition, at, url, page, len(rows))
    fatal = any(one.code in {"no-table", "no-column"} for one in problems)
    return Found(
        tuple(rows), () if fatal else tuple(following), tuple(problems), tuple(read.headers[:60]),
        tuple(sorted(read.fields)), total,
    )  # fmt: skip


def _blocks(definition: Definition, at: Wanted, page: LexborHTMLParser) -> Iterator[_Block]:
    """What holds people, in the order of the page, under its headings: a higher heading ends what
    the lower ones before it have named."""
    selector = definition.rows or (definition.table.select if definition.table else "table")
    blocks = {one.mem_id for one in page.css(selector)}
    names = list(definition.headings)
    heads = {
        node.mem_id: name for name in names for node in page.css(definition.headings[name])
    }  # fmt: skip
    given = dict(at.given)
    if not heads:
        yield from (_Block(one, given) for one in page.css(selector))
        return
    for node in page.root.traverse() if page.root is not None else ():
        name = heads.get(node.mem_id)
        if name is not None:
            lower = set(names[names.index(name) + 1 :])
            given = {key: value for key, value in given.items() if key not in lower}
            given[name] = text_of(node).replace("\n", " ")
        if node.mem_id in blocks:
            yield _Block(node, dict(given))


def _element(definition: Definition, block: _Block, read: _Read) -> dict[str, str]:
    row = dict(block.given)
    for field, source in definition.fields.items():
        value = _selected(block.node, source.select, source.attribute, definition.lines)
        row[field] = value or source.constant or row.get(field, "")
        if value:
            read.fields.add(field)
    return row


def _selected(node: LexborNode, select: str | None, attribute: str, lines: bool) -> str:
    if select is None:
        return ""
    found = node.css_first(select)
    if found is None:
        return ""
    return (found.attributes.get(attribute) or "") if attribute else text_of(found, lines)


def _table(definition: Definition, block: _Block, page: LexborHTMLParser, read: _Read) -> None:
    """Read one table, when its header is one of people."""
    lines = grid.lines_of(block.node, definition.lines)
    head, body = _divided(definition, lines, page)
    headers = grid.headers_of(head)
    wanted = {str(name): one.column for name, one in definition.fields.items() if one.column}
    columns = staff_columns.columns_of(headers, wanted)
    if len(columns) < 2:
        return
    read.tables += 1
    read.headers = read.headers or headers
    read.fields.update(columns, (name for name, one in definition.fields.items() if one.select))
    given = dict(block.given)
    for line in body:
        if line.is_wide or len(set(line.texts)) == 1 < len(line.texts):
            _wide(definition, line, given, read)
            continue
        read.rows.append(_row(definition, line, columns, given))


def _divided(
    definition: Definition, lines: list[Line], page: LexborHTMLParser
) -> tuple[list[Line], list[Line]]:
    """Header rows and the others; the header may stand in a table of its own."""
    apart = definition.table.header if definition.table else None
    if apart is not None:
        found = page.css_first(apart)
        own = [one for one in lines if not one.is_header]
        return (grid.lines_of(found) if found is not None else []), own
    count = next((at for at, one in enumerate(lines) if not one.is_header), len(lines))
    return lines[: max(count, 1)], lines[max(count, 1) :]


def _wide(definition: Definition, line: Line, given: dict[str, str], read: _Read) -> None:
    """A row of one wide cell: that there is nobody, or the name of a section."""
    text = next((one for one in line.texts if one), "")
    section = definition.table.section if definition.table else ""
    if _NOBODY.search(text):
        read.empty = True
    elif section and text:
        given[section] = text.replace("\n", " ")


def _row(
    definition: Definition, line: Line, columns: dict[str, int], given: dict[str, str]
) -> dict[str, str]:
    row = dict(given)
    for field, at in columns.items():
        if at < len(line.texts):
            row[field] = line.texts[at] or row.get(field, "")
    for name, source in definition.fields.items():
        chosen = _selected(line.node, source.select, source.attribute, definition.lines)
        row[name] = chosen or row.get(name, "") or source.constant
    return row


def _finished(definition: Definition, raw: list[dict[str, str]], url: str) -> list[Row]:
    """Rows as they are kept: split, filled down, cleaned; without those that say nothing."""
    above: dict[str, str] = {}
    found: list[Row] = []
    for one in raw[:MOST_ROWS]:
        for name in definition.fill:
            one[name] = above[name] = one.get(name) or above.get(name, "")
        for rule in definition.split:
            one.update(template.matched(rule.into, one.get(rule.field, "")))
        known = {name: value for name, value in one.items() if name in Row.__dataclass_fields__}
        row = cleaned(replace(Row(**known), place=url))
        if any(getattr(row, name) for name in _TELLING):
            found.append(row)
    return found


def _problems(
    definition: Definition, page: LexborHTMLParser, read: _Read, has_rows: bool
) -> Iterator[Problem]:
    body = page.body.text(deep=True)[:100_000] if page.body is not None else ""
    nobody = read.empty or any(one and one in body for one in definition.empty)
    if not read.tables and not nobody:
        yield Problem("no-table")
    if not read.tables or (definition.rows is not None and not has_rows):
        return
    missing = [one for one in definition.needs if one not in read.fields]
    for name in missing:
        yield Problem("no-column", name)


def _total(definition: Definition, page: LexborHTMLParser) -> int | None:
    node = page.css_first(definition.total.select) if definition.total else None
    found = _NUMBER.search(text_of(node)) if node is not None else None
    return int(found[0].replace(",", "")) if found else None
