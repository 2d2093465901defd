"""Users whom administrators invite and change by calls of the API, and what happens when they first sign in."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from landingpad.domain.app import events
from landingpad.domain.people.people import PeopleError, change_user
from landingpad.domain.people.portals import add_user
from landingpad.domain.work import Work
from landingpad.errors import ApiError
from landingpad.errors.people import ChangeRefused, GroupMissing, GroupUnknown, UserArgument
from landingpad.store.people import groups, people
from landingpad.store.people.directory import Colleague, Directory

_ADDRESS = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,180}\.[^@\s.\x00-\x1f]{2,60}")
_REFUSED = "access_denied"
_MEMBER = "K"


def invite(
    work: Work,
    *,
    email: str,
    texts: Mapping[str, str],
    department_ids: Sequence[int],
    group_ids: Sequence[int],
    is_extranet: bool,
) -> int:
    """Add a user without a password and return the id. A sign-in link lets them in.

    Args:
        work: the work of an administrator.
        email: address, with which the user signs in.
        texts: texts by the names of OWN_TEXTS.
        department_ids: departments of a colleague, the main one first.
        group_ids: workgroups to join; a user from outside the company needs one.
        is_extranet: whether the user is from outside the company.

    Raises:
        UserArgument: the address is wrong or taken, or a colleague has no department.
        GroupMissing: a user from outside has no group.
        GroupUnknown: a group is unknown.
        ChangeRefused: a department is unknown.

    """
    tx, portal_id = work.tx, work.portal_id
    address = _free_address(work, email, UserArgument)
    if is_extranet and not group_ids:
        raise GroupMissing
    for group_id in group_ids:
        group = groups.find(tx, portal_id, group_id)
        if group is None or group.kind != "work":
            raise GroupUnknown
    if not is_extranet and not department_ids:
        raise UserArgument("no_extranet_field")
    user_id = add_user(
        tx, portal_id, login=address, email=address, name="", password=None, is_admin=False, now_ms=work.now_ms
    )
    if is_extranet:
        people.update(tx, portal_id, user_id, is_extranet=True)
    _set_departments(work, user_id, () if is_extranet else department_ids)
    _set_texts(work, user_id, texts)
    for group_id in dict.fromkeys(group_ids):
        groups.join(tx, portal_id, group_id, user_id, _MEMBER)
    return user_id


def change(
    work: Work,
    user_id: int,
    *,
    email: str | None,
    texts: Mapping[str, str],
    department_ids: Sequence[int] | None,
    is_active: bool | None,
) -> None:
    """Change a user. None changes nothing. Sessions, webhooks and tokens of a dismissed user fail from the next call.

    Raises:
        ChangeRefused: the user or a department is unknown, the address is wrong or taken, or the portal would have no
            administrator.

    """
    tx, portal_id = work.tx, work.portal_id
    account = groups.account(tx, portal_id, user_id)
    if account is None:
        raise ChangeRefused(_REFUSED)
    if email is not None:
        address = _free_address(work, email, ChangeRefused, user_id=user_id)
        former = _colleague(work, user_id).person.email
        people.update(tx, portal_id, user_id, email=address)
        if account.login == former:  # invited users sign in with their address
            people.update(tx, portal_id, user_id, login=address)
    if department_ids is not None:
        if account.is_extranet:
            raise ChangeRefused("A user from outside the company is in no department.")
        if not department_ids:
            raise ChangeRefused("A user of the company is in one department at least.")
        _set_departments(work, user_id, department_ids)
    if is_active is not None:
        try:
            change_user(tx, portal_id, user_id, is_active=is_active)
        except PeopleError as error:
            raise ChangeRefused(str(error)) from error
    _set_texts(work, user_id, texts)


def first_signed_in(work: Work, zone: tzinfo) -> None:
    """Tell applications that the user of this work has signed in for the first time (common/events/on-user-add.md)."""
    found = _colleague(work, work.user.id)
    person, texts = found.person, found.texts
    registered = datetime.fromtimestamp(person.created_at / 1000, zone).isoformat(timespec="seconds")
    data: dict[str, Any] = {
        "ID": person.id,
        "ACTIVE": "Y",
        "EMAIL": person.email,
        "NAME": person.name,
        "LAST_NAME": person.last_name,
        "PERSONAL_GENDER": texts["personal_gender"],
        "PERSONAL_BIRTHDAY": texts["personal_birthday"],
        "UF_DEPARTMENT": list(found.departments),
        "DATE_REGISTER": registered,
        "WORK_POSITION": texts["work_position"],
        "UF_EMPLOYMENT_DATE": "",
    }
    events.emit(work, events.USER_ADDED, data, about=person.id)


def _colleague(work: Work, user_id: int) -> Colleague:
    found = Directory(caller_id=user_id, now_ms=work.now_ms).find(work.tx, work.portal_id, user_id)
    if found is None:
        raise ChangeRefused(_REFUSED)
    return found


def _free_address(work: Work, email: str, refusal: type[ApiError], *, user_id: int = 0) -> str:
    address = email.strip()
    if not _ADDRESS.fullmatch(address):
        raise refusal("wrong_email")
    if people.address_is_taken(work.tx, work.portal_id, address, but=user_id):
        raise refusal("User with this email already exists")
    return address


def _set_departments(work: Work, user_id: int, department_ids: Sequence[int]) -> None:
    wanted = list(dict.fromkeys(department_ids))
    for department_id in wanted:
        if people.find_department(work.tx, work.portal_id, department_id) is None:
            raise ChangeRefused(f"Department not found: {department_id}")
    people.set_departments(work.tx, work.portal_id, user_id, wanted)


def _set_texts(work: Work, user_id: int, texts: Mapping[str, str]) -> None:
    known = _colleague(work, user_id)
    kept = {"name": known.person.name, "last_name": known.person.last_name, **known.texts}
    people.update_texts(work.tx, work.portal_id, user_id, {**kept, **texts}, work.now_ms)
