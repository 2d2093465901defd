"""Sites as whoever runs the server changes them."""

import pytest

from landingpad.operations import sites
from landingpad.operations.errors import NotFound
from support.portal import Portal
from support.sites import quiet, rich_site

SITE = "http://acme.localhost"


async def test_publishing_every_page(portal: Portal) -> None:
    site_id = await rich_site(portal)
    assert sites.publish_all(portal.parts, site_id, quiet) == 4
    assert (await portal.get(f"{SITE}/draft/")).status_code == 200
    assert "newer draft" in (await portal.get(f"{SITE}/")).text
    assert [site.state for site in sites.list_sites(portal.parts)] == ["online"]
    with pytest.raises(NotFound, match="There is no site 999999"):
        sites.publish_all(portal.parts, 999999, quiet)
