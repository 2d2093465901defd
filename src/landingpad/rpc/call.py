"""One call of one method: who calls, on which portal, in which transaction."""

import re
from typing import Any

from landingpad.domain.errors import AccessDenied
from landingpad.domain.rights import Right, may
from landingpad.domain.work import Services
from landingpad.store.engine import Tx
from landingpad.store.records import Portal, User

SITE_TYPES_BY_DEFAULT = ("PAGE", "STORE", "SMN")
SITE_TYPES_BY_SCOPE = ("KNOWLEDGE", "GROUP", "MAINPAGE")


class Caller:
    """The owner of a valid token and what the token allows."""

    __slots__ = ("application", "credential", "portal", "scopes", "user")

    def __init__(
        self, portal: Portal, user: User, scopes: frozenset[str], credential: str, application: str | None = None
    ) -> None:
        self.portal = portal
        self.user = user
        self.scopes = scopes
        self.credential = credential
        self.application = application


class Call:
    """What a method gets: its caller, the moment, the transaction, and the services of the server.

    `checked` remembers which rights were asked for: in development and tests dispatch proves that the declared one was
    among them.
    """

    __slots__ = ("_tx", "caller", "checked", "method_name", "now", "origin", "params", "services", "site_types")

    def __init__(
        self, caller: Caller, params: dict[str, Any], services: Services, *, method_name: str, now: float, origin: str
    ) -> None:
        self.caller = caller
        self.params = params
        self.services = services
        self.method_name = method_name
        self.now = now
        self.origin = origin
        self.site_types = site_types(params.get("scope"))
        self.checked: list[Right] = []
        self._tx: Tx | None = None

    @property
    def tx(self) -> Tx:
        """The transaction of this call.

        Raises:
            RuntimeError: the method was declared to run without one.

        """
        if self._tx is None:
            raise RuntimeError(f"{self.method_name} runs without a transaction; see Runs in its declaration")
        return self._tx

    @tx.setter
    def tx(self, tx: Tx) -> None:
        self._tx = tx

    @property
    def portal_id(self) -> int:
        """Id of the portal that is called."""
        return self.caller.portal.id

    @property
    def user(self) -> User:
        """The user on whose behalf the call is made."""
        return self.caller.user

    @property
    def now_ms(self) -> int:
        """The moment of the call as the tables keep it."""
        return int(self.now * 1000)

    def may(self, right: Right, site_id: int | None = None) -> bool:
        """Say whether the caller has a right. Remembers that it was asked for."""
        self.checked.append(right)
        return may(self.user, right, site_id)

    def require(self, right: Right, site_id: int | None = None) -> None:
        """Refuse the call unless the caller has the right.

        Raises:
            AccessDenied: the caller has not.

        """
        if not self.may(right, site_id):
            raise AccessDenied


def site_types(scope: Any) -> tuple[str, ...]:
    """Return the site types that a call sees: those of its `scope` parameter, else PAGE, STORE and SMN."""
    if isinstance(scope, str):
        wanted = scope.upper()
        if wanted in SITE_TYPES_BY_SCOPE:
            return (wanted,)
    return SITE_TYPES_BY_DEFAULT


METHOD_NAME = re.compile(r"[A-Za-z0-9_.]{1,128}")
"""What a method name may look like."""
