"""Generated files of a checkout, made of the declarations: writing, checking, and exporting them as a static site."""

import asyncio
import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.control.orders import listing
from landingpad.control.reference_page import control_plane
from landingpad.errors import OperatorError
from landingpad.reference.differences import DOCUMENTED_FILE, documented
from landingpad.reference.doc_page import table
from landingpad.reference.examples import examples
from landingpad.reference.html import page_html, start_html
from landingpad.reference.library import RECORDED_FILE, Library, read_recorded
from landingpad.reference.llms_txt import llms_text
from landingpad.reference.methods import Recorded
from landingpad.reference.openapi import openapi
from landingpad.reference.record import record
from landingpad.rpc.declare import REGISTRY, Registry
from landingpad.settings import fields

_RECORDED = PurePosixPath("src/landingpad/reference") / RECORDED_FILE
_FOLDER = PurePosixPath("docs/reference")
_DOCUMENTED = PurePosixPath("src/landingpad/reference") / DOCUMENTED_FILE
_LINK = re.compile(r"\]\(/docs/([^)#]+)\)")


class NoCheckoutError(OperatorError):
    """The folder is not a checkout of this project."""


def undocumented(registry: Registry = REGISTRY) -> list[str]:
    """List declarations without an explanation: methods (and those without an example), orders and settings."""
    known, found = examples(), []
    for method in registry:
        if not method.summary:
            found.append(f"{method.name}: its function has no docstring: say what it does and what it answers.")
        found += [
            f"{method.name}: its parameter {parameter.wire} has no text: annotate it with Doc(...)."
            for parameter in method.parameters
            if not parameter.text
        ]
        if method.name not in known:
            found.append(f"{method.name}: it has no example: add one to src/landingpad/reference/examples.toml.")
    for order in listing():
        route = f"{order['method']} {order['path']}"
        if not order["text"]:
            found.append(f"{route}: its function has no docstring: say what it does and what it answers.")
        for name, schema in order["body"].get("properties", {}).items():
            if not schema.get("description"):
                found.append(f"{route}: its parameter {name} has no text: annotate it with Meta(description=...).")
    silent = [field.variable for field in fields() if not field.setting.text]
    return [*found, *(f"{name}: it has no text: say in src/landingpad/settings.py what it sets." for name in silent)]


def write(root: Path) -> list[Path]:
    """Write every generated file of a checkout; return those that were changed or deleted.

    Raises:
        NoCheckoutError: `root` is not a checkout.
        BrokenExampleError: an example does not work.

    """
    wanted = generated(root)
    changed = []
    for path in stale(root, wanted):
        changed.append(path)
        content = wanted.get(path)
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return changed


def stale(root: Path, wanted: Mapping[Path, str]) -> list[Path]:
    """Return the files that differ from `wanted`, are missing from disk, or belong to deleted pages."""
    other = [path for path, content in wanted.items() if not path.is_file() or path.read_text("utf-8") != content]
    gone = [path for path in (root / _FOLDER).rglob("*") if path.is_file() and path not in wanted]
    return sorted([*other, *gone])


def generated(root: Path) -> dict[Path, str]:
    """Return the content of every generated file of a checkout. Runs all examples, which takes seconds.

    Raises:
        NoCheckoutError: `root` is not a checkout.
        BrokenExampleError: an example does not work.

    """
    if not (root / _DOCUMENTED).is_file():
        raise NoCheckoutError(f"{root} is not a checkout of Landingpad: it has no {_DOCUMENTED}. Run this inside one.")
    with tempfile.TemporaryDirectory() as folder:
        recorded = asyncio.run(record(REGISTRY, dict(examples()), Path(folder)))
    library = Library(REGISTRY, recorded)
    files = {
        root / _RECORDED: _recorded_text(recorded),
        root / _FOLDER / "openapi.json": _json(openapi(REGISTRY, recorded)),
        root / _FOLDER / "coverage.md": _coverage(root),
        root / _FOLDER / "control-plane.md": control_plane(listing()),
    }
    for page in library.pages:
        files[root / _FOLDER / f"{page.key}.md"] = _with_relative_links(page.text, page.key)
    return files


def export(folder: Path) -> int:
    """Write the reference as a static site, to be served at the root of a host; return the number of pages."""
    library = Library(REGISTRY, read_recorded())
    files = {
        folder / "docs" / "index.html": start_html(library),
        folder / "openapi.json": _json(openapi(REGISTRY, library.recorded)),
        folder / "llms.txt": llms_text(library),
    }
    for page in library.pages:
        files[folder / "docs" / page.key / "index.html"] = page_html(library, page)
        files[folder / "docs" / f"{page.key}.md"] = page.text
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return len(library.pages)


def _coverage(root: Path) -> str:
    """Compare the declared methods with those of the public documentation and with those that tests call."""
    tests = "\n".join(path.read_text("utf-8") for path in sorted((root / "tests").rglob("test_*.py"))).lower()
    known, all_documented = examples(), documented()
    rows = []
    for name in sorted(all_documented, key=str.lower):
        method = REGISTRY.find(name)
        is_tested = re.search(rf'"{re.escape(name.lower())}[".?]', tests) is not None
        declared = f"[yes]({method.name}.md)" if method is not None else "no"
        cells = ("yes" if method is not None and name in known else "no", "yes" if is_tested else "no")
        rows.append((f"`{name}`", declared, *cells, all_documented[name]["page"]))
    missing = [name for name in all_documented if REGISTRY.find(name) is None]
    names = {name.lower() for name in all_documented}
    further = [method.name for method in REGISTRY if method.name.lower() not in names]
    here = f"{len(all_documented) - len(missing)} of {len(all_documented)}"
    head = (
        f"# Coverage\n\n{here} methods that the public documentation has for sites, and of its general ones, are "
        'declared. Tests walk over every declared method; "tested by name" says whether one also calls it.\n\n'
    )
    more = f"\nDeclared beyond these: {', '.join(further)}.\n" if further else ""
    return head + table(("Method", "Declared", "Example", "Tested by name", "Page"), rows) + more


def _with_relative_links(text: str, key: str) -> str:
    up = "../" * key.count("/")
    text = _LINK.sub(lambda link: f"]({up}{link.group(1)}.md)", text)
    return text.replace("](/openapi.json)", f"]({up}openapi.json)").replace("](/llms.txt)", f"]({up}methods-index.md)")


def _recorded_text(recorded: Recorded) -> str:
    """Write one line per method, so that a changed answer is a changed line."""
    lines = (f"{json.dumps(name)}: {json.dumps(recorded[name], ensure_ascii=False)}" for name in sorted(recorded))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
