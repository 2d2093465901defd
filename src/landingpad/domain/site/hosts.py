"""Host names of sites."""

from msgspec import UnsetType

from landingpad.domain.site import codes
from landingpad.domain.work import Work
from landingpad.errors.site import DomainExists, DomainExistsInTrash, DomainNotFound
from landingpad.store.records import Site
from landingpad.store.site import addresses
from landingpad.store.site import sites as rows

_LONGEST_LABEL = 56
"""Maximum characters of a host label made from a code: a label has at most 63, and a number may be appended."""


def _portal_host(work: Work) -> str:
    return rows.portal_host(work.tx, work.portal_id)


def domain_for(work: Work, wanted: int | str | UnsetType | None, code: str, site: Site | None = None) -> int:
    """Return the id of a domain for a site.

    `wanted` is the id of a domain, a host name, or a label below the host of the portal. If it is empty, a host name
    is made from the code.

    Raises:
        DomainNotFound: the id is unknown.
        DomainIsIncorrect, DomainIsDisabled: the text is not a valid host name, or contains a reserved word.
        DomainExists: another site uses the host, or it belongs to a portal.
        DomainExistsInTrash: only sites in the trash use the host.

    """
    if isinstance(wanted, str) and wanted.strip().isdigit():
        wanted = int(wanted)
    if isinstance(wanted, int) and wanted > 0:
        domain = rows.find_domain(work.tx, work.portal_id, wanted)
        if domain is None:
            raise DomainNotFound(f"There is no domain with the id {wanted}.")
        _refuse_used_domain(work, domain.id, site)
        return domain.id
    if isinstance(wanted, str) and wanted.strip():
        host = codes.host_name(wanted)
        if "." not in host:
            host = f"{host}.{_portal_host(work)}"
        domain = rows.domain_of_host(work.tx, host)
        if domain is None and not _may_be_taken(work, host):
            raise DomainExists("This address belongs to a portal.")
        if domain is None:
            return _new_domain(work, host, is_own=True)
        if domain.portal_id != work.portal_id:
            raise DomainExists
        _refuse_used_domain(work, domain.id, site)
        return domain.id
    suffix = f".{_portal_host(work)}"
    label = codes.slug(code)[:_LONGEST_LABEL].strip("-") or "site"
    label = codes.with_number(label, lambda name: rows.domain_of_host(work.tx, name + suffix) is not None)
    return _new_domain(work, label + suffix, is_own=False)


def domain_for_new_code(work: Work, site: Site, code: str) -> int:
    """Return the id of the domain after a change of code: a new one, unless the user chose the host name."""
    domain = rows.find_domain(work.tx, work.portal_id, site.domain_id)
    if domain is not None and domain.is_own:
        return domain.id
    return domain_for(work, None, code)


def _refuse_used_domain(work: Work, domain_id: int, site: Site | None) -> None:
    others = [s for s in rows.of_domain(work.tx, work.portal_id, domain_id) if site is None or s.id != site.id]
    if others:
        raise DomainExistsInTrash if all(other.deleted for other in others) else DomainExists


def _may_be_taken(work: Work, host: str) -> bool:
    owner = addresses.portal_above(work.tx, host)
    return not addresses.is_portal(work.tx, host) and owner in (None, work.portal_id)


def redirect_old_host(work: Work, site: Site) -> None:
    """Redirect the former host of a site to its new one, until another site takes the host."""
    domain = rows.find_domain(work.tx, work.portal_id, site.domain_id)
    drop_unused(work, site.domain_id)
    if domain is not None and rows.find_domain(work.tx, work.portal_id, domain.id) is None:
        addresses.remember_host(work.tx, work.portal_id, domain.host, site.id, work.now_ms)


def _new_domain(work: Work, host: str, *, is_own: bool) -> int:
    addresses.forget_host(work.tx, host)
    return rows.add_domain(work.tx, work.portal_id, host, is_own=is_own, now_ms=work.now_ms)


def drop_unused(work: Work, domain_id: int) -> None:
    """Remove a domain that no site uses."""
    if not rows.of_domain(work.tx, work.portal_id, domain_id):
        rows.delete_domain(work.tx, work.portal_id, domain_id)
