"""What the house rules read: every module as a syntax tree, with its imports resolved."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name (a package's is the folder's), text and tree."""

    name: str
    text: str
    is_package: bool = False

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @property
    def feature(self) -> str:
        """The folder under app/, or "" for the files that stand beside the folders."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 2 or (len(parts) == 2 and self.is_package) else ""

    @property
    def kind(self) -> str:
        """Which of the ten names it is or lies in: `app.trips.rules.token` is "rules"."""
        parts = self.name.split(".")
        return parts[2] if len(parts) > 2 else ""


@dataclass(frozen=True)
class Import:
    """One imported thing: `target` is `module` or `module.name`."""

    target: str
    line: int
    inner: bool
    relative: bool


def read(*folders: str) -> list[Module]:
    """Every Python module of these folders or files of the project."""
    found = []
    for folder in folders:
        start = ROOT / folder
        paths = [start] if start.is_file() else sorted(start.rglob("*.py"))
        for path in paths:
            parts = list(path.relative_to(ROOT).with_suffix("").parts)
            package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if package else parts)
            found.append(Module(name, path.read_text(encoding="utf-8"), package))
    return found


def imports(module: Module) -> Iterator[Import]:
    """Every import, wherever it stands."""
    tree = module.tree
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        inner = id(node) not in top
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, inner, False)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                target = f"{node.module or ''}.{alias.name}".strip(".")
                yield Import(target, node.lineno, inner, node.level > 0)


def functions(module: Module) -> Iterator[Function]:
    """Every function and method, inner ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls(module: Module) -> Iterator[tuple[str, int]]:
    """Every call as a dotted text (`datetime.now`, `session.add`) with its line."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def statements(function: Function) -> list[ast.stmt]:
    """A function's body without its docstring."""
    return function.body[1:] if ast.get_docstring(function) else function.body
