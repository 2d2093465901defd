"""Templates of sites and pages: built-in, ready-made and registered by integrations."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from landingpad import blockhtml
from landingpad.blocks.site_designs import SiteDesign, site_designs
from landingpad.domain.page.standard_templates import PAGE_TEMPLATES, SITE_TEMPLATES, PageTemplate
from landingpad.domain.work import Work, stamp
from landingpad.errors.block import ContentIsBad
from landingpad.errors.page import TemplateDataProblem
from landingpad.errors.site import EmptyRequired
from landingpad.store.db.listing import Condition, Listing, SortKey
from landingpad.store.page import demos as rows
from landingpad.store.page.demos import DemoTemplate

_RUSSIAN_FIRST = frozenset({"ru", "kz", "by", "uz"})
_LARGE = 1024 * 1024
"""Weight of many blocks; their number is no fault of the caller."""
_ELEMENT_KEYS = frozenset({"code", "items", "fields", "name", "type"})


class Translations(NamedTuple):
    """Phrases of a template in other languages (landing/demos/localization.md)."""

    lang: Mapping[str, Any]
    lang_original: str

    def json(self) -> str | None:
        """Return the phrases as stored JSON, or None without any."""
        if not self.lang and not self.lang_original:
            return None
        return msgspec.json.encode({"lang": self.lang, "lang_original": self.lang_original}).decode()


def register(
    work: Work,
    application: str,
    data: Mapping[str, Any],
    translations: Translations,
    site_template: str | None,
) -> list[int]:
    """Register an export of landing.site.fullExport, or single pages of it; return the ids of the site and its pages.

    Templates with the same codes are replaced.

    Raises:
        TemplateDataProblem: the data is empty or contains something else than templates.
        EmptyRequired: the site or a page has no code.
        ContentIsBad: a block has dangerous HTML.

    """
    elements = [data] if _ELEMENT_KEYS & set(data) else list(data.values())
    if not elements or not all(isinstance(element, Mapping) for element in elements):
        raise TemplateDataProblem
    wanted = [template for element in elements for template in _templates(element)]
    for _, element, _ in wanted:
        _code(element)
    items = [element.get("items") for _, element, _ in wanted]
    work.outside(min(blockhtml.text_size(items), _LARGE), _check, items)
    return [
        _store(work, application, element, use, parent, translations, site_template) for use, element, parent in wanted
    ]


def unregister(work: Work, application: str, code: str) -> bool:
    """Remove a template and the pages registered with it; return False if it is unknown."""
    return rows.remove(work.tx, work.portal_id, application, code)


def built_in(use: str, site_type: str) -> list[PageTemplate]:
    """Return the built-in templates for a type of site. Stores use those of ordinary sites."""
    wanted = "PAGE" if site_type in {"STORE", "SMN"} else site_type
    found = PAGE_TEMPLATES if use == rows.PAGE else SITE_TEMPLATES
    return [template for template in found if wanted in template.types]


def ready_made(site_type: str) -> list[SiteDesign]:
    """Return the ready-made sites for a type of site."""
    wanted = "PAGE" if site_type in {"STORE", "SMN"} else site_type
    return [design for design in site_designs().values() if wanted in design.types]


def site_data(work: Work, code: str, site_type: str) -> dict[str, Any] | None:
    """Return a site template as an export, or None if this type of site has no such template."""
    for found in registered(work, rows.SITE, site_type):
        if code in {key_of(found), f"@{found.xml_id}"}:
            manifest: dict[str, Any] = msgspec.json.decode(found.manifest)
            return manifest
    design = next((design for design in ready_made(site_type) if design.code == code), None)
    return None if design is None else design.data()


def registered(work: Work, use: str, site_type: str) -> list[DemoTemplate]:
    """Return the active registered templates for a type of site."""
    conditions = [
        Condition("use", "in", (use,)),
        Condition("type", "in", (site_type.lower(),)),
        Condition("active", "in", (True,)),
    ]
    return rows.list_templates(work.tx, work.portal_id, Listing(conditions, [SortKey("id")]))


def key_of(template: DemoTemplate) -> str:
    """Return the code of a registered template in landing.landing.addByTemplate."""
    return f"{template.application}@{template.xml_id}" if template.application else template.xml_id


def page_data(work: Work, code: str, site_type: str) -> dict[str, Any] | None:
    """Return a page template as an export, or None if this type of site has no such template."""
    for template in built_in(rows.PAGE, site_type):
        if template.code == code:
            return template.data()
    for found in registered(work, rows.PAGE, site_type):
        if code in {key_of(found), f"@{found.xml_id}"}:
            manifest: dict[str, Any] = msgspec.json.decode(found.manifest)
            return manifest
    for design in ready_made(site_type):
        for number, page in enumerate(design.pages, 1):
            if code in {f"{design.code}/{page.code}", design.code if number == 1 else ""}:
                return design.page_data(number)
    return None


def translated(template: DemoTemplate, text: str | None, language: str) -> str:
    """Return the translation of a phrase into the portal's language, or the phrase itself."""
    known = msgspec.json.decode(template.translations) if template.translations else {}
    original, phrases = known.get("lang_original", ""), known.get("lang") or {}
    wanted = "ru" if language in _RUSSIAN_FIRST else language
    if wanted not in phrases and original != language:
        wanted = "en"
    found = phrases.get(wanted)
    given = text or ""
    return str(found.get(given, given)) if isinstance(found, Mapping) else given


