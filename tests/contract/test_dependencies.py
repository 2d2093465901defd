"""pyproject.toml declares what the code imports, and nothing else; extras are imported only where they are used."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "landingpad"
NEVER_IMPORTED = {"httptools", "uvloop"}
"""uvicorn takes uvloop as its event loop where it is installed, and imports httptools, its parser of HTTP/1.1.

http/connections.py builds on that parser, but uvicorn itself would go without it and requires it in an extra only.
"""
LOADED_BY = {"pytest": SOURCE / "pytest_plugin.py"}
"""Only pytest loads its plugin, so whoever gets there has it."""


class Import(NamedTuple):
    distribution: str
    file: Path
    at_top: bool
    """Whether importing the file imports it as well."""


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def names(requirements: Iterable[str]) -> set[str]:
    return {re.split(r"[^a-z0-9-]", requirement.lower(), maxsplit=1)[0] for requirement in requirements}


def declared() -> set[str]:
    return names(pyproject()["project"]["dependencies"])


def extras() -> set[str]:
    return {name for group in pyproject()["project"]["optional-dependencies"].values() for name in names(group)}


def group(name: str) -> set[str]:
    return names(pyproject()["dependency-groups"][name])


def statements(parent: ast.AST, *, at_top: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    for field in ("body", "orelse", "handlers", "finalbody", "cases"):
        for node in getattr(parent, field, ()):
            yield node, at_top
            in_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from statements(node, at_top=at_top and not in_function)


def modules(file: Path) -> Iterator[tuple[str, bool]]:
    for node, at_top in statements(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.partition(".")[0], at_top
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).partition(".")[0], at_top


@cache
def distributions() -> dict[str, str]:
    return {
        module: names(found).pop() if len(set(found)) == 1 else f"{module} of {sorted(set(found))}"
        for module, found in packages_distributions().items()
    }


@cache
def imports(folder: Path) -> list[Import]:
    """Return what the files of a folder import, apart from Python, landingpad and each other."""
    found = []
    for file in folder.rglob("*.py"):
        if {"node_modules", ".venv"} & {*file.parts}:
            continue
        for module, at_top in modules(file):
            if module in sys.stdlib_module_names or module == "landingpad":
                continue
            if module in distributions():
                found.append(Import(distributions()[module], file, at_top))
            elif not (folder / module).is_dir() and not (file.parent / f"{module}.py").is_file():
                # Not installed, as what only the measurements use: packages are mostly named like their modules.
                found.append(Import(module.replace("_", "-"), file, at_top))
    return found


def source_imports() -> list[Import]:
    return [found for found in imports(SOURCE) if LOADED_BY.get(found.distribution) != found.file]


def test_the_server_declares_what_it_imports_and_nothing_else() -> None:
    imported = {found.distribution for found in source_imports()}
    assert imported - declared() - extras() == set(), "imported, but not declared"
    assert declared() - imported == NEVER_IMPORTED, "declared, but not imported"
    assert extras() - imported == set(), "an extra that no code uses"


def test_extras_are_imported_where_they_are_used_only() -> None:
    """So that everything else works without them."""
    assert extras() & declared() == set()
    assert [found for found in source_imports() if found.distribution in extras() and found.at_top] == []


def test_tests_and_measurements_declare_what_they_import() -> None:
    known = declared() | extras() | group("dev")
    assert {found.distribution for found in imports(ROOT / "tests")} - known == set()
    assert {found.distribution for found in imports(ROOT / "bench")} - known - group("bench") == set()


def test_every_dependency_has_a_lower_bound() -> None:
    """scripts/wheel_check runs the package with exactly these."""
    groups = [pyproject()["project"]["dependencies"], *pyproject()["project"]["optional-dependencies"].values()]
    assert [text for texts in groups for text in texts if ">=" not in text] == []


def test_the_oldest_python_is_the_same_everywhere() -> None:
    floor = pyproject()["project"]["requires-python"]
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    assert lock["requires-python"] == floor
    named = [
        text.rpartition(" ")[2] for text in pyproject()["project"]["classifiers"] if re.search(r"Python :: 3\.", text)
    ]
    assert f">={named[0]}" == floor
    assert pyproject()["tool"]["mypy"]["python_version"] == named[0]
    assert pyproject()["tool"]["ruff"]["target-version"] == f"py{named[0].replace('.', '')}"
