"""The test kit: the control plane of a server in developer mode, for people. Every button is one order to it."""

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from landingpad import errors
from landingpad.domain.people.portals import Plan, PortalState
from landingpad.errors import SystemApiError
from landingpad.http.message import Answer
from landingpad.rpc.auth import session_caller
from landingpad.rpc.limits import LimitMode
from landingpad.store.db.engine import Tx
from landingpad.store.people import portals as portal_rows
from landingpad.web.developer.admins import for_admins
from landingpad.web.developer.control_client import Control, KitCall, OrderRefusedError, give, kit_call
from landingpad.web.frame.answers import see_other
from landingpad.web.frame.paths import DEVELOPER, SIGN_IN
from landingpad.web.frame.routing import Route
from landingpad.web.frame.visit import NO_CALL, Visit

PATH = f"{DEVELOPER}test-kit/"
SPOILED = {
    "reset": "Connection reset, without an answer",
    "half": "Cut off in the middle",
    "html_503": "A proxy's page, 503",
    "wrong_type": "JSON sent as text/html",
    "not_json": "Not JSON",
    "empty": "Empty, with 200",
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
_ASKED = {
    "portal": kit_call("GET", "portal"),
    "snapshots": kit_call("GET", "snapshots"),
    "clock": kit_call("GET", "clock"),
    "faults": kit_call("GET", "faults"),
    "limits": kit_call("GET", "limits"),
    "coverage": kit_call("GET", "coverage"),
    "previews": kit_call("GET", "previews"),
}


class Action(NamedTuple):
    """What a form of the page does."""

    order: Callable[[Visit], KitCall]
    done: str
    """What the page tells afterwards."""
    ended: str = "clock"
    """Why a session may have ended with it: a key of the texts of the sign-in."""


def _moved(visit: Visit) -> KitCall:
    amount, unit = _number(visit, "amount"), visit.text("unit")
    by = amount * int(unit) if isinstance(amount, int | float) and unit in _UNITS else amount
    return kit_call("PUT", "clock", advance=by)


def _fault(visit: Visit) -> KitCall:
    what = visit.text("what")
    return kit_call(
        "POST",
        "faults",
        method=visit.text("method"),
        error=what if not what.startswith(_ANSWER) else None,
        answer=what.removeprefix(_ANSWER) if what.startswith(_ANSWER) else None,
        **{name: _number(visit, name) for name in ("slow_ms", "times", "after", "probability")},
    )


def _limits(visit: Visit) -> KitCall:
    return kit_call("PUT", "limits", mode=visit.text("mode"), operating_limit=_number(visit, "operating_limit"))


def _level(visit: Visit) -> KitCall:
    return kit_call("PUT", "limits", level=_number(visit, "level"), address=visit.text("address"))


def _used(visit: Visit) -> KitCall:
    one = {"method": visit.text("method"), "caller": visit.text("caller"), "seconds": _number(visit, "seconds")}
    return kit_call("PUT", "limits", used=[one])


def _portal(visit: Visit) -> KitCall:
    return kit_call("PUT", "portal", state=visit.text("state"), plan=visit.text("plan"), reached=visit.texts("reached"))


ACTIONS = {
    "reset": Action(lambda _: kit_call("POST", "reset"), "The portal is reset to its start.", "reset"),
    "snapshots/take": Action(lambda visit: kit_call("POST", "snapshots", visit.text("name")), "The snapshot is taken."),
    "snapshots/restore": Action(
        lambda visit: kit_call("PUT", "snapshots", visit.text("name"), "restore"),
        "The portal is restored to the snapshot.",
        "restore",
    ),
    "snapshots/delete": Action(
        lambda visit: kit_call("DELETE", "snapshots", visit.text("name")), "The snapshot is deleted."
    ),
    "clock/freeze": Action(lambda _: kit_call("PUT", "clock", freeze=True), "The clock is frozen."),
    "clock/go-on": Action(lambda _: kit_call("PUT", "clock", freeze=False), "The clock runs on from where it was frozen."),
    "clock/advance": Action(_moved, "The clock has moved."),
    "clock/set": Action(lambda visit: kit_call("PUT", "clock", now=visit.text("now")), "The clock is set."),
    "clock/reset": Action(lambda _: kit_call("PUT", "clock", reset=True), "The clock shows the time of the machine."),
    "faults/add": Action(_fault, "The fault is on."),
    "faults/remove": Action(lambda visit: kit_call("DELETE", "faults", visit.text("id")), "The fault is off."),
    "faults/clear": Action(lambda _: kit_call("DELETE", "faults"), "All faults are off."),
    "limits": Action(_limits, "The limits are changed and their counters reset."),
    "limits/level": Action(_level, "The bucket is filled."),
    "limits/used": Action(_used, "The running time is used up."),
    "portal": Action(_portal, "The portal is changed."),
}


class KitPages:
    """The page below /developer/test-kit/."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def show(self, visit: Visit, *, status: int = 200, problem: str = "") -> Answer:
        """Show what the control plane tells."""
        try:
            found = {name: await give(self._control, visit, order) for name, order in _ASKED.items()}
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
            commands=[order.command(visit.origin) for order in _ASKED.values()],
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

    async def act(self, visit: Visit, action: str) -> Answer:
        """Give the order that a form means, and tell how a program gives it."""
        meant = ACTIONS[action]
        order = meant.order(visit)
        command = order.command(visit.origin)
        try:
            _check_is_own(visit, await give(self._control, visit, _ASKED["portal"]))
            await give(self._control, visit, order)
        except OrderRefusedError as error:
            if action == "faults/add":
                return await self.show(visit, status=422, problem=str(error))
            return visit.done(PATH, str(error), NO_CALL, is_error=True, command=command)
        is_open, is_signed_in = await visit.read(lambda tx: _after(tx, visit))
        if not is_open:
            back = kit_call("PUT", "portal", state="active").command(visit.origin)
            return await visit.page("developer/kit_closed.html", command=back)
        if not is_signed_in:
            return see_other(f"{SIGN_IN}?because={meant.ended}&next={PATH}")
        return visit.done(PATH, meant.done, NO_CALL, command=command)

    @property
    def routes(self) -> tuple[Route, ...]:
        """What answers which path."""
        acting = (Route(f"{PATH}{action}", post=partial(self.act, action=action)) for action in ACTIONS)
        return tuple(for_admins(route) for route in (Route(PATH, self.show), *acting))


def _check_is_own(visit: Visit, told: dict[str, Any]) -> None:
    """Keep an administrator of one portal from orders about another.

    Raises:
        OrderRefusedError: the orders are about another portal.

    """
    if told["domain"] != visit.portal.domain:
        raise OrderRefusedError(f"The test kit controls only the first portal of this server, {told['domain']}.", 403)


def _after(tx: Tx, visit: Visit) -> tuple[bool, bool]:
    """Say whether the portal still answers people, and whether it still knows who this is."""
    portal = portal_rows.find(tx, visit.portal.id)
    caller = session_caller(tx, visit.portal.id, visit.visitor.token, visit.services.clock.now_ms())
    return portal is not None and portal.state != PortalState.DELETED, caller is not None


def _number(visit: Visit, name: str) -> int | float | str:
    """Return a number of the form. What is none stays a text, and the order says what it should be."""
    text = visit.text(name)
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _system_codes() -> frozenset[str]:
    """Return the codes of the errors that any call may end with."""
    found = (value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, SystemApiError))
    return frozenset(error.code for error in found if hasattr(error, "code"))
