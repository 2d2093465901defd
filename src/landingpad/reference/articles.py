"""Articles with tables generated from the declarations, and the pages of events."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any

from landingpad.blocks.library import BlockDesign, sections, standard_library
from landingpad.domain.app.known_names import EVENTS
from landingpad.domain.people.portals import FOREIGN_SCOPES, SCOPES
from landingpad.domain.site.additional import NAMES, STORED_ONLY, Owner
from landingpad.errors.calls import SystemApiError
from landingpad.methods.landing import landing, site
from landingpad.reference.differences import difference_tables
from landingpad.reference.doc_page import DocPage, PageKind, method_link, plain, summary_of, table
from landingpad.rpc.declare import Registry
from landingpad.settings import Field, Group, fields

_FOR_APPLICATIONS = frozenset({"applications", "oauth", "widgets-and-events", "clients", "client-errors", "assistants"})
_WORDS = re.compile(r"^Words: (.+)\n\n", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{([a-z ]+)\}\}")
_EVENT = """# {name}

{text}

Subscribe with [event.bind](/docs/event.bind): `event` is `{name}`. The portal posts a form with these members to the
handler:

```json
{body}
```
"""


def articles(registry: Registry) -> Iterable[DocPage]:
    """Read the articles and fill in their tables.

    Raises:
        ValueError: an article lacks its line of search words, or names an unknown table.

    """
    tables = _tables(registry)
    for file in sorted(files(__package__).joinpath("articles").iterdir(), key=lambda entry: entry.name):
        key = file.name.removesuffix(".md")
        text = file.read_text("utf-8")
        words = _WORDS.search(text)
        unknown = set(_PLACEHOLDER.findall(text)) - set(tables)
        if words is None or unknown:
            raise ValueError(
                f"articles/{file.name}: needs a line `Words: ...` below its summary; unknown tables: {unknown}"
            )
        kind = PageKind.APP if key in _FOR_APPLICATIONS else PageKind.ARTICLE
        text = _PLACEHOLDER.sub(lambda placeholder: tables[placeholder.group(1)]().strip(), _WORDS.sub("", text))
        yield _page(key, text, kind, words.group(1))


def events() -> Iterable[DocPage]:
    """Return a page for each event in events.toml."""
    for name, event in _known_events().items():
        auth = {"access_token": "...", "domain": "portal.example.com", "application_token": "..."}
        body = json.dumps({"event": name, "data": event["data"], "ts": "1790000000", "auth": auth}, indent=2)
        text = _EVENT.format(name=name, text=event["text"], body=body)
        yield _page(f"events/{name}", text, PageKind.EVENT, f"event {name} handler notification")


@cache
def field_texts() -> Mapping[str, Mapping[str, str]]:
    """Return the meanings of fields: by owner and name, for additional fields by group."""
    return tomllib.loads(files(__package__).joinpath("fields.toml").read_text("utf-8"))


@cache
def _known_events() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("events.toml").read_text("utf-8"))


def _page(key: str, text: str, kind: PageKind, words: str) -> DocPage:
    """Return a page from Markdown: the first line is the title, the next paragraph the summary."""
    title, summary, *_ = text.strip().split("\n\n")
    summary = plain(" ".join(summary.split()))
    return DocPage(
        key=key, kind=kind, title=title.removeprefix("# "), summary=summary, text=text.strip() + "\n", words=words
    )


def _tables(registry: Registry) -> Mapping[str, Callable[[], str]]:
    """Return the table functions by the names used in articles."""
    return {
        "system errors": _system_errors,
        "method errors": partial(_method_errors, registry),
        "scopes": partial(_scopes, registry),
        "methods without scope": lambda: ", ".join(method_link(m) for m in registry if not m.scope),
        "other scopes": lambda: ", ".join(FOREIGN_SCOPES),
        "site fields": lambda: _fields("site", [*site.FIELDS, *site.COMPUTED]),
        "page fields": lambda: _fields("page", list(landing.FIELDS)),
        "site additional fields": lambda: _additional("site"),
        "page additional fields": lambda: _additional("page"),
        "stored only": lambda: "\n".join(f"- `{names}`: {reason}" for names, reason in STORED_ONLY.items()),
        "blocks": _blocks,
        "methods": partial(_methods, registry),
        "events": _events,
        "settings": _settings,
        "secret settings": lambda: " and ".join(f"`{f.variable}`" for f in fields() if f.setting.is_secret),
        **difference_tables(registry),
    }


def _system_errors() -> str:
    rows = {(f"`{error.code}`", str(error.status), plain(error.text)) for error in SystemApiError.__subclasses__()}
    return table(("Code", "Status", "Text"), sorted(rows))


def _method_errors(registry: Registry) -> str:
    by_code: dict[str, list[str]] = {}
    for method in registry:
        for code in sorted({error.code for error in method.raises}):
            by_code.setdefault(code, []).append(method_link(method))
    return table(("Code", "Methods"), [(f"`{code}`", _first_names(by_code[code])) for code in sorted(by_code)])


def _scopes(registry: Registry) -> str:
    rows = [(f"`{scope}`", _first_names([method_link(m) for m in registry if scope in m.scopes])) for scope in SCOPES]
    return table(("Scope", "Methods"), rows)


def _fields(owner: str, names: Iterable[str]) -> str:
    texts = field_texts()[owner]
    return table(("Field", "Meaning"), [(f"`{name}`", texts[name]) for name in names])


def _additional(owner: Owner) -> str:
    groups: dict[str, list[str]] = {}
    for name in sorted(NAMES[owner]):
        groups.setdefault(name.partition("_")[0], []).append(f"`{name}`")
    texts = field_texts()["additional"]
    return table(("Meaning", "Fields"), [(texts[group], ", ".join(names)) for group, names in groups.items()])


def _blocks() -> str:
    parts: list[str] = []
    for section, title in sections().items():
        blocks = [design for design in standard_library().values() if design.sections[0] == section]
        if blocks:
            parts += [f"## {title}", *(_block(design) for design in blocks)]
    return "\n\n".join(parts)


def _block(design: BlockDesign) -> str:
    nodes = ", ".join(f"`{sel}` ({node['type']})" for sel, node in design.manifest.get("nodes", {}).items())
    cards = ", ".join(f"`{sel}`" for sel in design.manifest.get("cards", {}))
    text = f"**`{design.code}`**: {design.name}. {design.description}\n\nNodes: {nodes or 'none'}."
    return f"{text} Cards: {cards}." if cards else text


def _methods(registry: Registry) -> str:
    groups: dict[str, list[tuple[str, str]]] = {}
    for method in registry:
        space = method.name.rpartition(".")[0]
        row = (method_link(method), summary_of(method))
        groups.setdefault(f"{space}.*" if space else "General", []).append(row)
    parts = [f"## {name}\n\n" + table(("Method", "What it does"), rows) for name, rows in sorted(groups.items())]
    return "\n\n".join(parts)


def _events() -> str:
    rows = [
        (f"[{name}](/docs/events/{name})" if name in _known_events() else f"`{name}`", scope or "any")
        for scope, names in EVENTS.items()
        for name in names
    ]
    return table(("Event", "Scope"), rows)


def _settings() -> str:
    head = ("Variable", "Option", "Type", "Default", "Meaning")
    parts = []
    for group in Group:
        rows = [_setting(field) for field in fields() if field.setting.group is group]
        parts.append(f"## {group}\n\n{table(head, rows)}")
    return "\n".join(parts)


def _setting(field: Field) -> tuple[str, ...]:
    option, default = field.setting.option, field.default
    shown = f"{default:d}" if isinstance(default, int) else str(default).removesuffix(".0")
    return (
        f"`{field.variable}`",
        f"`{option}`" if option else "",
        re.sub(r"^(an?|one of) ", "", field.expected),
        f"`{shown}`" if shown else "",
        field.setting.text,
    )


def _first_names(names: list[str], most: int = 5) -> str:
    kept = ", ".join(names[:most])
    return kept if len(names) <= most else f"{kept} and {len(names) - most} more"
