"""The budgets of docs/architecture.md as functions that return findings, one line each."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import Function, Module, functions, statements

MODULE, FUNCTION, NESTING, VIEW, WRAPPER = 300, 40, 3, 12, 12
BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)


def long_modules(modules: list[Module]) -> Iterator[str]:
    """Modules over 300 lines."""
    for module in modules:
        lines = len(module.text.splitlines())
        if lines > MODULE:
            yield f"{module.name}: {lines} lines"


def long_functions(modules: list[Module]) -> Iterator[str]:
    """Functions over 40 lines, docstring and signature counted."""
    for module in modules:
        for function in functions(module):
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION:
                yield f"{module.name}:{function.lineno} {function.name}: {lines} lines"


def depth(node: ast.AST) -> int:
    """How deep blocks stand in one another; `elif` is no deeper, inner functions start anew."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        step = 1 if isinstance(child, BLOCKS) and not is_elif(node, child) else 0
        deepest = max(deepest, step + depth(child))
    return deepest


def is_elif(parent: ast.AST, child: ast.AST) -> bool:
    """Whether an `if` is its parent's `elif` (or an `else` that holds one `if` only)."""
    return isinstance(parent, ast.If) and isinstance(child, ast.If) and parent.orelse == [child]


def deep_functions(modules: list[Module]) -> Iterator[str]:
    """Functions with blocks more than three deep."""
    for module in modules:
        for function in functions(module):
            if depth(function) > NESTING:
                yield f"{module.name}:{function.lineno} {function.name}: {depth(function)} deep"


def nameless(modules: list[Module]) -> Iterator[str]:
    """Files whose name says nothing."""
    for module in modules:
        if module.name.split(".")[-1] in BANNED and module.name != "tools":
            yield f"{module.name}: a name that says nothing"


def undocumented(modules: list[Module]) -> Iterator[str]:
    """Public functions, and public methods of public classes, without a docstring; modules too."""
    for module in modules:
        if not ast.get_docstring(module.tree):
            yield f"{module.name}: no docstring"
        for function in public_functions(module.tree):
            if not ast.get_docstring(function):
                yield f"{module.name}:{function.lineno} {function.name}: no docstring"


def public_functions(tree: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """Functions of a module and methods of its classes whose names do not start with `_`."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("_"):
                yield node


def packages_with_code(modules: list[Module]) -> Iterator[str]:
    """`__init__` files that hold more than a docstring."""
    for module in modules:
        if module.is_package and (len(module.tree.body) != 1 or not ast.get_docstring(module.tree)):
            yield f"{module.name}: __init__ is a docstring only"


def untyped(modules: list[Module]) -> Iterator[str]:
    """Functions without a type on an argument or on the answer."""
    for module in modules:
        for function in functions(module):
            given = function.args
            arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
            bare = [one.arg for one in arguments if one.annotation is None]
            bare = [name for name in bare if name not in {"self", "cls"}]
            if bare or function.returns is None:
                yield f"{module.name}:{function.lineno} {function.name}: untyped {bare}"


def long_views(modules: list[Module]) -> Iterator[str]:
    """Views of more than a dozen lines below their docstring."""
    for module in modules:
        for function in functions(module):
            is_view = any(
                ast.unparse(one).startswith("bp.") or ".route(" in ast.unparse(one)
                for one in function.decorator_list
            )
            if module.kind == "routes" and is_view and body_lines(function) > VIEW:
                yield f"{module.name}:{function.lineno} {function.name}: {body_lines(function)}"


def thick_wrappers(modules: list[Module]) -> Iterator[str]:
    """Functions of jobs and cli that do more than wrap a service verb."""
    for module in modules:
        if module.kind not in {"jobs", "cli"} or module.feature == "core":
            continue
        for function in functions(module):
            if body_lines(function) > WRAPPER:
                yield f"{module.name}:{function.lineno} {function.name}: {body_lines(function)}"


def body_lines(function: Function) -> int:
    """Lines of a function's body without its docstring."""
    body = statements(function)
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
