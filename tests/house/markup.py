"""What every HTML page must keep, checked on the answer as a browser would get it.

`findings` parses strictly (any parse error of the HTML standard is a finding) and returns one
readable line for each fault; none is the good answer. Parsing is what costs: a page that differs
from a sound one in numbers and ids only is as sound, and is not parsed again.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from html5lib.html5parser import ParseError

LOADS = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "form": ("action",),
    "button": ("formaction",),
    "input": ("formaction", "src"),
    "use": ("href",),
    "image": ("href",),
}
POINTERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage")
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
DATA_SCRIPTS = {"application/json", "application/ld+json"}
# Words that hold a digit, but for tags (h1), names of attributes (x1=), entities (&#39;) and what
# touches a hyphen that may end a comment.
VOLATILE = re.compile(r"(?<![\w#&<-])(?<!</)(?=[\w-]*\d)\w+(?:-\w+)*(?![\w=-])", re.ASCII)
Tree = Element
_sound: set[bytes] = set()


def findings(text: str, headers: Mapping[str, str]) -> list[str]:
    """Every fault of a page: of its text and of the headers it came with."""
    known = hashlib.sha256(shape(text).encode()).digest()
    faults = [] if known in _sound else faults_of(text)
    if not faults:
        _sound.add(known)
    return faults + list(policy(headers))


def shape(text: str) -> str:
    """A page with its numbers, ids and hashes replaced by which of them it is, the first, the
    second …: what is the same or different within the page stays so."""
    seen: dict[str, str] = {}
    return VOLATILE.sub(lambda word: seen.setdefault(word[0], f"\0{len(seen)}"), text)


def faults_of(text: str) -> list[str]:
    """Every fault of a page's text."""
    try:
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    except ParseError as error:
        return [f"not valid HTML: {error} {near(text)}"]
    checks = (head, landmarks, inline_code, foreign, identifiers, labels, names)
    return [fault for check in checks for fault in check(tree)]


def near(text: str) -> str:
    """Where the first parse error stands."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(text)
    (line, column), code, _ = parser.errors[0]
    rows = text.splitlines()
    shown = rows[line - 1].strip()[:120] if 0 < line <= len(rows) else ""
    return f"({code} at line {line}, column {column}: {shown})"


def elements(tree: Tree, *tags: str) -> Iterator[Element]:
    """Elements of these names; without names, all. Comments are left out."""
    for element in tree.iter():
        if isinstance(element.tag, str):
            tag = element.tag.rpartition("}")[2]
            if not tags or tag in tags:
                yield element


def content(element: Element) -> str:
    """What a screen reader would say of an element: text, alternative texts, labels."""
    own = element.get("aria-label") or element.get("alt") or element.text or ""
    inner = "".join(content(child) + (child.tail or "") for child in element)
    title = element.get("title") or ""
    return f"{own} {inner} {title}".strip()


def head(tree: Tree) -> Iterator[str]:
    """A language of ours, a title, a viewport that can be zoomed."""
    if tree.get("lang") not in {"ko", "en"}:
        yield f"html lang is {tree.get('lang')!r}"
    titles = list(elements(tree, "title"))
    if not any(content(one) for one in titles[:1]):
        yield "no title"
    for meta in elements(tree, "meta"):
        value = meta.get("content") or ""
        if meta.get("name") == "viewport" and re.search(r"user-scalable\s*=\s*no|maximum-", value):
            yield "the viewport forbids zooming"


def landmarks(tree: Tree) -> Iterator[str]:
    """Exactly one main landmark and one h1; headings skip no level."""
    for tag in ("main", "h1"):
        count = len(list(elements(tree, tag)))
        if count != 1:
            yield f"{count} <{tag}>"
    before = 0
    for heading in elements(tree, "h1", "h2", "h3", "h4", "h5", "h6"):
        level = int(heading.tag[-1])
        if before and level > before + 1:
            yield f"heading level {level} after {before}: {content(heading)[:40]}"
        before = level


def inline_code(tree: Tree) -> Iterator[str]:
    """No script, style or handler in the page itself."""
    for script in elements(tree, "script"):
        if not script.get("src") and script.get("type") not in DATA_SCRIPTS:
            yield "inline script"
    for element in elements(tree):
        if element.tag == "style" or element.get("style") is not None:
            yield f"inline style on <{element.tag}>"
        for name, value in element.attrib.items():
            if name.startswith("on"):
                yield f"handler {name} on <{element.tag}>"
            if str(value).strip().lower().startswith("javascript:"):
                yield f"javascript: address on <{element.tag}>"


def foreign(tree: Tree) -> Iterator[str]:
    """Nothing is loaded from, or sent to, another host."""
    for element in elements(tree, *LOADS):
        tag = element.tag.rpartition("}")[2]
        for attribute in LOADS[tag]:
            value = (element.get(attribute) or "").strip()
            if urlsplit(value).netloc or urlsplit(value).scheme not in {"", "blob"}:
                yield f"<{tag} {attribute}={value[:80]!r}> leaves this host"


def identifiers(tree: Tree) -> Iterator[str]:
    """Ids are unique, and what points to an id finds it."""
    counted = Counter(element.get("id") for element in elements(tree) if element.get("id"))
    yield from (f"id {name!r} stands {count} times" for name, count in counted.items() if count > 1)
    for element in elements(tree):
        for pointer in POINTERS:
            for target in (element.get(pointer) or "").split():
                if target not in counted:
                    yield f"{pointer}={target!r} on <{element.tag}> points nowhere"


def labels(tree: Tree) -> Iterator[str]:
    """Every field has a label that says something."""
    bound = {one.get("for") for one in elements(tree, "label") if content(one)}
    wrapped = {id(field) for one in elements(tree, "label") if content(one) for field in one.iter()}
    for field in elements(tree, "input", "select", "textarea"):
        if field.tag == "input" and (field.get("type") or "text") in UNLABELLED:
            continue
        named = field.get("aria-label") or field.get("aria-labelledby")
        if not named and field.get("id") not in bound and id(field) not in wrapped:
            yield f"<{field.tag} name={field.get('name')!r}> has no label"


def names(tree: Tree) -> Iterator[str]:
    """Pictures have an alt, buttons and links have a name."""
    for picture in elements(tree, "img"):
        if picture.get("alt") is None:
            yield f"<img src={picture.get('src')!r}> has no alt"
    for element in elements(tree, "a", "button"):
        if not content(element) and not element.get("aria-labelledby"):
            yield f"<{element.tag}> without a name: {dict(element.attrib)}"


def policy(headers: Mapping[str, str]) -> Iterator[str]:
    """The security headers stand, and the policy opens nothing."""
    given = headers.get("Content-Security-Policy", "")
    if not re.search(r"default-src '(self|none)'", given):
        yield "no Content-Security-Policy with a closed default-src"
    if "unsafe-" in given or "*" in given or re.search(r"https?:|(^|\s)data:", given):
        yield f"the Content-Security-Policy opens too much: {given}"
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"):
        if not headers.get(name):
            yield f"no {name}"