def _templates(element: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield the templates in one element: use, data, and for a page the code of its site template."""
    items = element.get("items")
    pages = [item for item in items.values() if _is_page(item)] if isinstance(items, Mapping) else []
    use = element.get("tpl_type")
    if use == rows.PAGE or (use != rows.SITE and not pages):
        yield rows.PAGE, element, ""
        return
    code = _code(element)
    yield rows.SITE, element, ""
    for page in pages:
        yield rows.PAGE, page, code


def _is_page(item: Any) -> bool:
    return isinstance(item, Mapping) and ("fields" in item or "items" in item)


def _code(element: Mapping[str, Any]) -> str:
    code = element.get("code")
    text = str(code).strip() if isinstance(code, str | int) else ""
    if not text:
        raise EmptyRequired('Required field "External code" is not filled')
    return text


def _check(items: list[Any]) -> None:
    for text in _texts(items):
        problem = blockhtml.problem_of(text) if "<" in text else ""
        if problem:
            raise ContentIsBad(f"Content cannot be read. {problem}")
        if "<" in text and blockhtml.check(text)[0]:
            raise ContentIsBad(
                "Content is defined as unsafe. Unsafe parts can be identified by landing.repo.checkContent."
            )


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts except those in ADDITIONAL_FIELDS, in which authors may use their own code."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name != "ADDITIONAL_FIELDS":
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _store(
    work: Work,
    application: str,
    element: Mapping[str, Any],
    use: str,
    parent: str,
    translations: Translations,
    site_template: str | None,
) -> int:
    fields = element.get("fields")
    title = element.get("name") or (fields.get("TITLE") if isinstance(fields, Mapping) else "") or _code(element)
    kind = element.get("type")
    return rows.put(
        work.tx,
        work.portal_id,
        stamp(work),
        application,
        _code(element),
        use,
        parent=parent,
        type=kind.lower() if isinstance(kind, str) and kind else "page",
        title=str(title),
        description=None if element.get("description") is None else str(element["description"]),
        active=element.get("active", True) not in (False, "N"),
        in_list=element.get("show_in_list", "Y") != "N",
        preview_url=str(element.get("preview_url") or ""),
        preview=str(element.get("preview") or ""),
        preview2x=str(element.get("preview2x") or ""),
        preview3x=str(element.get("preview3x") or ""),
        manifest=msgspec.json.encode(element).decode(),
        translations=translations.json(),
        site_template=site_template,
    )
