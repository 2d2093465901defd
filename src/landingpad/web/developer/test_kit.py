"""The test kit: a screen for the control plane of a server in developer mode. Every button gives one order."""

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from starlette.responses import Response
from starlette.routing import Route

from landingpad.control.kit import Kit
from landingpad.control.orders import failures, pictures, requests, state
from landingpad.domain.people.portals import Plan, PortalState
from landingpad.errors.calls import SystemApiError
from landingpad.rpc.auth import session_caller
from landingpad.rpc.limits import LimitMode
from landingpad.store.db.engine import Tx
from landingpad.store.people import portals as portal_rows
from landingpad.web.developer.admins import admin_screen
from landingpad.web.developer.control_client import KitCall, OrderRefusedError, give, kit_call
from landingpad.web.frame.answers import see_other
from landingpad.web.frame.notes import NO_CALL
from landingpad.web.frame.paths import DEVELOPER, SIGN_IN
from landingpad.web.frame.screen import POST
from landingpad.web.frame.visit import Visit

PATH = f"{DEVELOPER}test-kit/"
SPOILED = {
    "reset": "Connection reset, without an answer",
    "half": "Cut off in the middle",
    "html_503": "A proxy's page, 503",
    "wrong_type": "JSON sent as text/html",
    "not_json": "Not JSON",
    "empty": "Empty, with 200",
    "moved": "Portal renamed, 302 to its new address",
}
REACHED = {
    "sites": "Sites",
    "published_sites": "Published sites",
    "free_sites": "Published sites of the free plan",
    "pages": "Published pages",
}
_ANSWER = "answer:"
_UNITS = {"60": "minutes", "3600": "hours", "86400": "days"}
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_READ_ORDERS = {
    "portal": kit_call(failures.show_portal),
    "snapshots": kit_call(state.list_snapshots),
    "clock": kit_call(state.show_clock),
    "faults": kit_call(failures.list_faults),
    "limits": kit_call(failures.show_limits),
    "coverage": kit_call(requests.coverage),
    "previews": kit_call(pictures.list_previews),
}


class KitAction(NamedTuple):
    """The action of a form of the page."""

    order: Callable[[Visit], KitCall]
    done: str
    """Text that the page shows afterwards."""
    ended: str = "clock"
    """Reason why a session may have ended with it: a key of the texts of the sign-in."""


def _moved(visit: Visit) -> KitCall:
    amount, unit = _number(visit, "amount"), visit.text("unit")
    by = amount * int(unit) if isinstance(amount, int | float) and unit in _UNITS else amount
    return kit_call(state.change_clock, advance=by)


def _fault(visit: Visit) -> KitCall:
    what = visit.text("what")
    return kit_call(
        failures.add_fault,
        method=visit.text("method"),
        error=what if not what.startswith(_ANSWER) else None,
        answer=what.removeprefix(_ANSWER) if what.startswith(_ANSWER) else None,
        **{name: _number(visit, name) for name in ("slow_ms", "times", "after", "probability")},
    )


def _limits(visit: Visit) -> KitCall:
    return kit_call(failures.change_limits, mode=visit.text("mode"), operating_limit=_number(visit, "operating_limit"))


def _level(visit: Visit) -> KitCall:
    return kit_call(failures.change_limits, level=_number(visit, "level"), address=visit.text("address"))


def _used(visit: Visit) -> KitCall:
    one = {"method": visit.text("method"), "caller": visit.text("caller"), "seconds": _number(visit, "seconds")}
    return kit_call(failures.change_limits, used=[one])


def _portal(visit: Visit) -> KitCall:
    return kit_call(
        failures.change_portal, state=visit.text("state"), plan=visit.text("plan"), reached=visit.texts("reached")
    )


