"""The gallery of sites."""

from landingpad.http.message import Answer
from landingpad.web.visit import Visit


async def show(visit: Visit) -> Answer:
    """Show the sites that the signed-in user may see."""
    sites = await visit.call("landing.site.getList", {"params": {"select": ["ID", "TITLE"], "order": {"ID": "DESC"}}})
    return await visit.page("sites.html", sites=sites)
