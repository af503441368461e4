"""The links of a page that a crawl follows: departments of a tree, and the next page of a list.

The danger removed here: a page that leads us to other hosts, or round and round. Links stay on the
hosts that a definition names; a page that was seen in a round is not asked for again (the service
holds that).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.directory.rules import template
from app.directory.rules.definition import Definition, Tree
from app.directory.rules.found import Pairs, Problem, Wanted, with_parameter
from app.directory.rules.grid import text_of

MOST_LINKS: Final = 2000
_SPACES: Final = re.compile(r"\s+")


def first_pages(definition: Definition) -> list[Wanted]:
    """The pages that a crawl begins with."""
    urls = [
        one.replace("{code}", quote(code, safe=""))
        for one in definition.start
        for code in definition.codes or ("",)
    ]
    form = tuple(definition.form.items()) if definition.method == "POST" else None
    found = []
    for at, url in enumerate(urls):
        page = Wanted(url, form, path=f"{at:04}")
        leaf = not definition.tree
        found.append(_numbered(page, definition, _first(definition)) if leaf else page)
    return found


def _first(definition: Definition) -> int:
    return definition.pages.first if definition.pages else 1


def _numbered(page: Wanted, definition: Definition, number: int) -> Wanted:
    """A page of a list by its number: the parameter goes into the form where there is one."""
    rule = definition.pages
    url, form = page.url, page.form
    if rule is not None and rule.parameter and form is not None:
        form = (*(one for one in form if one[0] != rule.parameter), (rule.parameter, str(number)))
    elif rule is not None and rule.parameter:
        url = with_parameter(url, rule.parameter, number)
    chain = page.chain or page.key
    path = f"{page.path.partition('+')[0]}+{number:06}"
    return Wanted(url, form, page.level, number, page.given, path, chain)


def next_page(
    definition: Definition, at: Wanted, url: str, page: LexborHTMLParser | None, rows: int,
    total: int | None = None,
) -> list[Wanted]:  # fmt: skip
    """The page of the list that follows, if there is one.

    Args:
        definition: the source's.
        at: the page that was read.
        url: where it was in the end.
        page: its document; None for an API.
        rows: how many people stood on it.
        total: how many there are in all, where that is said.
    """
    rule = definition.pages
    if rule is None:
        return []
    if rule.next is not None:
        link = page.css_first(rule.next) if page is not None else None
        there = _led(definition, url, (link.attributes.get("href") or "") if link else "")
        number = at.number + 1
        path = f"{at.path.partition('+')[0]}+{number:06}"
        chain = at.chain or at.key
        return [Wanted(there, None, at.level, number, at.given, path, chain)] if there else []
    number = at.number + rule.step
    passed = (at.number - rule.first) // rule.step + 1
    over = rows == 0 or (rule.last is not None and number > rule.last)
    if over or (total is not None and passed * rows >= total):
        return []
    return [_numbered(at, definition, number)]


def departments(
    definition: Definition, at: Wanted, url: str, page: LexborHTMLParser
) -> tuple[list[Wanted], list[Problem]]:
    """The pages that a level of the tree leads to."""
    rule = definition.tree[at.level]
    found: dict[str, Wanted] = {}
    problems: list[Problem] = []
    for node in page.css(rule.links)[:MOST_LINKS]:
        name = _SPACES.sub(" ", text_of(node)).strip()
        there, form = _target(definition, rule, url, node)
        if name in rule.skip or (there is None and not form):
            continue
        if not there:
            problems.append(Problem("foreign-link", name[:60]))
            continue
        one = _wanted(definition, rule, at, (there, form, name), len(found))
        found.setdefault(one.key, one)
    if not found:
        problems.append(Problem("no-links", rule.links[:60]))
    return list(found.values()), problems


def _wanted(
    definition: Definition, rule: Tree, at: Wanted, led: tuple[str, Pairs | None, str], place: int
) -> Wanted:
    url, form, name = led
    given = at.given if not rule.gives else (*_without(at.given, rule.gives), (rule.gives, name))
    level = at.level + 1
    one = Wanted(url, form, level, 1, given, f"{at.path}.{place:04}")
    is_leaf = level == len(definition.tree)
    return _numbered(one, definition, _first(definition)) if is_leaf else one


def _without(given: Pairs, name: str) -> Pairs:
    return tuple(one for one in given if one[0] != name)


def _target(
    definition: Definition, rule: Tree, url: str, node: LexborNode
) -> tuple[str | None, Pairs | None]:
    """Where a link leads: an address ("" when it may not be followed) and a form. None for no
    address: the element is no link of the tree."""
    raw = (node.attributes.get(rule.attribute) or "").strip()
    given = {"value": quote(raw, safe="")}
    if rule.call:
        arguments = template.arguments(raw, rule.call)
        if arguments is None:
            return None, None
        given = {str(at): quote(one, safe="") for at, one in enumerate(arguments, 1)}
    elif not raw or raw.startswith(("#", "javascript:", "mailto:", "tel:")):
        return None, None
    there = template.filled(rule.url, given) if rule.url else raw
    filled = tuple((key, template.filled(value, given)) for key, value in rule.form.items())
    return _led(definition, url, there), filled or None


def _led(definition: Definition, url: str, link: str) -> str:
    """An absolute address on a host that the definition names; else ""."""
    if not link or link.startswith(("#", "javascript:")):
        return ""
    try:
        there = urlsplit(urljoin(url, link.strip()))
    except ValueError:
        return ""
    same = there.netloc.lower() in definition.allowed_hosts
    return there._replace(fragment="").geturl() if same else ""
