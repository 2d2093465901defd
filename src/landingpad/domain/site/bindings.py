"""Bindings of knowledge bases to menus and groups of the portal (landing/embedding/knowledge-base/index.md)."""

from typing import Literal

from landingpad.domain.work import Work
from landingpad.store.records import Site
from landingpad.store.site import bindings as rows

Kind = Literal["menu", "group"]

TYPES = ("KNOWLEDGE", "GROUP")
"""Sites that can be bound. The methods take no `scope`: they are about these alone."""


def bind(work: Work, site: Site, kind: Kind, target: str) -> bool:
    """Show a knowledge base at a menu, or for a group. False: it is there already, or the group has one."""
    bound = rows.sites_at(work.tx, work.portal_id, kind, target)
    if site.id in bound or (kind == "group" and bound):
        return False
    rows.add(work.tx, work.portal_id, kind, target, site.id)
    return True


def unbind(work: Work, site: Site, kind: Kind, target: str) -> bool:
    """Take a knowledge base away from a menu or group. False: it was not there."""
    return rows.remove(work.tx, work.portal_id, kind, target, site.id)
