"""Methods of other parts of a portal (CRM, tasks, chats ...), which this server lacks: the scopes that they need.

A call of one without its scope ends as on a full portal, so tests of missing permissions work. Single names are not
listed: a scope follows from the first parts of a name, as pages of the public documentation state it.
`scripts/foreign_methods CHECKOUT` compares the tables with a newer checkout of the documentation.
"""

from collections.abc import Mapping

DOCUMENTATION = "bitrix24/b24restdocs 5988ed130d13802764a555edbfe12d0fc81e7d7a of 2026-08-21"
"""Commit of the documentation that the table was compared with."""

_ONLY_REST3 = ""
METHODS: Mapping[str, str] = {
    "ai": "ai_admin",
    "biconnector": "biconnector",
    "bizproc": "bizproc",
    "booking": "booking",
    "calendar": "calendar",
    "catalog": "catalog",
    "crm": "crm",
    "disk": "disk",
    "documentgenerator": "documentgenerator",
    "entity": "entity",
    "humanresources.hcmlink": "humanresources.hcmlink",
    "im": "im",
    "imbot": "imbot",
    "imconnector": "imopenlines imconnector",
    "imopenlines": "imopenlines",
    "imopenlines.bot": "imopenlines imbot",
    "lists": "lists",
    "log": "log",
    "mailservice": "mailservice",
    "messageservice": "messageservice",
    "pull": "pull",
    "rpa": "rpa",
    "sale": "sale",
    "sale.cashbox": "cashbox",
    "sale.delivery.extra": "delivery",
    "sale.delivery.request": "delivery",
    "sale.paysystem": "pay_system",
    "salescenter": "salescenter",
    "sign.b2e": "sign.b2e",
    "socialnetwork": "socialnetwork sonet_group",
    "sonet_group": "sonet_group socialnetwork",
    "task": "task",
    "tasks": "task",
    "tasks.task.access": _ONLY_REST3,
    "tasks.task.chat": _ONLY_REST3,
    "tasks.task.field": _ONLY_REST3,
    "tasks.task.file": _ONLY_REST3,
    "tasks.task.result.add": _ONLY_REST3,
    "tasks.task.result.addfromchatmessage": _ONLY_REST3,
    "tasks.task.result.delete": _ONLY_REST3,
    "tasks.task.result.update": _ONLY_REST3,
    "telephony": "telephony",
    "timeman": "timeman",
    "timeman.record": _ONLY_REST3,
    "userconsent": "userconsent",
    "userfieldconfig": "userfieldconfig",
    "vote": "vote",
    "voximplant": "telephony",
    "voximplant.infocall": "call telephony",
}
"""First parts of a method's name -> scopes, one of which a token needs; the longest match counts."""

REST3: Mapping[str, str] = {
    "call.followup": "call",
    "humanresources.employee": "humanresources",
    "humanresources.node": "humanresources",
    "mail.mailbox": "mail",
    "mail.message": "mail",
    "mail.recipient": "mail",
    "main.eventlog": "main",
    "note.collection": "note",
    "note.document": "note",
    "note.file": "note",
    "tasks.task.access": "tasks task",
    "tasks.task.add": "tasks task",
    "tasks.task.chat": "tasks task",
    "tasks.task.delete": "tasks task",
    "tasks.task.field": "tasks task",
    "tasks.task.file": "tasks task",
    "tasks.task.get": "tasks task",
    "tasks.task.list": "tasks task",
    "tasks.task.result": "tasks task",
    "tasks.task.update": "tasks task",
    "timeman.record": "timeman",
}
"""First parts of names of methods of REST 3.0 (at `/rest/api/`) -> scopes."""


def scopes_of(name: str, table: Mapping[str, str] = METHODS) -> frozenset[str]:
    """Return the scopes that give access to a foreign method, or an empty set if no part of a portal has such names."""
    parts = name[:128].lower().split(".")
    for length in range(len(parts), 0, -1):
        scopes = table.get(".".join(parts[:length]))
        if scopes is not None:
            return frozenset(scopes.split()) if len(parts) > 1 else frozenset()
    return frozenset()
