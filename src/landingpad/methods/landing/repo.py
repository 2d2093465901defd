"""landing.repo.*: blocks that integrations bring along."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Annotated, Any

import msgspec

from landingpad import blockhtml
from landingpad.domain.app import embedding
from landingpad.domain.block import repo
from landingpad.domain.block.repo import RepoFields
from landingpad.domain.people.rights import Right
from landingpad.errors import (
    AccessDenied,
    ContentIsBad,
    ManifestIntersects,
    PlacementDoesNotExist,
    PresetContentIsBad,
    RequiredFieldMissing,
    UnsupportedBlockSubtype,
    UnsupportedBlockType,
)
from landingpad.methods.listing import Field, Kind, ask, row
from landingpad.methods.wire import argument_object, argument_text, given_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, method
from landingpad.store.block import repo as rows
from landingpad.store.db.listing import Condition
from landingpad.store.records import RepoBlock

DOCS = "api-reference/landing/user-blocks/"

FIELDS: Mapping[str, Field] = {
    "ID": Field("id", Kind.NUMBER),
    "XML_ID": Field("xml_id"),
    "APP_CODE": Field("application"),
    "ACTIVE": Field("active", Kind.FLAG),
    "NAME": Field("name"),
    "DESCRIPTION": Field("description"),
    "SECTIONS": Field("sections"),
    "SITE_TEMPLATE_ID": Field("site_template_id"),
    "PREVIEW": Field("preview"),
    "MANIFEST": Field("manifest"),
    "CONTENT": Field("content"),
    "CREATED_BY_ID": Field("created_by", Kind.NUMBER),
    "MODIFIED_BY_ID": Field("modified_by", Kind.NUMBER),
    "DATE_CREATE": Field("created_at", Kind.DATE),
    "DATE_MODIFY": Field("modified_at", Kind.DATE),
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
    code: Annotated[Any, Doc("Text: the author's own code of the block. The same code again changes the block.")],
    fields: Annotated[
        Any,
        Doc(
            "Object: NAME, CONTENT (HTML), SECTIONS (comma separated) and PREVIEW (address of a picture) are required; "
            "DESCRIPTION, ACTIVE, SITE_TEMPLATE_ID, RESET (Y: renew the blocks of this design on all drafts)."
        ),
    ],
    manifest: Annotated[Any, Doc("Object: what can be changed in the block.", see="landing.block.getmanifest")] = None,
) -> int:
    """Bring along a block of one's own. On pages its code is `repo_<ID>`, with the id that this answers."""
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
    call: Call, code: Annotated[Any, Doc("Text: the code of landing.repo.register.", see="landing.repo.getList")]
) -> bool:
    """Take a block out of the repository; false if there is none of this code. Pages that show it go on doing so."""
    _require_section(call)
    return repo.unregister(call, _application(call), argument_text("code", code))


@method("landing.repo.getList", needs=Right.SECTION, raises=[AccessDenied], doc=DOCS + "landing-repo-get-list.md")
def get_list(
    call: Call, params: Annotated[Any, Doc("Object: select, filter, order, group, limit, offset.")] = None
) -> list[dict[str, Any]]:
    """List registered blocks; an application sees its own."""
    _require_section(call)
    given = {} if params is None else argument_object("params", params)
    if not isinstance(given.get("filter"), Mapping | list):
        given = {name: value for name, value in given.items() if name != "filter"}
    zone = call.caller.portal.zone
    question = ask(given, FIELDS, zone, deleted_hidden=False)
    conditions = [*question.listing.conditions, rows.REGISTERED]
    if call.caller.application is not None:
        conditions.append(Condition("application", "in", (_application(call),)))
    found = rows.list_blocks(call.tx, call.portal_id, question.listing._replace(conditions=conditions))
    return [_row(block, question.select, zone) for block in found]


@method(
    "landing.repo.checkContent", needs=Right.SECTION, raises=[AccessDenied], doc=DOCS + "landing-repo-check-content.md"
)
def check_content(
    call: Call,
    content: Annotated[Any, Doc("Text: HTML to look through.")],
    splitter: Annotated[Any, Doc("Text that is put into the middle of each dangerous word.")] = blockhtml.SPLITTER,
) -> dict[str, Any]:
    """Say whether HTML is too dangerous to be registered, and where."""
    _require_section(call)
    is_bad, marked = blockhtml.check(argument_text("content", content), argument_text("splitter", splitter))
    return {"is_bad": is_bad, "content": marked}


@method(
    "landing.repo.bind",
    needs=Right.SECTION,
    runs=Runs.WRITE,
    raises=[AccessDenied, PlacementDoesNotExist],
    doc="api-reference/landing/embedding/index.md",
)
def bind(
    call: Call, fields: Annotated[dict[str, Any], Doc("PLACEMENT, PLACEMENT_HANDLER (an address), TITLE.")]
) -> bool | None:
    """Show an application in the settings of pages or beside blocks in the editor; null for a webhook."""
    _require_section(call)
    if call.caller.app is None:
        return None
    place, handler, title = (_text(fields, name) or "" for name in ("PLACEMENT", "PLACEMENT_HANDLER", "TITLE"))
    embedding.bind(call, call.caller.app.id, place, handler, title=title)
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
    code: Annotated[str, Doc("The PLACEMENT of landing.repo.bind.")],
    handler: Annotated[str | None, Doc("Its PLACEMENT_HANDLER; without it all handlers of the application.")] = None,
) -> bool | None:
    """Take an application away from a place in the editor; null for a webhook."""
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
    for name, moment in (("DATE_CREATE", block.created_at), ("DATE_MODIFY", block.modified_at)):
        if name in values:  # in this list alone dates are written so
            values[name] = datetime.fromtimestamp(moment / 1000, zone).strftime("%d.%m.%Y %H:%M:%S")
    return values
