"""Users, groups, departments and roles for tests, with a webhook for each user."""

import time
from typing import Any

from landingpad.domain.people import people
from landingpad.domain.people.portals import SCOPES, add_webhook
from landingpad.store.db.engine import Tx
from support.portal import Portal


def person(portal: Portal, name: str, **values: Any) -> int:
    """Create a user with a webhook of that name for the calls of tests; return the id."""
    now_ms = int(time.time() * 1000)

    def work(tx: Tx) -> int:
        user_id = people.add_user(tx, portal.id, login=name, name=name.title(), now_ms=now_ms, **values)
        code = add_webhook(tx, portal.id, user_id, scopes=SCOPES, title=name, now_ms=now_ms)
        portal.webhooks[name] = f"/rest/{user_id}/{code}/"
        return user_id

    return portal.parts.db.write_here(work)


def group(portal: Portal, kind: str = "user", **members: int) -> int:
    """Create a group with members by position (owner, moderator, member) and return the id."""

    def work(tx: Tx) -> int:
        group_id = people.add_group(tx, portal.id, name="Group", kind=kind, now_ms=0)
        for position, user_id in members.items():
            people.join_group(tx, portal.id, group_id, user_id, position)
        return group_id

    return portal.parts.db.write_here(work)


def department(portal: Portal, parent_id: int | None = None) -> int:
    """Create a department and return the id."""
    return portal.parts.db.write_here(
        lambda tx: people.add_department(tx, portal.id, name="Department", parent_id=parent_id)
    )


async def role(portal: Portal, xml_id: str = "MANAGER", **scope: str) -> int:
    """Return the id of a standard role."""
    found = await portal.call("landing.role.getList", **scope)
    return next(int(role["ID"]) for role in found if role["XML_ID"] == xml_id)
