"""Webhooks, made for any user of any portal."""

from collections.abc import Iterable

from landingpad.domain.people.portals import add_webhook
from landingpad.operations.errors import NotFound
from landingpad.store.db.engine import Database, Tx
from landingpad.store.people import people


def create_webhook(
    db: Database, user_id: int, scopes: Iterable[str], *, title: str, now_ms: int, expires_at: int | None
) -> str:
    """Create a webhook and return the path of its address. Only a hash of the code in it is stored.

    Raises:
        NotFound: there is no such user.
        UnknownScopeError: there is no such scope.

    """

    def work(tx: Tx) -> str:
        portal_id = people.portal_of(tx, user_id)
        if portal_id is None:
            raise NotFound(f"There is no user {user_id}. `landingpad user list` shows them.")
        code = add_webhook(tx, portal_id, user_id, scopes=scopes, title=title, now_ms=now_ms, expires_at=expires_at)
        return f"/rest/{user_id}/{code}/"

    return db.write_here(work)
