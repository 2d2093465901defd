"""`landingpad doctor`: what it says of a portal with pages."""

from landingpad.operations.doctor import examine
from landingpad.store.tables.preview import previews
from support.portal import Portal

PROBLEM = "https://acme.example/ led to http://10.0.0.1/, which answered 403, not 200 (not allowed: http://10.0.0.1/)"


async def test_pages_without_a_picture_are_named(portal: Portal) -> None:
    """A page whose own code leads elsewhere, for example; the server is in order."""
    _, page_id, _ = await portal.published()
    assert not [found for found in examine(portal.parts.settings) if found.subject == "picture"]
    with portal.parts.db.engine.begin() as session:
        session.execute(previews.update().values(state="failed", problem=PROBLEM))
    (found,) = [found for found in examine(portal.parts.settings) if found.subject == "picture"]
    assert found == ("picture", True, f"of page {page_id} could not be taken: {PROBLEM}")
    await portal.call("landing.landing.unpublic", lid=page_id)
    assert not [found for found in examine(portal.parts.settings) if found.subject == "picture"]
