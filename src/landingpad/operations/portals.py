"""Portals: their plan and state."""

from landingpad.domain.people.portals import Plan, PortalState
from landingpad.operations.opening import find_portal
from landingpad.store.db.engine import Database, Tx
from landingpad.store.people import portals as rows
from landingpad.store.records import PortalRow


def change_portal(
    db: Database, host: str = "", *, plan: Plan | None = None, state: PortalState | None = None
) -> PortalRow:
    """Change the plan or the state of a portal and return it; None keeps the present one.

    Raises:
        NotFound: there is no portal with this host name.

    """

    def work(tx: Tx) -> PortalRow:
        portal = find_portal(tx, host)
        rows.update(tx, portal.id, plan=plan or Plan(portal.plan), state=state or PortalState(portal.state))
        return find_portal(tx, portal.domain)

    return db.write_here(work)
