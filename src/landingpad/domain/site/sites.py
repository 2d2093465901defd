"""Sites: create, change and delete; the address of a site's picture."""

from collections.abc import Mapping
from typing import Any

import msgspec

from landingpad.domain.site import additional, codes, hosts
from landingpad.domain.site.urls import NO_PREVIEW, PREVIEW_FILE
from landingpad.domain.work import Work, stamp
from landingpad.errors.calls import AccessDenied
from landingpad.errors.site import SiteIsNotEmpty
from landingpad.store.page import pages as page_rows
from landingpad.store.records import Site
from landingpad.store.site import sites as rows
from landingpad.store.site.sites import PreviewRow, SiteView

DEFAULT_TYPE = "PAGE"
TYPES_WITH_HOSTS = ("PAGE", "STORE", "SMN")
"""Types of sites with hosts of their own, which share the addresses below /pub/site/ of the portal."""


class SiteFields(msgspec.Struct, kw_only=True):
    """Fields of a site that an author can set. UNSET stands for a field that was not sent."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    code: str | msgspec.UnsetType | None = msgspec.UNSET
    type: str | msgspec.UnsetType = msgspec.UNSET
    domain: int | str | msgspec.UnsetType | None = msgspec.UNSET
    description: str | msgspec.UnsetType | None = msgspec.UNSET
    xml_id: str | msgspec.UnsetType | None = msgspec.UNSET
    template_id: int | msgspec.UnsetType | None = msgspec.UNSET
    index_page_id: int | msgspec.UnsetType | None = msgspec.UNSET
    not_found_page_id: int | msgspec.UnsetType | None = msgspec.UNSET
    unavailable_page_id: int | msgspec.UnsetType | None = msgspec.UNSET
    additional: Mapping[str, Any] | msgspec.UnsetType = msgspec.UNSET

    def plain(self) -> dict[str, Any]:
        """Return the set fields that are stored without further checks."""
        names = ("description", "xml_id", "template_id", "index_page_id", "not_found_page_id", "unavailable_page_id")
        return {name: value for name in names if (value := getattr(self, name)) is not msgspec.UNSET}


def find(work: Work, site_id: int, types: tuple[str, ...]) -> Site | None:
    """Return a site if its type is one of `types`, or None."""
    site = rows.find(work.tx, work.portal_id, site_id)
    return site if site is not None and site.type in types else None


def get(work: Work, site_id: int, types: tuple[str, ...]) -> Site:
    """Return a site.

    Raises:
        AccessDenied: the site is unknown; the API answers the same way when it is forbidden.

    """
    site = find(work, site_id, types)
    if site is None:
        raise AccessDenied
    return site


def add(work: Work, fields: SiteFields, types: tuple[str, ...]) -> int:
    """Create a site and return its id. It is not published and has no page.

    Raises:
        AccessDenied: its type does not belong to the call's scope.
        SlashIsNotAllowed: in the code.
        DomainNotFound, DomainIsIncorrect, DomainIsDisabled, DomainExists, DomainExistsInTrash: about the wanted
            address.

    """
    site_type = DEFAULT_TYPE if fields.type is msgspec.UNSET or not fields.type else fields.type.upper()
    if site_type not in types:
        raise AccessDenied(
            f"A site of the type {site_type} cannot be made here, only {' or '.join(types)}: the top-level parameter "
            "`scope` names the type of knowledge bases, group sites and main pages, and is left out for others."
        )
    title = fields.title if isinstance(fields.title, str) else ""
    code = _free_code(work, site_type, codes.site_code(fields.code or None, title))
    domain_id = hosts.domain_for(work, fields.domain, code)
    site_id = rows.add(
        work.tx,
        work.portal_id,
        stamp(work),
        type=site_type,
        code=code,
        title=title.strip() or code,
        domain_id=domain_id,
        **fields.plain(),
    )
    if isinstance(fields.additional, Mapping):
        additional.save(work, "site", site_id, fields.additional, site_type)
    return site_id


def update(work: Work, site: Site, fields: SiteFields, types: tuple[str, ...]) -> None:
    """Update a site; its published pages follow immediately.

    Raises:
        AccessDenied: the new type does not belong to the call's scope, or a special page is not on this site.
        SlashIsNotAllowed: in the code.
        DomainNotFound, DomainIsIncorrect, DomainIsDisabled, DomainExists, DomainExistsInTrash: about the wanted
            address.

    """
    changes: dict[str, Any] = fields.plain()
    _check_pages(work, site, changes)
    if isinstance(fields.title, str) and fields.title.strip():
        changes["title"] = fields.title.strip()
    site_type = site.type
    if isinstance(fields.type, str) and fields.type:
        site_type = fields.type.upper()
        if site_type not in types:
            raise AccessDenied
        changes["type"] = site_type
    code = site.code
    if isinstance(fields.code, str) and fields.code.strip() != f"/{site.code}/":  # as lists write it: no change
        # An empty code is made from the title.
        code = codes.site_code(fields.code, changes.get("title", site.title))
    if code != site.code:
        code = changes["code"] = _free_code(work, site_type, code, but=site.id)
    if fields.domain not in (msgspec.UNSET, None, "", site.domain_id, str(site.domain_id)):
        changes["domain_id"] = hosts.domain_for(work, fields.domain, code, site)
    elif code != site.code:
        changes["domain_id"] = hosts.domain_for_new_code(work, site, code)
    if isinstance(fields.additional, Mapping):
        additional.save(work, "site", site.id, fields.additional, site_type)
    by = stamp(work)
    rows.update(work.tx, work.portal_id, site.id, by, settings_version=site.settings_version + 1, **changes)
    if changes.get("domain_id", site.domain_id) != site.domain_id:
        hosts.redirect_old_host(work, site)


def delete(work: Work, site: Site) -> None:
    """Delete an empty site, in the trash or not.

    Raises:
        SiteIsNotEmpty: it has pages, possibly in the trash.

    """
    if rows.has_pages(work.tx, work.portal_id, site.id):
        raise SiteIsNotEmpty
    rows.remove(work.tx, work.portal_id, site.id)
    hosts.drop_unused(work, site.domain_id)


def preview_address(row: PreviewRow | SiteView, site_address: str) -> str:
    """Return the address of a site's picture: the author's own, the screenshot, or the placeholder."""
    if row.deleted or not row.active or not row.page_active:
        return NO_PREVIEW
    if row.own_picture:
        return row.own_picture
    return f"{site_address}/{PREVIEW_FILE}" if row.preview_key else NO_PREVIEW


def _free_code(work: Work, site_type: str, wanted: str, *, but: int = 0) -> str:
    """Return a code unique among the sites that share an address space."""
    types = TYPES_WITH_HOSTS if site_type in TYPES_WITH_HOSTS else (site_type,)

    def is_taken(code: str) -> bool:
        return any(rows.code_is_taken(work.tx, work.portal_id, each, code, but=but) for each in types)

    return codes.with_number(wanted, is_taken)


def _check_pages(work: Work, site: Site, changes: Mapping[str, Any]) -> None:
    for name in ("index_page_id", "not_found_page_id", "unavailable_page_id"):
        page_id = changes.get(name)
        page = page_rows.find(work.tx, work.portal_id, page_id) if page_id else None
        if page_id and (page is None or page.site_id != site.id or page.deleted):
            raise AccessDenied(f"The page {page_id} was not found on this site.")
