"""landing.site.fullExport: export of a whole site."""

from collections.abc import Mapping
from typing import Annotated, Any

from landingpad.domain.people.rights import Right
from landingpad.domain.site import export, sites
from landingpad.domain.site.export import ExportOptions
from landingpad.errors.calls import AccessDenied
from landingpad.errors.site import ExportProblem
from landingpad.methods.wire import given_text
from landingpad.rpc.bind import to_list
from landingpad.rpc.call import Call, site_types
from landingpad.rpc.declare import Doc, method

_PREVIEWS = ("preview", "preview2x", "preview3x", "preview_url")


@method(
    "landing.site.fullExport",
    needs=Right.EDIT,
    raises=[AccessDenied, ExportProblem],
    doc="api-reference/landing/site/landing-site-full-export.md",
)
def full_export(
    call: Call,
    id: Annotated[int, Doc("Id of the site.", see="landing.site.getList")],
    params: Annotated[
        dict[str, Any] | None,
        Doc(
            "edit_mode: Y exports drafts; scope: section of the site; hooks_disable: additional fields to omit; code, "
            " name, description, preview, preview2x, preview3x, preview_url: values of the template."
        ),
    ] = None,
) -> dict[str, Any] | list[Any]:
    """Return a site with its pages and blocks as input for landing.demos.register; an empty list without pages."""
    given = params or {}
    if "scope" in given:
        call.site_types = site_types(given["scope"])  # this method takes `scope` inside `params`
    site = sites.find(call, id, call.site_types)
    allowed = call.may(Right.EDIT, id)
    if site is None or site.deleted or not call.may(Right.READ, id):
        return []
    if not allowed:
        raise AccessDenied
    return export.full_export(call, site, _options(given)) or []


def _options(given: Mapping[str, Any]) -> ExportOptions:
    without = given.get("hooks_disable")
    texts = {name: given_text(given, name) for name in ("code", "name", "description", *_PREVIEWS)}
    given_texts = {name: text for name, text in texts.items() if isinstance(text, str)}
    return ExportOptions(
        edit_mode=given.get("edit_mode") in ("Y", True),
        without=frozenset(str(name) for name in to_list(without)) if isinstance(without, list | dict) else (),
        code=given_texts.get("code"),
        name=given_texts.get("name"),
        description=given_texts.get("description"),
        previews={name: given_texts[name] for name in _PREVIEWS if name in given_texts},
    )
