"""landing.syspage.*: special pages of a site, such as its cart."""

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from landingpad.domain.page import syspages
from landingpad.domain.people.rights import Right
from landingpad.domain.site import addresses, sites
from landingpad.errors.calls import AccessDenied, ArgumentProblem
from landingpad.methods.landing.access import find_page
from landingpad.rpc.bind import to_int, to_object, to_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.records import Site

DOCS = "api-reference/landing/page/special-pages/"

SiteId = Annotated[int, Doc("Id of the site.", see="landing.site.getList")]


@method("landing.syspage.get", needs=Right.READ, raises=[AccessDenied], doc=DOCS + "landing-syspage-get.md")
def get(
    call: Call, id: SiteId, active: Annotated[bool, Doc("true: only pages that visitors can see.")] = False
) -> dict[str, Any] | None:
    """Return the special pages of a site by type; null if the site is unknown or unreadable."""
    site = _readable(call, id)
    if site is None:
        return None
    return {
        page.type: {
            "TYPE": page.type,
            "LANDING_ID": str(page.page_id),
            "TITLE": page.title,
            "DELETED": "Y" if page.deleted else "N",
            "ACTIVE": "Y" if page.active else "N",
        }
        for page in syspages.of_site(call, site, online_only=active)
    }


@method(
    "landing.syspage.set",
    needs=Right.SETT,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-syspage-set.md",
)
def set_page(
    call: Call,
    id: SiteId,
    type: Annotated[str, Doc("mainpage, catalog, personal, cart, order, payment, compare or feedback.")],
    lid: Annotated[Any, Doc("Id of the page; without it the type is released.")] = None,
) -> bool:
    """Set the special page of a type. Always returns true, also if the page cannot be set and nothing changes."""
    site = _changeable(call, id)
    if site is None:
        return True
    kind = type.strip()
    if "lid" not in call.params:
        syspages.release(call, site, kind)
        return True
    try:
        page_id = 0 if lid in (None, "", False) else to_int(lid)
    except TypeError:
        return True  # not an id: nothing changes
    if kind in syspages.KINDS and (page_id <= 0 or _may_be_special(call, page_id)):
        syspages.assign(call, site, kind, max(page_id, 0))
    return True


@method(
    "landing.syspage.getSpecialPage",
    needs=Right.READ,
    raises=[AccessDenied],
    doc=DOCS + "landing-syspage-get-special-page.md",
)
def get_special_page(
    call: Call,
    siteId: Annotated[Any, Doc("Id of the site.", see="landing.site.getList")],
    type: Annotated[Any, Doc("The type, exactly as set.")],
    additional: Annotated[Any, Doc("Object: query parameters to add to the address.")] = None,
) -> str | None:
    """Return the address of a special page; "" if the type is not set, null for an unknown site."""
    try:
        site_id, extra = to_int(siteId), to_object(additional or {})
    except TypeError as error:
        raise ArgumentProblem("additional" if isinstance(siteId, int | str) else "siteId") from error
    if isinstance(type, list | dict):
        raise ArgumentProblem("type")
    site = _readable(call, site_id)
    if site is None:
        return None
    if not isinstance(type, str):
        return ""
    page_id = syspages.page_id_of(call, site, type)
    page = find_page(call, page_id, trashed=True) if page_id else None
    address = "" if page is None else addresses.address_of(call, page, call.caller.portal.domain)
    return _with_query(address, extra) if address and extra else address


@method(
    "landing.syspage.deleteForLanding",
    needs=Right.SETT,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-syspage-delete-for-landing.md",
)
def delete_for_landing(call: Call, id: Annotated[int, Doc("Id of the page.", see="landing.landing.getList")]) -> bool:
    """Remove a page from the special pages of every site."""
    page = find_page(call, id, trashed=True)
    if call.may(Right.SETT, page.site_id if page else None) and page is not None:
        syspages.release_page(call, page.id)
    return True


@method(
    "landing.syspage.deleteForSite",
    needs=Right.SETT,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-syspage-delete-for-site.md",
)
def delete_for_site(call: Call, id: SiteId) -> bool:
    """Remove all special page settings of a site; the pages themselves stay."""
    site = _changeable(call, id)
    if site is not None:
        syspages.release_site(call, site)
    return True


def _readable(call: Call, site_id: int) -> Site | None:
    site = sites.find(call, site_id, call.site_types)
    return site if call.may(Right.READ, site_id) and site is not None and not site.deleted else None


def _changeable(call: Call, site_id: int) -> Site | None:
    site = sites.find(call, site_id, call.site_types)
    return site if call.may(Right.SETT, site_id) and site is not None and not site.deleted else None


def _may_be_special(call: Call, page_id: int) -> bool:
    page = find_page(call, page_id)
    return page is not None and call.may(Right.SETT, page.site_id)


def _with_query(address: str, extra: dict[str, Any]) -> str:
    """Add query parameters to an address, replacing existing ones."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in extra.items():
        query[name] = "" if isinstance(value, list | dict) or value is None else to_text(value)
    return urlunsplit(parts._replace(query=urlencode(query)))
