"""app.info through the wire: for applications at the portal and at the authorization server, and for webhooks."""

import pytest

from support.portal import Portal


@pytest.mark.parametrize("host", ["oauth.bitrix.info", "oauth.bitrix24.tech"])
async def test_the_authorization_server_names_the_portal_of_the_token(portal: Portal, host: str) -> None:
    """An SDK compares `uri` with the address of the portal that it belongs to, before it trusts the token."""
    async with portal.http(host) as http:
        answer = await http.get("/rest/app.info/", params={"auth": portal.tokens["plain app"]})
    told = answer.json()["result"]
    install = told["install"]
    origin = portal.parts.services.urls.origin(portal.host)
    assert install["uri"] == origin
    assert not install["uri"].endswith("/")
    assert (install["domain"], install["client_endpoint"]) == (portal.host, f"{origin}/rest/")
    assert (told["client_id"], told["user_id"]) == (portal.app_record.client_id, portal.plain_id)


async def test_the_portal_describes_the_application(portal: Portal) -> None:
    told = await portal.call("app.info", by="app")
    assert (told["ID"], told["CODE"]) == (portal.app_record.id, portal.app_record.client_id)
    assert "install" not in told
