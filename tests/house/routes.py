"""Walking the site map: an address for every rule, with arguments of one's choice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

from flask import Flask
from werkzeug.routing import Rule, UUIDConverter

STRANGE = {"hex8": bytes(8), "int": 1, "float": 1.0}


def routes_of(app: Flask) -> Iterator[Rule]:
    """Every rule, in a stable order."""
    yield from sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def methods(rule: Rule) -> list[str]:
    """The methods that do something."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def sample(rule: Rule, argument: str) -> object:
    """A value that the argument's converter takes; it belongs to nobody."""
    converter = rule._converters[argument]
    if isinstance(converter, UUIDConverter):
        return uuid.uuid4()
    kind = type(converter).__name__.removesuffix("Converter").lower()
    return STRANGE.get(kind, {"integer": 1, "float": 1.0}.get(kind, "x"))


def address(rule: Rule, values: Mapping[str, object] | None = None) -> str:
    """The rule's path with the given arguments, and samples for the others.

    Raises:
        KeyError: when the arguments cannot be put into the path.
    """
    chosen = {name: sample(rule, name) for name in rule.arguments} | dict(values or {})
    built = rule.build(chosen, append_unknown=False)
    if built is None:
        raise KeyError(f"no address for {rule.rule} with {sorted(chosen)}")
    return built[1]
