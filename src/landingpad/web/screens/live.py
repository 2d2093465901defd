"""Live pictures of pages: server-sent events, and the fragment that they reload."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Collection

import msgspec
from starlette.responses import Response

from landingpad.domain.work import Services
from landingpad.store.db.engine import Tx
from landingpad.store.preview import overview
from landingpad.store.preview.overview import PagePicture
from landingpad.web.frame.answers import events
from landingpad.web.frame.visit import Visit

_POLL_SECONDS = 1.0
_QUIET_SECONDS = 20
"""Longest silence: proxies close silent connections, and a write reveals closed ones."""
_LONGEST_SECONDS = 600
"""Longest stream; the browser then reconnects, which checks its session again."""
_MOST_PAGES = 1000
_RETRY = b"retry: 1000\n\n"


async def pictures_of(visit: Visit, page_ids: Collection[int]) -> dict[int, PagePicture]:
    """Return the pictures of pages that the visitor may see, in one query."""
    if not page_ids:
        return {}
    standard = visit.services.previews.standard
    return await visit.read(lambda tx: overview.of_pages(tx, visit.portal.id, page_ids, standard))


class LivePages:
    """Handlers that keep the pictures of screens up to date."""

    def __init__(self, closing: threading.Event) -> None:
        self._closing = closing

    async def listen(self, visit: Visit) -> Response:
        """Send an event for each new picture of the given pages."""
        wanted = [int(part) for part in visit.asked("pages").split(",") if re.fullmatch(r"[0-9]{1,15}", part)]
        readable = await _readable(visit, wanted[:_MOST_PAGES])
        return events(self._events(visit.services, visit.portal.id, readable))

    async def picture(self, visit: Visit) -> Response:
        """Return the current picture of a page as a fragment."""
        page_id = visit.path_params["page_id"]
        readable = await _readable(visit, [page_id])
        found = await pictures_of(visit, readable)
        return visit.part("picture.html", page_id=page_id, picture=found.get(page_id), scope=visit.asked("scope"))

    async def _events(self, services: Services, portal_id: int, page_ids: Collection[int]) -> AsyncIterator[bytes]:
        def look(tx: Tx) -> dict[int, PagePicture]:
            return overview.of_pages(tx, portal_id, page_ids, services.previews.standard)

        told: dict[int, str] = {}
        yield _RETRY
        silent = 0.0
        for _ in range(int(_LONGEST_SECONDS / _POLL_SECONDS)):
            found = await services.db.read(look) if page_ids else {}
            now = {page_id: picture.version for page_id, picture in found.items()}
            changed = {page_id: version for page_id, version in now.items() if told.get(page_id) != version}
            told = now
            if changed:
                yield b"data: " + msgspec.json.encode(changed) + b"\n\n"
                silent = 0.0
            elif silent >= _QUIET_SECONDS:
                yield b": still here\n\n"
                silent = 0.0
            await asyncio.sleep(_POLL_SECONDS)
            silent += _POLL_SECONDS
            if self._closing.is_set():
                return


async def _readable(visit: Visit, page_ids: Collection[int]) -> list[int]:
    """Return the pages that the visitor may see."""
    if not page_ids:
        return []
    params = {"params": {"select": ["ID"], "filter": {"ID": list(page_ids), "DELETED": ["Y", "N"]}}}
    scope = visit.asked("scope")
    rows = await visit.call("landing.landing.getList", params | ({"scope": scope} if scope else {}), shown=False)
    return [int(row["ID"]) for row in rows]
