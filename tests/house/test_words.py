"""Both languages are whole: every word of pages, messages and JavaScript has its English."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.house.source import ROOT
from tools.setup import node

METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
CATALOGUE = ROOT / "app/core/translations/en/LC_MESSAGES/messages.po"
HANGUL = re.compile(r"[\uac00-\ud7a3]")
HOLES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
SCRIPTS = ROOT / "static/pwa/src/js"
WORDS = SCRIPTS / "words.js"
PAGES = (
    "photo_words.js",
    "start_words.js",
    "history_words.js",
    "leave_words.js",
    "directory_words.js",
    "canteen_words.js",
)
LATER = (*PAGES, "clock_note.js")  # words of what is loaded later
DUMP = "import(process.argv[1]).then((m) => console.log(JSON.stringify(m)))"


def used() -> dict[str, str]:
    """Every text that Python or a template asks to be translated, with where it stands."""
    found: dict[str, str] = {}
    for name, line, message, *_ in extract_from_dir(
        ROOT / "app", METHODS, OPTIONS, keywords=KEYWORDS
    ):
        text = message if isinstance(message, str) else message[0]
        found.setdefault(text, f"{name}:{line}")
    return found


def catalogue() -> Catalog:
    """The English catalogue."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def holes(text: str) -> set[str]:
    """The names of the places that a text leaves open."""
    return {first or second for first, second in HOLES.findall(text)}


def faults(texts: dict[str, str], english: Catalog) -> Iterator[str]:
    """Texts without English, with other open places, or with Hangul left in the English."""
    for text, where in texts.items():
        entry = english.get(text)
        words = entry.string if entry else ""
        plain = words if isinstance(words, str) else " ".join(words or ())
        if not plain.strip() or (entry and entry.fuzzy):
            yield f"{where}: no English for {text!r}"
        elif holes(plain) != holes(text):
            yield f"{where}: other open places in the English of {text!r}"


def test_every_text_has_english() -> None:
    texts = used()
    assert len(texts) > 50
    found = list(faults(texts, catalogue()))
    assert not found, "\n" + "\n".join(found)


def test_the_catalogue_holds_nothing_that_nobody_uses() -> None:
    texts = used()
    left = [str(entry.id) for entry in catalogue() if entry.id and first(entry.id) not in texts]
    assert not left, "\n" + "\n".join(left)


def first(identifier: str | tuple[str, ...] | list[str]) -> str:
    """The singular of an entry's id."""
    return identifier if isinstance(identifier, str) else identifier[0]


def test_a_text_without_english_is_found() -> None:
    english = Catalog("en")
    english.add("이름 %(name)s", "Name %(nom)s")
    assert len(list(faults({"이름 %(name)s": "a", "없는 말": "b"}, english))) == 2


def test_templates_hold_no_korean_outside_gettext() -> None:
    found = [
        fault for path in sorted(ROOT.glob("app/**/templates/**/*.html")) for fault in bare(path)
    ]
    assert not found, "\n" + "\n".join(found)


def bare(path: Path) -> Iterator[str]:
    """Lines of a template with Korean that is not inside an expression, a block or a comment."""
    text = path.read_text(encoding="utf-8")
    hidden = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{% trans.*?endtrans %\}|\{%.*?%\}", re.DOTALL)
    shown = hidden.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(shown.splitlines(), 1):
        if HANGUL.search(line) and 'lang="ko"' not in line:  # a language is named in itself
            yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"


def tables(module: Path = WORDS) -> dict[str, dict[str, str]]:
    """The words of the JavaScript by language, as its module exports them."""
    done = subprocess.run(
        [node(), "--input-type=module", "-e", DUMP, module.as_uri()],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return two_languages(json.loads(done.stdout))


def two_languages(exported: dict[str, object]) -> dict[str, dict[str, str]]:
    """Find the table among a module's exports: {ko: {…}, en: {…}} or {key: [ko, en]}."""
    for table in exported.values():
        if isinstance(table, dict) and {"ko", "en"} <= set(table):
            return {lang: dict(table[lang]) for lang in ("ko", "en")}
        if isinstance(table, dict) and table:
            pairs = {key: pair(value) for key, value in table.items()}
            return {
                "ko": {key: two[0] for key, two in pairs.items()},
                "en": {key: two[1] for key, two in pairs.items()},
            }
    raise AssertionError("words.js exports no table of words")


def pair(value: object) -> tuple[str, str]:
    """Korean and English of one entry."""
    if isinstance(value, dict):
        return str(value.get("ko", "")), str(value.get("en", ""))
    if isinstance(value, list) and len(value) == 2:
        return str(value[0]), str(value[1])
    raise AssertionError(f"not a pair of words: {value!r}")


def test_javascript_words_stand_in_both_languages() -> None:
    assert len(tables()["ko"]) > 20
    hold(tables())


@pytest.mark.parametrize("module", LATER)
def test_words_that_are_loaded_later_stand_in_both_languages(module: str) -> None:
    hold(tables(SCRIPTS / module))


def hold(both: dict[str, dict[str, str]]) -> None:
    """Each word stands in both languages, with the same open places."""
    korean, english = both["ko"], both["en"]
    assert set(korean) == set(english)
    for key, text in korean.items():
        assert text.strip(), key
        assert english[key].strip(), key
        assert not HANGUL.search(english[key]), key
        assert holes(text) == holes(english[key]), key


def test_javascript_asks_for_known_words_only() -> None:
    known = set(tables()["ko"])
    for path in sorted((ROOT / "static/pwa/src/js").glob("*.js")):
        asked = set(re.findall(r'\bt\("([^"$]+)"', path.read_text(encoding="utf-8")))
        assert asked <= known, f"{path.name}: {sorted(asked - known)}"


@pytest.mark.parametrize("table", [{"a": ["가", "A"]}, {"ko": {"a": "가"}, "en": {"a": "A"}}])
def test_a_table_is_read_in_either_form(table: dict[str, object]) -> None:
    assert two_languages({"WORDS": table})["en"] == {"a": "A"}
