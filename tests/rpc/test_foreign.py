"""Methods of parts of a portal that are not here, called through the wire."""

import pytest

from landingpad.domain.app.foreign import METHODS, REST3, scopes_of
from landingpad.domain.app.known_names import ALL_SCOPES
from landingpad.domain.people.portals import add_webhook
from landingpad.rpc.declare import REGISTRY
from landingpad.store.db.engine import Tx
from landingpad.store.tables.app import apps
from support.portal import ApiFailure, Portal

WITHOUT_SCOPE = "The request requires higher privileges than provided by the"


async def refused(portal: Portal, name: str, by: str = "admin") -> ApiFailure:
    with pytest.raises(ApiFailure) as failure:
        await portal.call(name, by=by)
    return failure.value


def given_webhook(portal: Portal, *scopes: str) -> None:
    def work(tx: Tx) -> str:
        return add_webhook(tx, portal.id, portal.admin_id, scopes=scopes, title="foreign", now_ms=1)

    portal.webhooks["foreign"] = f"/rest/{portal.admin_id}/{portal.parts.db.write_here(work)}/"


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("crm.lead.list", "crm"),
        ("CRM.Deal.ADD", "crm"),
        ("tasks.task.list", "task"),
        ("task.item.list", "task"),
        ("im.user.get", "im"),
        ("disk.storage.getlist", "disk"),
        ("telephony.externalLine.get", "telephony"),
        ("sale.order.list", "sale"),
        ("sale.paysystem.list", "pay_system"),
        ("voximplant.infocall.startwithtext", "call or telephony"),
    ],
)
async def test_a_caller_without_the_scope_is_refused_as_on_a_full_portal(
    portal: Portal, name: str, needed: str
) -> None:
    for by, kind in (("admin", "webhook"), ("limited", "webhook"), ("app", "access")):
        failure = await refused(portal, name, by)
        assert (failure.status, failure.code) == (403, "insufficient_scope")
        assert failure.text.startswith(f"{WITHOUT_SCOPE} {kind} token. {name} needs the scope {needed},")
        assert "not here" in failure.text


async def test_a_caller_with_the_scope_learns_that_the_part_is_not_here(portal: Portal) -> None:
    given_webhook(portal, "crm", "call")
    for name in ("crm.lead.list", "voximplant.infocall.startwithtext"):
        failure = await refused(portal, name, "foreign")
        assert (failure.status, failure.code) == (404, "ERROR_METHOD_NOT_FOUND")
        assert f"{name} belongs to a part of a portal that is not here" in failure.text
    assert (await refused(portal, "voximplant.line.get", "foreign")).code == "insufficient_scope"
    assert (await refused(portal, "landing.site.getList", "foreign")).code == "insufficient_scope"
    assert await portal.call("scope", by="foreign") == ["call", "crm"]

    app_id = portal.app_record.id
    portal.parts.db.write_here(lambda tx: tx.update(apps, portal.id, app_id, scopes="crm"))
    assert (await refused(portal, "crm.lead.list", "app")).status == 404


async def test_a_batch_refuses_single_commands(portal: Portal) -> None:
    cmd = {"a": "crm.lead.list", "b": "server.time", "c": "im.chat.get?ENTITY_ID=1", "d": "no.such.method"}
    found = await portal.call("batch", cmd=cmd)
    assert list(found["result"]) == ["b"]
    assert {key: error["error"] for key, error in found["result_error"].items()} == {
        "a": "insufficient_scope",
        "c": "insufficient_scope",
        "d": "ERROR_METHOD_NOT_FOUND",
    }


@pytest.mark.parametrize(
    "name",
    [
        "no.such.method",
        "landing.site.nosuch",
        "crm",  # no method, but the name of a part
        "crmx.lead.list",
        "rest.scope.list",  # of REST 3.0 alone, at another address
        "tasks.task.chat.message.send",
        "timeman.record.list",
        "humanresources.node.list",
        "mail.mailbox.list",
    ],
)
async def test_names_that_are_nowhere_at_this_address_are_not_found(portal: Portal, name: str) -> None:
    failure = await refused(portal, name)
    assert (failure.status, failure.code) == (404, "ERROR_METHOD_NOT_FOUND")
    assert "is not here" not in failure.text


def test_the_table_names_known_scopes_and_no_method_of_this_server() -> None:
    named = {scope for table in (METHODS, REST3) for scopes in table.values() for scope in scopes.split()}
    assert named <= set(ALL_SCOPES)
    assert [method.name for method in REGISTRY if scopes_of(method.name)] == []
