"""landing.demos.*: templates of sites and pages."""

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Annotated, Any

import msgspec

from landingpad.blocks.library import fingerprint, standard_library
from landingpad.blocks.site_designs import SiteDesign
from landingpad.domain.page import demos
from landingpad.domain.page.demos import Translations
from landingpad.domain.page.standard_templates import PageTemplate
from landingpad.domain.people.rights import Right
from landingpad.errors.block import ContentIsBad
from landingpad.errors.calls import AccessDenied
from landingpad.errors.page import TemplateDataProblem
from landingpad.errors.site import EmptyRequired
from landingpad.methods.listing import Field, FieldKind, listed, parse_list, row
from landingpad.methods.wire import argument_object, argument_text, given_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.rpc.long_list import LARGE_ROWS, Rows
from landingpad.store.db.listing import Condition
from landingpad.store.page import demos as rows
from landingpad.store.page.demos import DemoTemplate

FIELDS: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "XML_ID": Field("xml_id"),
    "APP_CODE": Field("application"),
    "ACTIVE": Field("active", FieldKind.FLAG),
    "TITLE": Field("title"),
    "DESCRIPTION": Field("description"),
    "TYPE": Field("type"),
    "TPL_TYPE": Field("use"),
    "SHOW_IN_LIST": Field("in_list", FieldKind.FLAG),
    "PREVIEW_URL": Field("preview_url"),
    "PREVIEW": Field("preview"),
    "PREVIEW2X": Field("preview2x"),
    "PREVIEW3X": Field("preview3x"),
    "SITE_TEMPLATE_ID": Field("site_template"),
    "CREATED_BY_ID": Field("created_by", FieldKind.NUMBER),
    "MODIFIED_BY_ID": Field("modified_by", FieldKind.NUMBER),
    "DATE_CREATE": Field("created_at", FieldKind.DATE),
    "DATE_MODIFY": Field("modified_at", FieldKind.DATE),
}
COMPUTED = ("MANIFEST", "LANG")
DOCS = "api-reference/landing/demos/"
_KEY = re.compile("(!?)(=%|%=|=|%|@|)([A-Za-z0-9_]+)")


@method(
    "landing.demos.register",
    needs=Right.SECTION,
    runs=Runs.WRITE,
    raises=[AccessDenied, TemplateDataProblem, ContentIsBad, EmptyRequired],
    doc=DOCS + "landing-demos-register.md",
)
def register(
    call: Call,
    data: Annotated[Any, Doc("Object: exported data of a site or of pages.", see="landing.site.fullExport")],
    params: Annotated[
        Any, Doc("Object: lang (language -> {phrase: translation}), lang_original (language code), site_template_id.")
    ] = None,
) -> list[int]:
    """Register a site template and a template of each of its pages; return the list of template ids."""
    call.require(Right.SECTION)
    given = argument_object("data", data)
    options = {} if params is None else argument_object("params", params)
    languages = options.get("lang")
    original = given_text(options, "lang_original")
    site_template = given_text(options, "site_template_id")
    return demos.register(
        call,
        call.caller.application or "",
        given,
        Translations(
            languages if isinstance(languages, Mapping) else {}, original if isinstance(original, str) else ""
        ),
        site_template if isinstance(site_template, str) else None,
    )


@method(
    "landing.demos.unregister",
    needs=Right.SECTION,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-demos-unregister.md",
)
def unregister(
    call: Call, code: Annotated[Any, Doc("External code of the template.", see="landing.demos.getList")]
) -> bool:
    """Remove a registered template; false for an unknown code."""
    call.require(Right.SECTION)
    return demos.unregister(call, call.caller.application or "", argument_text("code", code))


@method("landing.demos.getList", needs=Right.SECTION, raises=[AccessDenied], doc=DOCS + "landing-demos-get-list.md")
def get_list(call: Call, params: Annotated[Any, Doc("Object: select, filter, order, limit, offset.")] = None) -> Rows:
    """List registered templates; an application sees only its own."""
    call.require(Right.SECTION)
    given = {} if params is None else argument_object("params", params)
    if not isinstance(given.get("filter"), Mapping | list):
        given = {name: value for name, value in given.items() if name != "filter"}
    zone = call.caller.portal.zone
    query = parse_list(given, FIELDS, zone, computed=COMPUTED, deleted_hidden=False)
    select = query.select if given.get("select") else (*FIELDS, *COMPUTED)
    conditions = list(query.listing.conditions)
    if call.caller.application is not None:
        conditions.append(Condition("application", "in", (call.caller.application,)))
    listing = query.listing._replace(conditions=conditions)
    return listed(
        call,
        rows.LISTER,
        listing,
        lambda found: [_row(template, select, zone) for template in found],
        portion=LARGE_ROWS,
    )


@method(
    "landing.demos.getSiteList",
    needs=Right.SECTION,
    raises=[AccessDenied],
    doc=DOCS + "landing-demos-get-site-list.md",
)
def get_site_list(
    call: Call,
    type: Annotated[str, Doc("Type of site: page, store, knowledge, group or mainpage.")],
    filter: Annotated[Any, Doc("Object: field -> required value; `%` stands for any text.")] = None,
) -> dict[str, Any] | list[Any]:
    """Return built-in and registered site templates by code; an empty list if none match."""
    call.require(Right.SECTION)
    return _by_code(call, rows.SITE, type, filter)


