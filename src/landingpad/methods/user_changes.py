"""user.add and user.update: administrators invite, change and dismiss users."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from landingpad.domain.block.files import address
from landingpad.domain.dates import parse_date
from landingpad.domain.people import profiles
from landingpad.errors.block import FileProblem
from landingpad.errors.people import ChangeRefused, GroupMissing, GroupUnknown, UserArgument
from landingpad.media.picture import NotAPictureError
from landingpad.methods.landing.block_files import sent_file
from landingpad.methods.user_fields import BIRTHDAY, PARAMETERS, PICTURES, column_of
from landingpad.rpc.bind import to_text
from landingpad.rpc.call import Call
from landingpad.rpc.declare import Doc, Runs, Wire, method
from landingpad.store.db.engine import Tx

DOCS = "api-reference/user/"
_LONGEST = 2000

Departments = Annotated[
    list[int] | int | None, Wire("UF_DEPARTMENT"), Doc("Ids of departments, the main one first.", see="department.get")
]


@method(
    "user.add",
    runs=Runs.FREE,
    any_case=True,
    raises=[ChangeRefused, UserArgument, GroupMissing, GroupUnknown],
    more=PARAMETERS,
    doc=DOCS + "user-add.md",
)
async def add(
    call: Call,
    email: Annotated[str, Wire("EMAIL"), Doc("E-mail address, with which the user signs in; required.")] = "",
    departments: Departments = None,
    extranet: Annotated[
        bool, Wire("EXTRANET"), Doc("Whether the user is from outside the company, without a department.")
    ] = False,
    groups: Annotated[
        list[int] | int | None, Wire("SONET_GROUP_ID"), Doc("Ids of workgroups; required with EXTRANET.")
    ] = None,
    message: Annotated[str | None, Wire("MESSAGE_TEXT"), Doc("Accepted; no invitation is mailed.")] = None,
    **given: Any,
) -> int:
    """Invite a user and return the id. Administrators may do so.

    No mail is sent: `landingpad user invite` prints a link that signs the user in once, and the event ONUSERADD follows
    then. A colleague needs UF_DEPARTMENT, a user from outside EXTRANET and SONET_GROUP_ID.
    """
    _require_admin(call)
    texts = await _columns(call, given)

    def write(tx: Tx) -> int:
        call.begin(tx)
        return profiles.invite(
            call,
            email=email,
            texts=texts,
            department_ids=_ids(departments) or (),
            group_ids=_ids(groups) or (),
            is_extranet=extranet,
        )

    user_id: int = await call.services.db.write(write, portal_id=call.portal_id)
    return user_id


@method(
    "user.update",
    runs=Runs.FREE,
    any_case=True,
    raises=[ChangeRefused],
    more=PARAMETERS,
    doc=DOCS + "user-update.md",
)
async def update(
    call: Call,
    user_id: Annotated[int, Wire("ID"), Doc("Id of the user; required.", see="user.get")] = 0,
    active: Annotated[bool | None, Wire("ACTIVE"), Doc("N dismisses the user, Y takes them back.")] = None,
    email: Annotated[str | None, Wire("EMAIL"), Doc("New e-mail address.")] = None,
    departments: Departments = None,
    **given: Any,
) -> bool:
    """Change a user. Parameters that are not sent change nothing. Administrators may do so.

    Sessions, webhooks and tokens of a dismissed user fail from the next call on.
    """
    _require_admin(call)
    texts = await _columns(call, given)

    def write(tx: Tx) -> None:
        call.begin(tx)
        profiles.change(call, user_id, email=email, texts=texts, department_ids=_ids(departments), is_active=active)

    await call.services.db.write(write, portal_id=call.portal_id)
    return True


def _require_admin(call: Call) -> None:
    if not call.user.is_admin:
        raise ChangeRefused("access_denied")


def _ids(given: list[int] | int | None) -> list[int] | None:
    return [given] if isinstance(given, int) else given


async def _columns(call: Call, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the sent texts as they are stored, by column. Pictures are stored in the media store.

    Raises:
        ChangeRefused: a value is too long, no date or no picture.

    """
    found: dict[str, str] = {}
    for name, value in given.items():
        if value is None:
            continue
        if name in PICTURES:
            found[column_of(name)] = await _picture(call, name, value)
            continue
        text = to_text(value)
        if len(text) > _LONGEST:
            raise ChangeRefused(f"{name} has {len(text)} characters; it takes at most {_LONGEST}.")
        found[column_of(name)] = _day(call, text) if name == BIRTHDAY else text
    return found


def _day(call: Call, text: str) -> str:
    if not text.strip():
        return ""
    zone = call.caller.portal.zone
    ms = parse_date(text, zone)
    if ms is None:
        raise ChangeRefused(f"{BIRTHDAY} is no date: {text[:40]}")
    return datetime.fromtimestamp(ms / 1000, zone).date().isoformat()


async def _picture(call: Call, name: str, value: Any) -> str:
    if not value:
        return ""
    inside = value.get("fileData", value) if isinstance(value, dict) else value
    try:
        data, file_name = sent_file(inside)
        stored = await call.services.pictures.read(data, file_name, None, owner=call.user.id)
    except (FileProblem, NotAPictureError) as error:
        raise ChangeRefused(f"{name}: {error}") from error
    media_key = await asyncio.to_thread(call.services.media.put, stored.data, stored.kind)
    return address(media_key, stored.name)
