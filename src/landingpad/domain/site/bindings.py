"""Bindings of knowledge bases to menus and groups of the portal (landing/embedding/knowledge-base/index.md)."""

from typing import Literal

from landingpad.domain.work import Work
from landingpad.store.records import Site
from landingpad.store.site import bindings as rows

Kind = Literal["menu", "group"]

TYPES = ("KNOWLEDGE", "GROUP")
"""Types of sites that can be bound. The methods take no `scope`, since they accept no other type."""


def bind(work: Work, site: Site, kind: Kind, target: str) -> bool:
    """Show a knowledge base in a menu or group. Return False if it is there already, or the group has another."""
    bound = rows.sites_at(work.tx, work.portal_id, kind, target)
    if site.id in bound or (kind == "group" and bound):
        return False
    rows.add(work.tx, work.portal_id, kind, target, site.id)
    return True


def unbind(work: Work, site: Site, kind: Kind, target: str) -> bool:
    """Remove a knowledge base from a menu or group. Return False if it was not there."""
    return rows.remove(work.tx, work.portal_id, kind, target, site.id)
