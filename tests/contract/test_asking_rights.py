"""Rights are asked in methods, screens and commands; the domain never asks for those of the caller."""

import ast
from collections.abc import Iterator
from pathlib import Path

import landingpad
from landingpad.domain.work import Work

DOMAIN = Path(landingpad.__file__).parent / "domain"
QUESTIONS = {"may", "may_use", "require", "readable", "readable_among", "operations"}
"""Questions of `Access` and `Call` about rights."""
SUBJECTS = {
    "people/rights.py": "defines rights",
    "people/explain.py": "explains to an administrator what somebody may do",
    "block/forms.py": "decides whose handlers may hear of a form that a visitor sent",
}
"""Files whose subject is the rights of somebody other than the caller."""


def questions(tree: ast.AST) -> Iterator[str]:
    """Yield what a file uses to ask for rights: the class Access, and calls of its questions."""
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(names=names):
                yield from (alias.name for alias in names if alias.name in {"Access", "Call"})
            case ast.Call(func=ast.Attribute(attr=name)) if name in QUESTIONS:
                yield name


def asking() -> set[str]:
    """Return the files of the domain that ask for rights."""
    files = {path.relative_to(DOMAIN).as_posix(): path for path in DOMAIN.rglob("*.py")}
    return {name for name, path in files.items() if any(questions(ast.parse(path.read_text())))}


def test_the_domain_asks_for_nobodys_rights_but_where_they_are_the_subject() -> None:
    assert asking() == set(SUBJECTS)


def test_work_has_no_rights() -> None:
    """Each question would be answered by whoever made the work, so a function of the domain has none to ask."""
    assert not QUESTIONS & set(dir(Work))
    assert set(Work.__slots__) == {"tx", "portal_id", "user", "now_ms", "services"}


def test_a_question_in_the_domain_would_be_found() -> None:
    asked = "def add(work):\n    if not work.may(Right.EDIT, 1):\n        raise AccessDenied"
    assert list(questions(ast.parse(asked))) == ["may"]
    assert list(questions(ast.parse("from landingpad.domain.people.rights import Access"))) == ["Access"]
