"""app.option.* and user.option.*: values that an application stores in the portal, for itself or for each user."""

from typing import Annotated, Any

from landingpad.errors.app import ApplicationRequired, OptionsAccess, OptionsEmpty
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.app import options as rows
from landingpad.store.app.options import OF_APPLICATION

DOCS = "api-reference/common/settings/"

Option = Annotated[str | None, Doc("Name of one value; without it all values are returned.")]
Options = Annotated[dict[str, Any] | None, Doc("Name -> value. Other stored values stay unchanged.")]


@method("app.option.get", scope="", any_case=True, apps_only=ApplicationRequired, doc=DOCS + "app-option-get.md")
def app_get(call: Call, option: Option = None) -> Any:
    """Return one stored value of the application (null if unknown), or all of them."""
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
    """Store values for the application. Administrators only."""
    if not call.user.is_admin:
        raise OptionsAccess
    return _write(call, OF_APPLICATION, options)


@method("user.option.get", scope="", any_case=True, apps_only=ApplicationRequired, doc=DOCS + "user-option-get.md")
def user_get(call: Call, option: Option = None) -> Any:
    """Return one value that the application stores for the user (null if unknown), or all of them."""
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
    """Store values of the application for the user."""
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
