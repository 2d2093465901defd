"""Fields of users on the wire: titles, columns, the scopes that show them, and how their values are written."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from typing import Any, Final

from landingpad.methods.listing import Field, FieldKind
from landingpad.rpc.bind import Parameter
from landingpad.rpc.call import Call
from landingpad.store.people.directory import Colleague, Directory
from landingpad.store.records import PROFILE

ONLINE_MS: Final = 15 * 60_000
"""A user is online for a quarter of an hour after the last activity."""
FIELDS: Mapping[str, str] = {
    "ID": "ID",
    "XML_ID": "External code",
    "ACTIVE": "Active",
    "NAME": "First name",
    "LAST_NAME": "Last name",
    "SECOND_NAME": "Middle name",
    "TITLE": "Form of address",
    "EMAIL": "E-mail",
    "LAST_LOGIN": "Last sign-in",
    "DATE_REGISTER": "Registered on",
    "TIME_ZONE": "Time zone",
    "IS_ONLINE": "Online",
    "TIMESTAMP_X": "Changed on",
    "LAST_ACTIVITY_DATE": "Last active on",
    "PERSONAL_GENDER": "Gender",
    "PERSONAL_PROFESSION": "Profession",
    "PERSONAL_WWW": "Personal website",
    "PERSONAL_BIRTHDAY": "Birthday",
    "PERSONAL_PHOTO": "Photo",
    "PERSONAL_ICQ": "ICQ",
    "PERSONAL_PHONE": "Personal phone",
    "PERSONAL_FAX": "Personal fax",
    "PERSONAL_MOBILE": "Personal mobile",
    "PERSONAL_PAGER": "Personal pager",
    "PERSONAL_STREET": "Street",
    "PERSONAL_CITY": "City",
    "PERSONAL_STATE": "State",
    "PERSONAL_ZIP": "ZIP code",
    "PERSONAL_COUNTRY": "Country",
    "PERSONAL_MAILBOX": "P.O. box",
    "PERSONAL_NOTES": "Notes",
    "WORK_PHONE": "Company phone",
    "WORK_COMPANY": "Company",
    "WORK_POSITION": "Position",
    "WORK_DEPARTMENT": "Department of the company",
    "WORK_WWW": "Company website",
    "WORK_FAX": "Company fax",
    "WORK_PAGER": "Company pager",
    "WORK_STREET": "Street of the company",
    "WORK_MAILBOX": "P.O. box of the company",
    "WORK_CITY": "City of the company",
    "WORK_STATE": "State of the company",
    "WORK_ZIP": "ZIP code of the company",
    "WORK_COUNTRY": "Country of the company",
    "WORK_PROFILE": "Profile of the company",
    "WORK_LOGO": "Logo of the company",
    "WORK_NOTES": "Notes about the company",
    "UF_SKYPE_LINK": "Skype chat link",
    "UF_ZOOM": "Zoom",
    "UF_EMPLOYMENT_DATE": "Employed since",
    "UF_TIMEMAN": "Time tracking",
    "UF_DEPARTMENT": "Departments",
    "UF_INTERESTS": "Interests",
    "UF_SKILLS": "Skills",
    "UF_WEB_SITES": "Other websites",
    "UF_XING": "Xing",
    "UF_LINKEDIN": "LinkedIn",
    "UF_TWITTER": "Twitter",
    "UF_SKYPE": "Skype",
    "UF_DISTRICT": "District",
    "UF_PHONE_INNER": "Extension",
    "USER_TYPE": "Type",
}
"""Titles of the documented fields (user/user-fields.md)."""
_UNLISTED = ("UF_FACEBOOK",)
"""Fields that rows have and user.fields does not (user/user-scope.md)."""
_FULL = frozenset({"LAST_LOGIN", "PERSONAL_WWW", "PERSONAL_ICQ"})
"""Fields that only the scope `user` shows (user/user-scope.md)."""
_BRIEF = frozenset(
    (
        "ID",
        "XML_ID",
        "ACTIVE",
        "NAME",
        "LAST_NAME",
        "SECOND_NAME",
        "TITLE",
        "DATE_REGISTER",
        "TIME_ZONE",
        "IS_ONLINE",
        "TIMESTAMP_X",
        "LAST_ACTIVITY_DATE",
        "PERSONAL_GENDER",
        "PERSONAL_PROFESSION",
        "PERSONAL_BIRTHDAY",
        "PERSONAL_PHOTO",
        "PERSONAL_CITY",
        "PERSONAL_STATE",
        "PERSONAL_COUNTRY",
        "WORK_POSITION",
        "WORK_CITY",
        "WORK_STATE",
        "WORK_COUNTRY",
        "UF_EMPLOYMENT_DATE",
        "UF_TIMEMAN",
        "UF_DEPARTMENT",
        "UF_INTERESTS",
        "UF_SKILLS",
        "UF_PHONE_INNER",
        "USER_TYPE",
    )
)
"""Fields that the scope user_brief shows (user/user-scope.md)."""


def column_of(name: str) -> str:
    """Return the column of a field that users fill themselves."""
    return name.removeprefix("UF_").lower()


TEXTS: Mapping[str, str] = {name: column_of(name) for name in (*FIELDS, *_UNLISTED) if column_of(name) in PROFILE}
"""Field -> column of the fields that users fill themselves."""
PICTURES: Final = frozenset({"PERSONAL_PHOTO", "WORK_LOGO"})
BIRTHDAY: Final = "PERSONAL_BIRTHDAY"
_TITLES: Mapping[str, str] = {**FIELDS, "UF_FACEBOOK": "Facebook"}
PARAMETERS: Sequence[Parameter] = tuple(
    Parameter(
        name=name,
        wire=name,
        type=Any if name in PICTURES else str | None,
        default=None,
        text=f"{_TITLES[name]}{': [file name, Base64 content]; empty removes it' if name in PICTURES else ''}.",
    )
    for name in ("NAME", "LAST_NAME", *TEXTS)
)
"""Parameters of user.add and user.update for the fields that users fill themselves."""
_EMPTY = ("XML_ID", "TITLE", "TIME_ZONE", "UF_EMPLOYMENT_DATE", "UF_TIMEMAN")
"""Documented fields that no documented method sets."""
STORED: Mapping[str, Field] = {
    "ID": Field("id", FieldKind.NUMBER),
    "ACTIVE": Field("is_active", FieldKind.FLAG),
    "NAME": Field("name"),
    "LAST_NAME": Field("last_name"),
    "EMAIL": Field("email"),
    "LAST_LOGIN": Field("last_login_at", FieldKind.DATE),
    "DATE_REGISTER": Field("created_at", FieldKind.DATE),
    "TIMESTAMP_X": Field("changed_at", FieldKind.DATE),
    "LAST_ACTIVITY_DATE": Field("activity", FieldKind.DATE),
    "UF_DEPARTMENT": Field("departments", FieldKind.NUMBER),
    "UF_DEPARTMENT_NAME": Field("department_names"),
    "USER_TYPE": Field("is_extranet", FieldKind.FLAG),
    **{name: Field(column) for name, column in TEXTS.items()},
    **dict.fromkeys(_EMPTY, Field("nothing")),
}
"""Fields that conditions may test."""
SORTED: Mapping[str, str] = {
    **{name: field.column for name, field in STORED.items() if name not in _EMPTY},
    "UF_DEPARTMENT": "department_id",
    "UF_DEPARTMENT_NAME": "department_id",
    "LAST_ACTIVITY_DATE": "last_login_at",
}
"""Field -> column to sort by."""


def visible(call: Call) -> list[str]:
    """Return the fields that the scopes of the token may see."""
    scopes = call.caller.scopes
    names = (*FIELDS, *_UNLISTED)
    if "user" in scopes:
        return list(names)
    if "user_basic" in scopes:
        return [name for name in names if name not in _FULL]
    return [name for name in names if name in _BRIEF]


def directory(call: Call) -> Directory:
    """Return the users as the caller sees them."""
    return Directory(caller_id=call.user.id, now_ms=call.now_ms)


def write(call: Call, user: Colleague, names: list[str]) -> dict[str, Any]:
    """Return fields of a user as the wire writes them."""
    zone = call.caller.portal.zone
    person, active_at = user.person, user.active_at
    values: dict[str, Any] = {
        **dict.fromkeys(_EMPTY, ""),
        **{name: user.texts[column] for name, column in TEXTS.items()},
        "ID": str(person.id),
        "ACTIVE": person.is_active,
        "NAME": person.name,
        "LAST_NAME": person.last_name,
        "EMAIL": person.email,
        "LAST_LOGIN": _iso(person.last_login_at, zone),
        "DATE_REGISTER": _iso(person.created_at, zone),
        "IS_ONLINE": "Y" if active_at is not None and active_at >= call.now_ms - ONLINE_MS else "N",
        "TIMESTAMP_X": _iso(user.changed_at, zone),
        "LAST_ACTIVITY_DATE": "" if active_at is None else _moment(active_at, zone).strftime("%Y-%m-%d %H:%M:%S"),
        "PERSONAL_BIRTHDAY": _midnight(user.texts["personal_birthday"], zone),
        "UF_DEPARTMENT": list(user.departments),
        "USER_TYPE": "extranet" if person.is_extranet else "employee",
    }
    return {name: values[name] for name in names}


def _midnight(day: str, zone: tzinfo) -> str:
    return datetime.combine(date.fromisoformat(day), time(), zone).isoformat(timespec="seconds") if day else ""


def _iso(ms: int | None, zone: tzinfo) -> str:
    return "" if ms is None else _moment(ms, zone).isoformat(timespec="seconds")


def _moment(ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(ms / 1000, zone)