ACTIONS = {
    "reset": KitAction(lambda _: kit_call(state.reset), "The portal is reset to its start.", "reset"),
    "snapshots/take": KitAction(
        lambda visit: kit_call(state.create_snapshot, name=visit.text("name")), "The snapshot is taken."
    ),
    "snapshots/restore": KitAction(
        lambda visit: kit_call(state.restore_snapshot, name=visit.text("name")),
        "The portal is restored to the snapshot.",
        "restore",
    ),
    "snapshots/delete": KitAction(
        lambda visit: kit_call(state.delete_snapshot, name=visit.text("name")), "The snapshot is deleted."
    ),
    "clock/freeze": KitAction(lambda _: kit_call(state.change_clock, freeze=True), "The clock is frozen."),
    "clock/go-on": KitAction(
        lambda _: kit_call(state.change_clock, freeze=False), "The clock runs on from where it was frozen."
    ),
    "clock/advance": KitAction(_moved, "The clock has moved."),
    "clock/set": KitAction(lambda visit: kit_call(state.change_clock, now=visit.text("now")), "The clock is set."),
    "clock/reset": KitAction(
        lambda _: kit_call(state.change_clock, reset=True), "The clock shows the time of the machine."
    ),
    "faults/add": KitAction(_fault, "The fault is on."),
    "faults/remove": KitAction(lambda visit: kit_call(failures.remove_fault, id=visit.text("id")), "The fault is off."),
    "faults/clear": KitAction(lambda _: kit_call(failures.clear_faults), "All faults are off."),
    "limits": KitAction(_limits, "The limits are changed and their counters reset."),
    "limits/level": KitAction(_level, "The bucket is filled."),
    "limits/used": KitAction(_used, "The running time is used up."),
    "portal": KitAction(_portal, "The portal is changed."),
}


class KitPages:
    """The page below /developer/test-kit/."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def show(self, visit: Visit, *, status: int = 200, problem: str = "") -> Response:
        """Show the state of everything that the control plane controls."""
        try:
            found = {name: await give(self._kit, visit, order) for name, order in _READ_ORDERS.items()}
            _check_is_own(visit, found["portal"])
        except OrderRefusedError as error:
            return await visit.page("developer/kit_refused.html", status=error.status, text=str(error))
        faults = found["faults"]
        system = _system_codes()
        return await visit.page(
            "developer/kit.html",
            status=status,
            problem=problem,
            kit=found,
            pictures=Counter(one["state"] for one in found["previews"]["previews"]),
            commands=[order.command(visit.origin) for order in _READ_ORDERS.values()],
            units=_UNITS,
            modes=list(LimitMode),
            states=list(PortalState),
            plans=list(Plan),
            reached_limits=REACHED,
            spoiled=SPOILED,
            outcomes={
                "System errors": [code for code in faults["errors"] if code in system],
                "Errors of methods": [code for code in faults["errors"] if code not in system],
                "Errors of oauth.token": faults["token_errors"],
            },
        )

    async def act(self, visit: Visit, action: str) -> Response:
        """Give the order of a form, and show the command for programs."""
        chosen = ACTIONS[action]
        order = chosen.order(visit)
        command = order.command(visit.origin)
        try:
            _check_is_own(visit, await give(self._kit, visit, _READ_ORDERS["portal"]))
            await give(self._kit, visit, order)
        except OrderRefusedError as error:
            if action == "faults/add":
                return await self.show(visit, status=422, problem=str(error))
            return visit.done(PATH, str(error), NO_CALL, is_error=True, command=command)
        is_open, is_signed_in = await visit.read(lambda tx: _after(tx, visit))
        if not is_open:
            back = kit_call(failures.change_portal, state="active").command(visit.origin)
            return await visit.page("developer/kit_closed.html", command=back)
        if not is_signed_in:
            return see_other(f"{SIGN_IN}?because={chosen.ended}&next={PATH}")
        return visit.done(PATH, chosen.done, NO_CALL, command=command)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of the page."""
        acting = {action: admin_screen(partial(self.act, action=action)) for action in ACTIONS}
        return (
            Route(PATH, admin_screen(self.show)),
            *(Route(PATH + action, endpoint, methods=POST) for action, endpoint in acting.items()),
        )


def _check_is_own(visit: Visit, controlled: dict[str, Any]) -> None:
    """Refuse orders of administrators of other portals than the controlled one.

    Raises:
        OrderRefusedError: the visitor is at another portal.

    """
    if controlled["domain"] != visit.portal.domain:
        raise OrderRefusedError(
            f"The test kit controls only the first portal of this server, {controlled['domain']}.", 403
        )


def _after(tx: Tx, visit: Visit) -> tuple[bool, bool]:
    """Return whether the portal is still open, and whether the session is still valid."""
    portal = portal_rows.find(tx, visit.portal.id)
    caller = session_caller(tx, visit.portal.id, visit.visitor.token, visit.services.clock.now_ms())
    return portal is not None and portal.state != PortalState.DELETED, caller is not None


def _number(visit: Visit, name: str) -> int | float | str:
    """Return a number of the form; other text is returned as it is, for the order to refuse."""
    text = visit.text(name)
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _system_codes() -> frozenset[str]:
    """Return the codes of errors that any call may end with."""
    return frozenset(error.code for error in SystemApiError.__subclasses__())
