"""누고?: one box, one list. The same page with and without JavaScript."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core import filters, guard, pages
from app.core.db import transaction
from app.core.guard import get_viewer
from app.directory.routes import hits
from app.directory.rules import marks
from app.directory.rules.dial import dial
from app.directory.service import library, near, search, table_book
from app.directory.service.library import Library
from app.directory.service.search import Where

bp = Blueprint("directory_search", __name__, template_folder="../templates")
LONGEST = 100
BRIEF = 3
# A document of its own, as the page's XMLHttpRequest reads it; too small for a template.
FOUND = Markup(
    '<!doctype html>\n<html lang="{locale}"><head><title>누고?</title></head><body><main id="main">'
    '<h1 hidden>누고?</h1><div id="list"{more}>{list}</div></main></body></html>\n'
)
MORE = Markup(" data-more")
# Searches at once in a process: more of them only take the interpreter's lock from one another.
TURNS = threading.BoundedSemaphore(2)


def _query() -> str:
    """What was typed, without what no page may hold."""
    return filters.UNSEEN.sub(" ", request.args.get("q", "")[:LONGEST])


def _where() -> Where:
    viewer = get_viewer()
    return Where(
        sido=request.args.get("sido", "")[:20],
        office=request.args.get("office", 0, type=int),
        near=near.sido_of(viewer.person_id, viewer.organisation_name),
    )


def _words(terms: Sequence[str]) -> dict[str, Any]:
    """What writes a text with the terms marked."""
    return {
        "marked": lambda text: hits.html_of(text, terms),
        "excerpt": lambda text: hits.html_of(marks.cut(text, terms), terms),
        "dial": dial,
    }


@lru_cache(maxsize=1024)
def _asked(name: str, value: str | int) -> str:
    return "&" + urlencode({name: value}) if value else ""


@dataclass(frozen=True)
class _Wanted:
    """Which list somebody wants: the same for all who want the same."""

    query: str
    where: Where
    page: int
    most: int
    locale: str

    @property
    def is_common(self) -> bool:
        """Whether others may soon ask the same: the first page, and not a long one of an office."""
        return self.page == 1 and not self.where.office


def _wanted(most: int = search.GROUPS) -> _Wanted:
    return _Wanted(_query(), _where(), pages.page_number(), most, pages.locale())


def _list(wanted: _Wanted, kept: Library) -> dict[str, Any]:
    """The list's HTML, and what is around it. `kept` is one for both: rows found before a change
    never stand for those after it."""
    query, where = wanted.query, wanted.where
    answer = search.ask(query, where, wanted.page, kept, wanted.most)

    asked = "?" + urlencode({"q": query})

    def link(sido: str = where.sido, office: int | str = where.office) -> str:
        """The address of this search in another place."""
        return asked + _asked("sido", sido) + _asked("office", office)

    office, locale = kept.offices.get(where.office), wanted.locale
    facts = {"answer": answer, "query": query, "where": where, "office": office, "link": link}
    writers = {"words": hits.labels_in(locale), "chips": hits.chips, "sections": hits.sections}
    html = pages.fragment("directory/_found.html", locale=locale, **facts, **writers)
    return {**facts, "list": Markup(html)}  # noqa: S704  written by the template and hits, which escape


def _document(wanted: _Wanted, kept: Library) -> bytes:
    """The list alone, as a document."""
    made = _list(wanted, kept)
    more = MORE if made["answer"].more else ""
    return FOUND.format(locale=wanted.locale, list=made["list"], more=more).encode()


@bp.get("/directory")
@guard.limit(300, by=guard.asking_person)
def show() -> ResponseReturnValue:
    """The box and what it finds."""
    with TURNS:
        made = _list(_wanted(), library.get())
    return render_template("directory/search.html", facts=near.facts(), **made)


@bp.get("/directory/found")
@guard.limit(900, by=guard.asking_person)
def found() -> ResponseReturnValue:
    """The list alone, for a page that is open already; while somebody types (`brief`), the first
    offices of it, as much as a screen shows. The page asks for the rest when the typing pauses."""
    wanted = _wanted(BRIEF if "brief" in request.args else search.GROUPS)
    kept = library.get()
    document = kept.documents.find(wanted)
    if document is None:
        with TURNS:
            kept = library.get()
            document = _document(wanted, kept)
        if wanted.is_common:
            kept.documents.put(wanted, document)
    return Response(document)


@bp.get("/directory/table")
@guard.limit(60, by=guard.asking_person)
def table() -> ResponseReturnValue:
    """One row an office: who does something in each of them; for the screen and for paper."""
    query, where = _query(), _where()
    found = search.one_each(query, where)
    facts = {"query": query, "where": where, "rows": found.rows, "facts": near.facts()}
    words = _words(found.reasons)
    return render_template("directory/table.html", **facts, **words, partly=found.partly)


@bp.get("/directory/table.xlsx")
@guard.limit(20, by=guard.asking_person)
def workbook() -> ResponseReturnValue:
    """The same as a workbook."""
    query = _query()
    content = table_book.make(query, search.one_each(query, _where()))
    return send_file(
        io.BytesIO(content),
        mimetype=table_book.TYPE,
        as_attachment=True,
        download_name=f"nugo-{query.strip()}.xlsx",
    )


@bp.post("/directory/near")
def set_near() -> ResponseReturnValue:
    """Which province comes first."""
    with transaction():
        near.set_sido(get_viewer().person_id, request.form.get("sido", ""))
    back = urlencode({"q": request.form.get("q", "")[:LONGEST]})
    return redirect(f"/directory?{back}", 303)
