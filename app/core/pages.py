"""HTML pages: language, theme, navigation, and the files of the front end.

The front end is served built (hashed names, compressed at build time, cached for ever) when it
was built, else from its source files as they are.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    make_response,
    render_template,
    request,
    send_file,
)
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_compress import Compress
from werkzeug.security import safe_join

from app.core import filters
from app.core.config import ROOT, Config
from app.core.guard import find_viewer

LANGUAGES = ("ko", "en")
LOCALES = {code: Locale(code) for code in LANGUAGES}  # parsing one asks the disk each time
THEMES = ("auto", "light", "contrast")
LAST_PAGE = 100_000
YEAR = 365 * 24 * 3600
SOURCE = ROOT / "static" / "pwa" / "src"
BUILT = ROOT / "static" / "pwa" / "dist"
VENDOR = ROOT / "node_modules" / "lean-qr"
WORDS = Path(__file__).parent / "translations"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
# Files of the front end are compressed at build time; these are made at each request.
COMPRESSED = ("text/html", "text/javascript", "application/json", "image/svg+xml")
assets = Blueprint("assets", __name__)


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation; `roles` empty means everyone who is signed in."""

    url: str
    label: Any
    icon: str
    roles: tuple[str, ...] = ()


def built() -> bool:
    """True when the built front end is served; decided at the start."""
    return current_app.extensions["front_names"] is not None


def _built_names(front: str) -> dict[str, str] | None:
    """Logical to hashed names of the built front end; None when the sources are to be served."""
    kept = BUILT / "manifest.json"
    if front == "source" or (front == "auto" and not kept.exists()):
        return None
    names: dict[str, str] = json.loads(kept.read_text(encoding="utf-8"))
    return names


def asset(path: str) -> str:
    """The URL of a front-end file, such as `js/today.js`."""
    names: dict[str, str] | None = current_app.extensions["front_names"]
    return f"/static/pwa/src/{path}" if names is None else f"/static/pwa/dist/{names[path]}"


@assets.get("/static/pwa/dist/<path:name>")
def built_front(name: str) -> ResponseReturnValue:
    """A built file of the front end; it never changes under its hashed name."""
    return _file(BUILT, name, f"public, max-age={YEAR}, immutable")


@assets.get("/static/pwa/src/<path:name>")
def front(name: str) -> ResponseReturnValue:
    """A source file of the front end, for a product that was not built."""
    if name.startswith("vendor/"):
        return _file(VENDOR, {"vendor/lean-qr.mjs": "index.mjs"}.get(name, "none"), "no-cache")
    return _file(SOURCE, name, "no-cache")


@assets.get("/sw.js")
def service_worker() -> ResponseReturnValue:
    """The service worker; always asked for anew, so that an update is found."""
    code = (BUILT if built() else SOURCE) / "sw.js"
    response = Response(f'self.SHELLS="{_shells_hash()}";\n{code.read_text(encoding="utf-8")}')
    response.content_type = TYPES[".js"]
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    response.add_etag()
    return response.make_conditional(request)


def _shells_hash() -> str:
    """A hash over the shells in every language: when their words change, installed phones get
    them with the next look at the service worker."""
    kept: dict[str, str] = current_app.extensions["shells"]
    if "shells_hash" not in current_app.extensions:
        texts = [_text_of(path, code) for path in kept for code in LANGUAGES]
        digest = hashlib.sha256("\0".join(texts).encode())
        current_app.extensions["shells_hash"] = digest.hexdigest()[:16]
    found: str = current_app.extensions["shells_hash"]
    return found


def _text_of(path: str, language: str) -> str:
    with current_app.test_request_context(f"{path}?lang={language}"):
        g.shell = True
        return render_template(current_app.extensions["shells"][path])


@assets.get("/manifest.webmanifest")
def web_manifest() -> ResponseReturnValue:
    """The web app manifest (W3C) in the language asked for."""
    name = f"manifest.{locale()}.webmanifest"
    return _file(BUILT if built() else SOURCE, name, "no-cache")


