"""The pages of the reference: complete, linked, and served as HTML, Markdown and text."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import landingpad.methods  # noqa: F401  # declares the API
from landingpad.cli.main import app
from landingpad.domain.site.additional import NAMES
from landingpad.errors.calls import SystemApiError
from landingpad.reference.articles import field_texts
from landingpad.reference.doc_page import PageKind, within
from landingpad.reference.examples import examples, filled
from landingpad.reference.library import Library, nearest, read_recorded
from landingpad.reference.record import shortened
from landingpad.rpc.declare import REGISTRY
from support.portal import Portal

LIBRARY = Library(REGISTRY, read_recorded())
ROOT = Path(__file__).parents[2]


def test_every_example_belongs_to_a_declared_method() -> None:
    """That every method has one is looked at in tests/contract/test_new_methods.py."""
    assert not [name for name in examples() if name not in {method.name for method in REGISTRY}]


def test_every_link_leads_somewhere() -> None:
    keys = {page.path for page in LIBRARY.pages} | {"/docs/", "/openapi.json", "/llms.txt"}
    broken = [
        (page.key, link)
        for page in LIBRARY.pages
        for link in re.findall(r"\]\((/[^)#]*)", page.text)
        if link not in keys
    ]
    assert not broken


def test_every_method_that_an_article_names_exists() -> None:
    """Checks names in code marks, except those with a star."""
    spaces = ("landing", "event", "placement", "user", "app", "server", "department")
    named = re.compile(rf"`((?:{'|'.join(spaces)})\.[A-Za-z.]+[A-Za-z])`")
    unknown = [
        (page.key, name)
        for page in LIBRARY.of_kind(PageKind.ARTICLE, PageKind.APP)
        for name in named.findall(page.text)
        if REGISTRY.find(name) is None and not name.startswith("user.userfield")
    ]
    assert not unknown


def test_every_page_begins_with_its_title_and_has_one_sentence_about_itself() -> None:
    for page in LIBRARY.pages:
        assert page.text.startswith(f"# {page.title}\n"), page.key
        assert page.summary, page.key
        assert "{{" not in page.text, page.key
    assert len({page.key.lower() for page in LIBRARY.pages}) == len(LIBRARY.pages)


def test_the_page_of_errors_has_every_code() -> None:
    page = LIBRARY.page("errors")
    assert page is not None
    codes = {error.code for error in SystemApiError.__subclasses__()} | {e.code for m in REGISTRY for e in m.raises}
    assert not [code for code in codes if f"`{code}`" not in page.text]


def test_every_additional_field_has_a_meaning() -> None:
    groups = {name.partition("_")[0] for names in NAMES.values() for name in names}
    assert groups == set(field_texts()["additional"])


def test_near_misses() -> None:
    assert nearest("landing.site.getprevew", ["landing.site.getPreview", "profile"]) == ["landing.site.getPreview"]
    assert nearest("blocks.getlist", ["landing.block.getlist", "profile"]) == ["landing.block.getlist"]
    assert nearest("xyzzy", ["profile"]) == []


def test_a_text_is_cut_between_paragraphs_and_code_is_closed() -> None:
    text = "# A\n\n" + "word " * 50 + "\n\n```sh\n" + "curl\n" * 200 + "```\n"
    cut = within(text, 100)
    assert len(cut) < 520
    assert cut.count("```") == 2
    assert within("short", 100) == "short"


def test_answers_are_shortened_for_reading() -> None:
    assert shortened({"a": list(range(9)), "b": "x" * 900}) == {"a": [0, 1, 2, "..."], "b": "x" * 200 + " ..."}


def test_names_in_examples_become_ids() -> None:
    known = {"site": 5, "roles": [{"ID": "3"}]}
    given = {"id": "$site", "rights": {"$site": ["$roles.0.ID"]}, "text": "$result[a]", "n": 1}
    assert filled(given, known) == {"id": 5, "rights": {"5": [3]}, "text": "$result[a]", "n": 1}


@pytest.mark.parametrize(
    "path", ["/docs/", "/docs/webhooks", "/docs/landing.site.GETLIST", "/docs/events/ONAPPINSTALL"]
)
async def test_people_read_pages(portal: Portal, path: str) -> None:
    page = await portal.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert 'role="search"' in page.text


async def test_programs_read_markdown_and_lists(portal: Portal) -> None:
    page = LIBRARY.page("landing.site.add")
    assert page is not None
    answer = await portal.get("/docs/landing.site.add.md")
    assert (answer.headers["content-type"], answer.text) == ("text/markdown; charset=utf-8", page.text)
    listed = (await portal.get("/llms.txt")).text
    assert all(f"]({page.path}.md)" in listed for page in LIBRARY.pages)
    assert (await portal.get("/docs")).headers["location"] == "/docs/"


async def test_people_search(portal: Portal) -> None:
    found = (await portal.get("/docs/search?q=screenshot+of+a+site")).text
    assert found.index('href="/docs/landing.site.getPreview"') < found.index("</main>")
    attack = (await portal.get("/docs/search?q=%3Cscript%3Ealert(1)%3C/script%3E")).text
    assert "<script" not in attack
    assert "Nothing was found" in (await portal.get("/docs/search?q=xyzzy")).text


async def test_an_unknown_page_suggests_similar_ones(portal: Portal) -> None:
    page = await portal.get("/docs/landing.site.getPrevie")
    assert page.status_code == 404
    assert 'href="/docs/landing.site.getPreview"' in page.text
    for path in ("/docs/../etc/passwd", "/docs/%00", "/docs/" + "a" * 5000, "/docs/<script>alert(1)</script>"):
        answer = await portal.get(path)
        assert answer.status_code == 404
        assert "<script" not in answer.text


def test_the_check_names_stale_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src/landingpad/reference").mkdir(parents=True)
    (tmp_path / "src/landingpad/reference/documented.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    for command in (["docs"], ["docs", "--check"]):
        result = run.invoke(app, command)
        assert result.exit_code == 0, result.output
    (tmp_path / "docs/reference/webhooks.md").write_text("old")
    (tmp_path / "docs/reference/gone.md").write_text("of a method that is gone")
    result = run.invoke(app, ["docs", "--check"])
    assert result.exit_code == 1
    assert "stale: docs/reference/gone.md\nstale: docs/reference/webhooks.md\n" in result.output
    assert (tmp_path / "docs/reference/gone.md").exists()


def test_docs_are_written_only_in_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["docs"])
    assert result.exit_code == 1
    assert "not a checkout" in result.output
    assert list(tmp_path.iterdir()) == []


def test_the_export_is_a_whole_site(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["docs", "--export", str(tmp_path)])
    assert result.exit_code == 0, result.output
    for page in LIBRARY.pages:
        assert (tmp_path / "docs" / page.key / "index.html").is_file()
        assert (tmp_path / "docs" / f"{page.key}.md").read_text() == page.text
    assert (tmp_path / "openapi.json").is_file()
