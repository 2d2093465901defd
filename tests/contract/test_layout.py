"""The layout of the source: no circles of files, no long files, only named files at the top."""

import ast
import configparser
import graphlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest

import landingpad

SOURCE = Path(landingpad.__file__).parent
CONTRACTS = Path(__file__).parents[2] / ".importlinter"
MOST_LINES = 500
HTTP_CLIENTS = {
    "network/own_server.py": {"http.client"},
    "network/transport.py": {"httpcore", "httpx"},
    "network/outgoing.py": {"httpx"},
    "mcp/stdio.py": {"httpx"},
    "testing/drift/recording.py": {"httpx"},
    "testing/drift/replay.py": {"httpx"},
}
"""Files that may speak HTTP to a server, and by what: a request to an address of somebody else goes through
network/outgoing.py, one to this program's own server through network/own_server.py. The others call a portal whose
address the person at the terminal gave."""
OFFERED = {"testing/portal.py", "pytest_plugin.py"}
"""Files whose names are for programs of others."""
AT_THE_TOP = {"__init__", "__main__", "settings", "logs", "pytest_plugin"}


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


def http_clients_in(code: str | bytes) -> set[str]:
    """Return the HTTP clients that a file imports, inside functions, too."""
    known = {"aiohttp", "http.client", "httpcore", "httplib2", "httpx", "httpx2", "niquests", "pycurl", "requests"}
    known |= {"urllib.request", "urllib3"}
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import(names=names):
                found |= {one.name for one in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module, *(f"{module}.{one.name}" for one in names)}
    return {client for client in known if any(f"{name}.".startswith(f"{client}.") for name in found)}


def test_only_named_files_speak_http_to_servers() -> None:
    """Another client would not check the addresses that it connects to."""
    found = {name: clients for name, path in sources().items() if (clients := http_clients_in(path.read_bytes()))}
    assert found == HTTP_CLIENTS


@pytest.mark.parametrize(
    ("code", "client"),
    [
        ("import urllib.request", "urllib.request"),
        ("from urllib.request import urlopen", "urllib.request"),
        ("def f():\n    from urllib import request", "urllib.request"),
        ("import http.client as h", "http.client"),
        ("from http import client", "http.client"),
        ("import httpx._client", "httpx"),
        ("async def f():\n    import aiohttp", "aiohttp"),
        ("from requests.sessions import Session", "requests"),
    ],
)
def test_a_further_http_client_would_be_found(code: str, client: str) -> None:
    assert http_clients_in(code) == {client}


def test_texts_and_parsers_are_no_http_clients() -> None:
    code = "import urllib.parse\nfrom http import HTTPStatus\nfrom http.cookiejar import CookieJar\nimport httptools"
    assert http_clients_in(code) == set()


@pytest.mark.parametrize("meaningless", ["utils", "util", "helpers", "misc", "common"])
def test_every_module_is_named_after_its_subject(meaningless: str) -> None:
    named = [name for name in sources() if meaningless in Path(name).with_suffix("").parts]
    assert named == []


def names_in(body: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that a file defines for others: functions, classes and their methods, constants.

    Who decorates a function may register it, so those are left out, as are methods that the language calls.
    """
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if all(is_plain(one) for one in node.decorator_list):
                yield node.name
            case ast.ClassDef():
                yield node.name
                methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
                yield from names_in(methods)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def is_plain(decorator: ast.expr) -> bool:
    known = {"property", "cached_property", "cache", "staticmethod", "classmethod", "contextmanager"}
    return isinstance(decorator, ast.Name) and decorator.id in known


def unused_names(files: Mapping[str, str], others: Iterable[str] = ()) -> list[str]:
    """Return file and name of what is written nowhere but where it is defined."""
    words = Counter(word for text in (*files.values(), *others) for word in re.findall(r"\w+", text))
    return [
        f"{file}: {name}"
        for file, text in files.items()
        for name in names_in(ast.parse(text).body)
        if words[name] == 1 and not (name.startswith("__") and name.endswith("__"))
    ]


def test_every_name_is_used() -> None:
    """Code that only its own test uses is dead, too; a template uses what it names."""
    files = {name: path.read_text() for name, path in sources().items() if "migrations" not in path.parts}
    others = (path.read_text() for kind in ("*.html", "*.toml") for path in SOURCE.rglob(kind))
    unused = unused_names(files, others)
    assert [one for one in unused if one.split(": ")[0] not in OFFERED] == []


def test_an_unused_name_would_be_found() -> None:
    files = {
        "a.py": "USED = 1\ndef unused(): ...\nclass Base:\n    def also_unused(self): ...\n",
        "b.py": "print(USED, Base)",
    }
    assert unused_names(files) == ["a.py: unused", "a.py: also_unused"]
