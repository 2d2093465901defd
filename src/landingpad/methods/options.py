"""app.option.* and user.option.*: what an application keeps in the portal, as a whole or for each of its users."""

from typing import Annotated, Any

from landingpad.errors import ApplicationRequired, OptionsAccess, OptionsEmpty
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.app import options as rows
from landingpad.store.app.options import OF_APPLICATION

DOCS = "api-reference/common/settings/"

Option = Annotated[str | None, Doc("Name of one value; without it all are returned.")]
Options = Annotated[dict[str, Any] | None, Doc("Values by name. Those that are not named stay as they are.")]


@method("app.option.get", scope="", any_case=True, apps_only=ApplicationRequired, doc=DOCS + "app-option-get.md")
def app_get(call: Call, option: Option = None) -> Any:
    """Return what the application keeps: one value (null if there is none of this name), or all."""
    return _read(call, OF_APPLICATION, option)


@method(
    "app.option.set",
    scope="",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=ApplicationRequired,
    raises=[OptionsEmpty, OptionsAccess],
    doc=DOCS + "app-option-set.md",
)
def app_set(call: Call, options: Options = None) -> bool:
    """Keep values for the application. Only an administrator may."""
    if not call.user.is_admin:
        raise OptionsAccess
    return _write(call, OF_APPLICATION, options)


@method("user.option.get", scope="", any_case=True, apps_only=ApplicationRequired, doc=DOCS + "user-option-get.md")
def user_get(call: Call, option: Option = None) -> Any:
    """Return what the application keeps for the user: one value (null if there is none of this name), or all."""
    return _read(call, call.user.id, option)


@method(
    "user.option.set",
    scope="",
    runs=Runs.WRITE,
    any_case=True,
    apps_only=ApplicationRequired,
    raises=[OptionsEmpty],
    doc=DOCS + "user-option-set.md",
)
def user_set(call: Call, options: Options = None) -> bool:
    """Keep values for the user."""
    return _write(call, call.user.id, options)


def _read(call: Call, user_id: int, option: str | None) -> Any:
    found = rows.read(call.tx, call.portal_id, call.app.id, user_id)
    return found if option is None else found.get(option)


def _write(call: Call, user_id: int, options: dict[str, Any] | None) -> bool:
    if not options:
        raise OptionsEmpty
    for name, value in options.items():
        rows.write(call.tx, call.portal_id, call.app.id, user_id, name, value)
    return True
