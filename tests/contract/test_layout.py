"""The layout of the source: no circles of files, no long files, only named files at the top."""

import ast
import configparser
import graphlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest

import landingpad

SOURCE = Path(landingpad.__file__).parent
CONTRACTS = Path(__file__).parents[2] / ".importlinter"
MOST_LINES = 500
AT_THE_TOP = {"__init__", "__main__", "settings", "logs", "errors", "pytest_plugin"}


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """Return every module of the package with the modules of the package that it imports."""
    graph = grimp.build_graph("landingpad", cache_dir=None)
    return {module: frozenset(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def circle_of(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return one circle, with its first member repeated at the end, or []."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def sources() -> dict[str, Path]:
    """Return the Python files by their path inside the package."""
    return {str(path.relative_to(SOURCE)): path for path in SOURCE.rglob("*.py")}


def test_no_files_import_each_other_in_a_circle() -> None:
    """Imports for types count too: whoever reads one file of a circle has to read all of them."""
    assert circle_of(imports()) == []


def test_a_circle_would_be_found() -> None:
    """A file that all others import closes a circle as soon as it imports one of them."""
    importer = next(module for module, imported in imports().items() if "landingpad.errors" in imported)
    with_circle = {**imports(), "landingpad.errors": {*imports()["landingpad.errors"], importer}}
    assert {"landingpad.errors", importer} <= set(circle_of(with_circle))


def test_every_file_is_part_of_the_graph() -> None:
    """A folder without __init__.py would be missing from the graph and from the contract on circles."""
    outside = {
        name
        for name in sources()
        if ".".join(("landingpad", *Path(name).with_suffix("").parts)).removesuffix(".__init__") not in imports()
    }
    assert {name for name in outside if not name.startswith("store/migrations/")} == set()


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {name: lines for name, path in sources().items() if (lines := path.read_bytes().count(b"\n")) > MOST_LINES}
    assert long == {}


def test_only_what_belongs_to_the_whole_program_stands_at_the_top() -> None:
    files = {path.name for path in SOURCE.iterdir() if path.is_file()}
    assert files == {"py.typed", *(f"{name}.py" for name in AT_THE_TOP)}


def test_the_rule_on_sql_covers_everything_but_store() -> None:
    """A new package is under the rule from its first day, and nothing is excused."""
    contracts = configparser.ConfigParser()
    contracts.read(CONTRACTS)
    contract = contracts["importlinter:contract:sql"]
    everything = {f"landingpad.{path.stem}" for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    everything |= {f"landingpad.{name}" for name in AT_THE_TOP - {"__init__"}}
    assert set(contract["source_modules"].split()) == everything - {"landingpad.store"}
    assert "ignore_imports" not in contract


def test_only_store_reaches_for_the_connection() -> None:
    """With the engine of SQLAlchemy anybody could write SQL without an import."""
    reaching = {
        name
        for name, path in sources().items()
        if not name.startswith("store/")
        and any(
            isinstance(node, ast.Attribute) and node.attr in {"engine", "exec_driver_sql"}
            for node in ast.walk(ast.parse(path.read_bytes()))
        )
    }
    assert reaching == set()


@pytest.mark.parametrize("meaningless", ["utils", "util", "helpers", "misc", "common"])
def test_every_module_is_named_after_its_subject(meaningless: str) -> None:
    named = [name for name in sources() if meaningless in Path(name).with_suffix("").parts]
    assert named == []
