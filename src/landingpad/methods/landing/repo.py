"""landing.repo.*: blocks registered by integrations."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Annotated, Any

import msgspec

from landingpad import blockhtml
from landingpad.domain.app import embedding
from landingpad.domain.block import repo
from landingpad.domain.block.repo import RepoFields
from landingpad.domain.people.rights import Right
from landingpad.errors.block import (
    ContentIsBad,
    ManifestIntersects,
    PlacementDoesNotExist,
    PresetContentIsBad,
    RequiredFieldMissing,
    UnsupportedBlockSubtype,
    UnsupportedBlockType,
)
from landingpad.errors.calls import AccessDenied
from landingpad.methods.listing import Field, FieldKind, listed, parse_list, row
from landingpad.methods.wire import argument_object, argument_text, given_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.rpc.long_list import LARGE_ROWS, Rows
from landingpad.store.block import repo as rows
from landingpad.store.db.listing import Condition
from landingpad.store.records import RepoBlock

DOCS = "api-reference/landing/user-blocks/"

FIELDS: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "XML_ID": Field("xml_id"),
    "APP_CODE": Field("application"),
    "ACTIVE": Field("active", FieldKind.FLAG),
    "NAME": Field("name"),
    "DESCRIPTION": Field("description"),
    "SECTIONS": Field("sections"),
    "SITE_TEMPLATE_ID": Field("site_template_id"),
    "PREVIEW": Field("preview"),
    "MANIFEST": Field("manifest"),
    "CONTENT": Field("content"),
    "CREATED_BY_ID": Field("created_by", FieldKind.NUMBER),
    "MODIFIED_BY_ID": Field("modified_by", FieldKind.NUMBER),
    "DATE_CREATE": Field("created_at", FieldKind.DATE),
    "DATE_MODIFY": Field("modified_at", FieldKind.DATE),
}


@method(
    "landing.repo.register",
    needs=Right.SECTION,
    runs=Runs.WRITE,
    raises=[
        AccessDenied,
        RequiredFieldMissing,
        ManifestIntersects,
        ContentIsBad,
        PresetContentIsBad,
        UnsupportedBlockType,
        UnsupportedBlockSubtype,
    ],
    doc=DOCS + "landing-repo-register.md",
)
def register(
    call: Call,
    code: Annotated[Any, Doc("String: your own code of the block. Registering the code again updates the block.")],
    fields: Annotated[
        Any,
        Doc(
            "Object: NAME, CONTENT (HTML), SECTIONS (comma separated) and PREVIEW (address of a picture) are required; "
            "optional DESCRIPTION, ACTIVE, SITE_TEMPLATE_ID, RESET (Y: update blocks with this code on all drafts)."
        ),
    ],
    manifest: Annotated[Any, Doc("Object: the manifest of the block.", see="landing.block.getmanifest")] = None,
) -> int:
    """Register your own block and return its id. On pages its code is `repo_<ID>`."""
    _require_section(call)
    given = argument_object("fields", fields)
    return repo.register(
        call,
        _application(call),
        argument_text("code", code),
        RepoFields(
            name=_text(given, "NAME"),
            content=_text(given, "CONTENT"),
            sections=_text(given, "SECTIONS"),
            preview=_text(given, "PREVIEW"),
            description=_text(given, "DESCRIPTION"),
            site_template_id=_text(given, "SITE_TEMPLATE_ID"),
            active=given.get("ACTIVE", "Y") not in ("N", False),
            reset=given.get("RESET") in ("Y", True),
        ),
        argument_object("manifest", manifest) if manifest else {},
    )


@method(
    "landing.repo.unregister",
    needs=Right.SECTION,
    runs=Runs.WRITE,
    raises=[AccessDenied],
    doc=DOCS + "landing-repo-unregister.md",
)
def unregister(
    call: Call,
    code: Annotated[Any, Doc("String: the code given to landing.repo.register.", see="landing.repo.getList")],
) -> bool:
    """Remove a block from the repository; false for an unknown code. Pages keep their copies of the block."""
    _require_section(call)
    return repo.unregister(call, _application(call), argument_text("code", code))


@method("landing.repo.getList", needs=Right.SECTION, raises=[AccessDenied], doc=DOCS + "landing-repo-get-list.md")
def get_list(call: Call, params: Annotated[Any, Doc("Object: select, filter, order, limit, offset.")] = None) -> Rows:
    """List registered blocks; an application sees only its own."""
    _require_section(call)
    given = {} if params is None else argument_object("params", params)
    if not isinstance(given.get("filter"), Mapping | list):
        given = {name: value for name, value in given.items() if name != "filter"}
    zone = call.caller.portal.zone
    query = parse_list(given, FIELDS, zone, deleted_hidden=False)
    conditions = [*query.listing.conditions, rows.REGISTERED]
    if call.caller.application is not None:
        conditions.append(Condition("application", "in", (_application(call),)))
    listing = query.listing._replace(conditions=conditions)
    return listed(
        call,
        rows.LISTER,
        listing,
        lambda found: [_row(block, query.select, zone) for block in found],
        portion=LARGE_ROWS,
    )


@method(
    "landing.repo.checkContent", needs=Right.SECTION, raises=[AccessDenied], doc=DOCS + "landing-repo-check-content.md"
)
def check_content(
    call: Call,
    content: Annotated[Any, Doc("String: the HTML to check.")],
    splitter: Annotated[Any, Doc("String inserted into each dangerous word to mark it.")] = blockhtml.SPLITTER,
) -> dict[str, Any]:
    """Check whether HTML is too dangerous to register; `content` marks the dangerous words."""
    _require_section(call)
    is_bad, marked = blockhtml.check(argument_text("content", content), argument_text("splitter", splitter))
    return {"is_bad": is_bad, "content": marked}


@method(
    "landing.repo.bind",
    needs=Right.SECTION,
    runs=Runs.WRITE,
    raises=[AccessDenied, PlacementDoesNotExist],
    doc="api-reference/landing/embedding/settings.md",
)
def bind(
    call: Call,
    fields: Annotated[
        dict[str, Any],
        Doc(
            "PLACEMENT: name of the place; PLACEMENT_HANDLER: address of the page to show, on an origin of "
            "the application unless an administrator calls; TITLE."
        ),
    ],
) -> bool | None:
    """Show an application beside the settings of pages or beside blocks; null for a webhook."""
    _require_section(call)
    if call.caller.app is None:
        return None
    place, handler, title = (_text(fields, name) or "" for name in ("PLACEMENT", "PLACEMENT_HANDLER", "TITLE"))
    embedding.bind(call, call.caller.app, place, handler, title=title)
    return True


@method(
    "landing.repo.unbind",
    needs=Right.SECTION,
    runs=Runs.WRITE,
    raises=[AccessDenied, PlacementDoesNotExist],
    doc="api-reference/landing/embedding/landing-repo-unbind.md",
)
def unbind(
    call: Call,
    code: Annotated[str, Doc("The PLACEMENT given to landing.repo.bind.")],
    handler: Annotated[str | None, Doc("The PLACEMENT_HANDLER; without it all handlers of the application.")] = None,
) -> bool | None:
    """Remove an application from a place; null for a webhook."""
    _require_section(call)
    if call.caller.app is None:
        return None
    embedding.unbind(call, call.caller.app.id, code, handler)
    return True


def _require_section(call: Call) -> None:
    if not call.may(Right.SECTION):
        raise AccessDenied("Insufficient permissions.")


def _application(call: Call) -> str:
    return call.caller.application or ""


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given_text(given, name)
    return value if isinstance(value, str) else None


def _row(block: RepoBlock, select: tuple[str, ...], zone: tzinfo) -> dict[str, Any]:
    values: dict[str, Any] = row(block, select, FIELDS, zone)
    if "MANIFEST" in values:
        values["MANIFEST"] = msgspec.json.decode(block.manifest) or []
    if "APP_CODE" in values:
        values["APP_CODE"] = block.application or None
    return values