@method(
    "landing.demos.getPageList",
    needs=Right.SECTION,
    raises=[AccessDenied],
    doc=DOCS + "landing-demos-get-page-list.md",
)
def get_page_list(
    call: Call,
    type: Annotated[str, Doc("Type of site: page, store, knowledge, group or mainpage.")],
    filter: Annotated[Any, Doc("Object: field -> required value; `%` stands for any text.")] = None,
) -> dict[str, Any] | list[Any]:
    """Return built-in and registered page templates by code; an empty list if none match."""
    call.require(Right.SECTION)
    return _by_code(call, rows.PAGE, type, filter)


def _by_code(call: Call, use: str, kind: str, conditions: Any) -> dict[str, Any] | list[Any]:
    wanted = {} if conditions is None else argument_object("filter", conditions)
    found = {template.code: _built_in(call, template) for template in demos.built_in(use, kind.upper())}
    for design in demos.ready_made(kind.upper()):
        found[design.code] = _ready_made(call, design, design.data() if use == rows.SITE else design.page_data())
    for template in demos.registered(call, use, kind):
        if template.in_list:
            found[demos.key_of(template)] = _registered(call, template)
    return {code: entry for code, entry in found.items() if _has_values(entry, wanted)} or []


def _has_values(entry: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether a template fulfils the conditions; of a list of values, one has to be fulfilled."""
    for key, value in wanted.items():
        found = _KEY.fullmatch(key)
        if found is None or found[3] not in entry:
            continue
        opposite, sign, name = found.groups()
        values = entry[name] if isinstance(entry[name], list) else [entry[name]]
        asked = value if isinstance(value, list) else [value]
        if bool(opposite) == any(_fulfils(_comparable(v), sign, _comparable(a)) for v in values for a in asked):
            return False
    return True


def _fulfils(text: str, sign: str, asked: str) -> bool:
    match sign:
        case "%":
            return asked in text
        case "" | "=%" | "%=":
            return _matches(text, asked)
    return text == asked


def _matches(text: str, pattern: str) -> bool:
    """Return whether a text matches a pattern in which "%" stands for any text."""
    start, *parts = pattern.split("%")
    if not parts:
        return text == start
    end = len(text) - len(parts[-1])
    position = len(start)
    if not text.startswith(start) or not text.endswith(parts[-1]) or end < position:
        return False
    for part in parts[:-1]:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _comparable(value: Any) -> str:
    return {True: "y", False: "n"}.get(value, "") if isinstance(value, bool) else str(value).lower()


def _built_in(call: Call, template: PageTemplate) -> dict[str, Any]:
    preview = _preview(call, template)
    return {
        **_template_entry(template.code, template.title, template.description, (preview, preview, preview)),
        "TYPE": list(template.types),
        "SECTION": list(template.section),
        "DATA": template.data(),
    }


def _ready_made(call: Call, design: SiteDesign, data: dict[str, Any]) -> dict[str, Any]:
    preview = f"//{call.origin.partition('://')[2]}/_assets/sites/{design.code}.webp"
    return {
        **_template_entry(design.code, design.name, design.description, (preview, preview, preview)),
        "TYPE": list(design.types),
        "SECTION": list(design.section),
        "DATA": data,
    }


def _preview(call: Call, template: PageTemplate) -> str:
    """Return the picture address of the first block of a page that is not a menu, or ""."""
    designs = (standard_library()[code] for code in template.blocks)
    design = next((found for found in designs if found.has_picture and "menu" not in found.sections), None)
    if design is None:
        return ""
    return f"//{call.origin.partition('://')[2]}/_assets/blocks/{design.code}.webp?v={fingerprint(design)}"


def _registered(call: Call, template: DemoTemplate) -> dict[str, Any]:
    language = call.caller.portal.language
    title = demos.translated(template, template.title, language)
    description = demos.translated(template, template.description, language)
    pictures = (template.preview, template.preview2x, template.preview3x)
    return {
        **_template_entry(template.xml_id, title, description, pictures),
        "ID": demos.key_of(template),
        "TYPE": template.type.upper(),
        "SECTION": [],
        "APP_CODE": template.application,
        "REST": template.id,
        "DATA": [],
    }


def _template_entry(code: str, title: str, description: str, pictures: Iterable[str]) -> dict[str, Any]:
    preview, preview2x, preview3x = pictures
    return {
        "ID": code,
        "XML_ID": code,
        "TYPE": [],
        "TITLE": title,
        "ACTIVE": True,
        "PUBLICATION": False,
        "LOCK_DELETE": False,
        "AVAILABLE": True,
        "SINGLETON": False,
        "SECTION": [],
        "DESCRIPTION": description,
        "PREVIEW": preview,
        "PREVIEW2X": preview2x,
        "PREVIEW3X": preview3x,
        "APP_CODE": "",
        "REST": 0,
    }


def _row(template: DemoTemplate, select: Iterable[str], zone: tzinfo) -> dict[str, Any]:
    select = list(select)
    values: dict[str, Any] = row(template, [name for name in select if name in FIELDS], FIELDS, zone)
    if "MANIFEST" in select:
        values["MANIFEST"] = msgspec.json.decode(template.manifest) or False
    if "LANG" in select:
        values["LANG"] = msgspec.json.decode(template.translations) if template.translations else None
    return {name: values[name] for name in select}
