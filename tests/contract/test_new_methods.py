"""Everything that a declared method still lacks, one sentence each: run this after adding a method.

documented.json holds facts of the public documentation (MIT): names, parameters, error codes, and the page of each.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.domain.people.rights import Right
from landingpad.errors.calls import AccessDenied, SystemApiError
from landingpad.errors.site import SiteNotFound
from landingpad.operations import reference
from landingpad.reference import differences
from landingpad.reference.library import read_recorded
from landingpad.rpc.call import Call
from landingpad.rpc.declare import REGISTRY, Doc, Method, Registry, Runs
from landingpad.rpc.declare import method as declare
from support.rights_world import ABOUT_A_SITE, ABOUT_THE_SECTION

ROOT = Path(__file__).parents[2]
FACTS = "src/landingpad/reference/documented.json"
SYSTEM_CODES = {error.code for error in SystemApiError.__subclasses__()}
# Errors that a method may raise although its own page omits them, with the page that documents them.
ALSO: dict[str, set[str]] = {
    "*": {
        "ACCESS_DENIED",  # landing/rights: every method without the right
        "LANDING_NOT_EXIST",  # landing/page: methods with `lid`
        "BLOCK_NOT_FOUND",  # landing/block: methods with `block`
    },
    "landing.site.add": {"BX_EMPTY_REQUIRED"},  # landing-site-add-folder.md: TITLE is required here, too
    "landing.landing.add": {"BX_EMPTY_REQUIRED"},
    "landing.landing.update": {"UNABLE_DELETE_INCLUDE"},  # landing-landing-mark-delete.md: DELETED has that effect
    "landing.repo.bind": {"PLACEMENT_NO_EXIST"},  # landing-repo-unbind.md: bind has no page
}


def test_a_new_method_says_what_it_lacks() -> None:
    missing = list(lacking(REGISTRY))
    assert not missing, "still to do:\n" + "\n".join(missing)


def lacking(registry: Registry) -> Iterator[str]:
    """Yield one sentence for each missing part of the methods of a registry."""
    yield from reference.undocumented(registry)
    for method in registry:
        found = [*_declaration(method), *(_own(method) if method.is_own else _documented(method)), *_elsewhere(method)]
        yield from (f"{method.name}: {sentence}" for sentence in found)


def _declaration(method: Method) -> Iterator[str]:
    if method.summary and not method.summary.endswith((".", ")", ":")):
        yield "its docstring does not end with a full stop."
    if method.runs is Runs.WRITE and "landing" in method.scopes and method.needs in {None, Right.READ}:
        yield "it changes something (Runs.WRITE) and needs no more than reading: declare `needs=` and check it."


def _own(method: Method) -> Iterator[str]:
    if f"`{method.name}`" not in _text("CHANGELOG.md"):
        yield "it is our own, and CHANGELOG.md does not name it: add a line that tells users what it does."


def _documented(method: Method) -> Iterator[str]:
    if not method.doc.startswith(("api-reference/", "settings/", "rest_help/")):
        yield f"doc={method.doc!r} is no page of the public documentation: it begins with api-reference/, for example."
    by_lower = {name.lower(): facts for name, facts in differences.documented().items()}
    facts = by_lower.get(method.name.lower())
    if facts is None:
        yield f"it claims a page (doc=), and {FACTS} has no facts of it: add its parameters, errors and page."
        return
    if facts["page"] != method.doc:
        yield f"doc={method.doc!r}, and {FACTS} says {facts['page']!r}."
    known = {name.lower() for name in [*facts["required"], *facts["optional"]]}
    for parameter in method.parameters:
        if parameter.wire.lower() not in known:
            yield f"its parameter {parameter.wire} is not in {FACTS}: only documented names are taken."
    allowed = set(facts["errors"]) | ALSO["*"] | ALSO.get(method.name, set()) | SYSTEM_CODES
    for code in sorted({error.code for error in method.raises} - allowed):
        yield f"its error {code} is not in {FACTS}; if another page says so, add it to ALSO in {_here()}."


def _elsewhere(method: Method) -> Iterator[str]:
    if method.needs is not None and method.name not in ABOUT_A_SITE.keys() | ABOUT_THE_SECTION.keys():
        yield (
            "the matrix of rights does not call it: add it to ABOUT_A_SITE (or ABOUT_THE_SECTION) in "
            "tests/support/rights_world.py."
        )
    if not re.search(rf'"{re.escape(method.name)}[".?]', _tests(), re.IGNORECASE):
        file = method.function.__module__.replace("landingpad.methods", "tests/methods", 1).replace(".", "/")
        folder, _, name = file.rpartition("/")
        yield f"no test calls it by its name: write one in {folder}/test_{name}.py."
    if method.name not in read_recorded() or not (ROOT / f"docs/reference/{method.name}.md").is_file():
        yield "it has no page in docs/reference or no recorded answer: run `make docs` when it has an example."


@cache
def _tests() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py")))


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _here() -> str:
    return str(Path(__file__).relative_to(ROOT))


def found_in(name: str, **declared: Any) -> list[str]:
    """Return the missing parts of a method that has only its declaration."""
    registry = Registry()

    def function(call: Call, site: int, said: Annotated[int, Doc("Said.")] = 0) -> None:
        pass

    declare(name, registry=registry, **declared)(function)
    sentences = list(lacking(registry))
    assert all(sentence.startswith(f"{name}: ") and sentence.endswith(".") for sentence in sentences)
    return sentences


def names(sentences: list[str], *words: str) -> None:
    """Assert that there is one sentence about each of these, and no other."""
    assert len(sentences) == len(words), sentences
    assert all(word in sentence for word, sentence in zip(words, sentences, strict=True)), sentences


EVERYWHERE = ("docstring", "parameter site", "examples.toml")


def test_a_bare_method_of_our_own_lacks_everything() -> None:
    found = found_in("landingpad.test." + "bare", needs=Right.READ, runs=Runs.WRITE)
    names(found, *EVERYWHERE, "needs=", "CHANGELOG.md", "ABOUT_A_SITE", "write one in", "make docs")


def test_a_bare_documented_method_lacks_its_facts() -> None:
    found = found_in("landing.test." + "bare", doc="test.md")
    names(found, *EVERYWHERE, "no page of the public documentation", "add its parameters", "write one in", "make docs")


def test_a_declaration_that_contradicts_the_documentation_is_named() -> None:
    found = found_in("landing.site.getPreview", doc="api-reference/test.md", raises=[AccessDenied, SiteNotFound])
    names(found, *EVERYWHERE[:2], "documented.json says", "parameter site", "parameter said", "SITE_NOT_FOUND")