@assets.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Browsers ask for it unasked."""
    return _file(SOURCE, "icons/icon.svg", f"public, max-age={YEAR // 52}")


def _file(folder: Path, name: str, caching: str) -> Response:
    """Send a file below `folder`, in the smallest encoding there is beside it."""
    found = safe_join(str(folder), name)
    if found is None or not Path(found).is_file():
        abort(404)
    encoding = ""
    for offered, ending in (("br", ".br"), ("gzip", ".gz")):
        if request.accept_encodings[offered] > 0 and Path(found + ending).is_file():
            encoding, found = offered, found + ending
            break
    kind = TYPES.get(Path(name).suffix, "application/octet-stream")
    response = send_file(found, mimetype=kind, conditional=True, etag=True)
    response.content_type = kind
    response.headers["Cache-Control"] = caching
    response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
    return response


def locale() -> str:
    """The language of this answer: asked for in the URL, chosen before, or the browser's."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    chosen = request.cookies.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, "ko") or "ko"


def theme() -> str:
    """The colour theme chosen before; `auto` follows the device."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else "auto"


def lang_url(code: str) -> str:
    """This page's address in another language."""
    return request.path + "?" + urlencode({**request.args.to_dict(), "lang": code})


def remember_language(response: Response) -> Response:
    """A language asked for in the URL stays chosen, but not for a worker that fills its cache."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES and request.headers.get("Sec-Fetch-Dest") == "document":
        response.set_cookie(
            "lang", asked, max_age=YEAR, samesite="Lax", secure=request.is_secure, path="/"
        )
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = locale()
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def page_number(name: str = "page") -> int:
    """The page of a list that is asked for under a name in the address, from 1."""
    return min(max(1, request.args.get(name, 1, type=int) or 1), LAST_PAGE)


def shell() -> Response:
    """This address's page that is the same for everyone, so that the service worker may keep it;
    the factory's SHELLS names its template."""
    g.shell = True
    response = make_response(render_template(current_app.extensions["shells"][request.path]))
    response.headers["Cache-Control"] = "no-cache"
    return response


def fragment(template: str, **facts: Any) -> str:
    """A part of a page from what is given alone, without what every whole page knows: for
    parts that are asked for at each stroke."""
    return current_app.jinja_env.get_template(template).render(facts)


def _context() -> dict[str, Any]:
    is_shell = g.get("shell", False)
    viewer = None if is_shell else find_viewer()
    items: tuple[NavItem, ...] = current_app.extensions["nav"]
    above = [one.url for one in items if f"{request.path}/".startswith(f"{one.url}/")]
    here = max(above, key=len, default="")
    return {
        "asset": asset,
        "locale": locale(),
        "theme": "auto" if is_shell else theme(),
        "demo": current_app.extensions["office_config"].demo,
        "viewer": viewer,
        "is_shell": is_shell,
        "nav": [
            {
                "url": item.url,
                "label": item.label,
                "icon": item.icon,
                "roles": item.roles,
                "current": item.url == here,
            }
            for item in items
            if is_shell or not item.roles or (viewer is not None and viewer.role in item.roles)
        ],
        "lang_url": lang_url,
        "bell": current_app.extensions["bell"],
    }


def compile_words(target: Path) -> None:
    """Compile the English catalogue into `target`, when it is newer than what lies there."""
    for source in WORDS.glob("*/LC_MESSAGES/messages.po"):
        compiled = target / source.relative_to(WORDS).with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns == source.stat().st_mtime_ns:
            continue
        compiled.parent.mkdir(parents=True, exist_ok=True)
        draft = compiled.with_name(f".{os.getpid()}.mo")
        with source.open("rb") as text, draft.open("wb") as binary:
            write_mo(binary, read_po(text, locale=source.parts[-3]))
        changed = source.stat().st_mtime_ns
        os.utime(draft, ns=(changed, changed))
        draft.replace(compiled)


def init_app(app: Flask, config: Config) -> None:
    """Install languages, template words and the front end's files."""
    words = config.instance_dir / "translations"
    compile_words(words)
    app.extensions["front_names"] = _built_names(config.front)
    app.config["BABEL_DEFAULT_LOCALE"] = "ko"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(words)
    Babel(app, locale_selector=lambda: LOCALES[locale()])
    app.config["COMPRESS_ALGORITHM"] = ["zstd", "gzip"]
    app.config["COMPRESS_MIMETYPES"] = list(COMPRESSED)
    app.config["COMPRESS_MIN_SIZE"] = 1000
    Compress(app)
    app.jinja_env.filters["day_time"] = filters.day_time
    app.jinja_env.filters["in_korean"] = filters.in_korean
    app.jinja_env.finalize = filters.visible
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_context)
    app.after_request(remember_language)
