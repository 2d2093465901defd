"""Writes a payload into a portal by every method that stores input."""

import html
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import quote

import httpx

from blockhtml import hostile
from landingpad.domain.site import additional
from support.portal import Portal
from support.rights_world import png

ATTRIBUTES = (
    "href",
    "src",
    "style",
    "onclick",
    "onfocus",
    "data-x",
    "srcdoc",
    "srcset",
    "action",
    "title",
    "id",
    "target",
)
MANIFEST = hostile.manifest(ATTRIBUTES)
AUTHORS_OWN_CODE = {"HEADBLOCK_CODE", "B24BUTTON_CODE", "B24BUTTON_USE", "HEADBLOCK_USE"}
"""Fields by which an author adds code on purpose, tested by `test_code_of_an_author...` instead."""
APPLICATION = "application.example"
"""Host of an application that the portal shows in a frame."""
ANSWERS = {200, 400, 403, 404}


def fields_with(payload: str, kind: Literal["site", "page"]) -> dict[str, str]:
    """Return all additional fields of a site or page with the payload as value, and all switches on."""
    names = additional.NAMES[kind] - AUTHORS_OWN_CODE
    return {name: "Y" if name.endswith(("_USE", "_SHOW")) else payload for name in sorted(names)}


class Injector:
    """A site for some payloads, with a page for each whose blocks contain only the payload."""

    def __init__(self, portal: Portal, code: str) -> None:
        self.portal, self.code = portal, code
        self.site_id = 0
        self.pages: list[int] = []
        self.refused = self.taken = 0

    async def begin(self) -> None:
        self.site_id = await self.portal.site(self.code)
        fields = {"NAME": "x", "CONTENT": hostile.CONTENT, "SECTIONS": "text", "PREVIEW": ""}
        self._repo = await self.portal.call("landing.repo.register", code="all", fields=fields, manifest=MANIFEST)

    async def send(self, method: str, params: dict[str, Any], *, by: str = "admin") -> Any:
        """Call a method that may refuse the input; anything but a result or an API error is a defect."""
        answer = await self.portal.answer(method, params, by=by)
        assert answer.status_code in ANSWERS, (method, params, answer.text)
        if answer.status_code == httpx.codes.OK:
            self.taken += 1
            return answer.json()["result"]
        self.refused += 1
        return None

    async def write(self, payload: str) -> None:
        """Write the payload wherever possible."""
        page_id = await self.portal.page(self.site_id, f"p{len(self.pages)}")
        self.pages.append(page_id)
        block_id = await self.portal.block(page_id, f"repo_{self._repo}")
        for method, params in _into_block(payload, block_id):
            await self.send(f"landing.block.{method}", {"lid": page_id, "block": block_id, **params})
        for fields in ({"CODE": "html", "CONTENT": payload}, {"CODE": payload}, {"CODE": "html", "ANCHOR": payload}):
            await self.send("landing.landing.addblock", {"lid": page_id, "fields": fields})
        whole = await self.portal.block(page_id, "html")
        for content in (
            payload,
            f"<section>{payload}</section>",
            f'<p title="{payload}">x</p>',
            f"<style>{payload}</style>",
        ):
            await self.send("landing.block.updatecontent", {"lid": page_id, "block": whole, "content": content})
            if content == payload:
                await self.send("landing.landing.copyblock", {"lid": page_id, "block": whole})
        meta = {"name": payload, "section": [payload], "preview": payload}
        await self.send("landing.landing.favoriteBlock", {"lid": page_id, "block": whole, "meta": meta})
        await self._into_library(page_id, payload)
        await self._into_names(page_id, payload)
        picture = [f"{payload}.png", png()]
        await self.send("landing.block.uploadfile", {"block": block_id, "picture": picture})

    async def _into_library(self, page_id: int, payload: str) -> None:
        manifest = {
            "block": {"name": payload, "description": payload, "section": [payload]},
            "nodes": {payload: {"name": payload, "type": "text"}, "p": {"name": payload, "type": payload}},
            "assets": {"css": [payload], "js": [payload]},
        }
        fields = {"NAME": payload, "DESCRIPTION": payload, "SECTIONS": "text", "PREVIEW": payload}
        for content in (payload, f"<div><p>{payload}</p></div>"):
            given = {"code": "own", "fields": {**fields, "CONTENT": content, "RESET": "Y"}, "manifest": manifest}
            made = await self.send("landing.repo.register", given)
            if made is not None:
                await self.send("landing.landing.addblock", {"lid": page_id, "fields": {"CODE": f"repo_{made}"}})
        item = {
            "name": payload,
            "fields": {"TITLE": payload},
            "items": {"#block1": {"code": "html", "nodes": {"p": [payload]}}},
        }
        template = {
            "code": "own", "name": payload, "description": payload, "preview": payload, "type": "page",
            "fields": {"TITLE": payload, "ADDITIONAL_FIELDS": {"METAOG_TITLE": payload}}, "items": {"own/home": item},
        }  # fmt: skip
        await self.send("landing.demos.register", {"data": template})

    async def _into_names(self, page_id: int, payload: str) -> None:
        named = {"TITLE": payload, "DESCRIPTION": payload}
        await self.send("landing.landing.update", {"lid": page_id, "fields": {"CODE": payload}})
        await self.send("landing.landing.update", {"lid": page_id, "fields": {**named, "SITEMAP": "Y"}})
        folder = await self.send("landing.site.addFolder", {"siteId": self.site_id, "fields": {"TITLE": payload}})
        if folder is not None:
            given = {"siteId": self.site_id, "folderId": folder, "fields": {"CODE": payload}}
            await self.send("landing.site.updateFolder", given)
        await self.send("landing.site.update", {"id": self.site_id, "fields": {**named, "LANG": payload}})
        await self.send("landing.site.update", {"id": self.site_id, "fields": {"CODE": payload}})
        widget = {
            "TITLE": payload,
            "DESCRIPTION": payload,
            "GROUP_NAME": payload,
            "HANDLER": f"https://{APPLICATION}/x",
        }
        for place in ("LANDING_SETTINGS", "LEFT_MENU"):
            titles = {"LANG_ALL": {"en": {"TITLE": payload}}}
            await self.send("placement.bind", {**widget, **titles, "PLACEMENT": place}, by="app")
            await self.send("placement.bind", {**widget, "HANDLER": payload, "PLACEMENT": place}, by="app")

    async def dress(self, payloads: list[str]) -> None:
        """Write each payload into every additional field of its page, and the last also into those of the site."""
        for page_id, payload in zip(self.pages, payloads, strict=True):
            given = fields_with(payload, "page")
            if await self._set_fields(page_id, given) is None:  # one was refused: try each alone
                for name, value in given.items():
                    await self._set_fields(page_id, {name: value})
        site_fields = {"ADDITIONAL_FIELDS": fields_with(payloads[-1], "site")}
        await self.send("landing.site.update", {"id": self.site_id, "fields": site_fields})

    async def _set_fields(self, page_id: int, given: dict[str, str]) -> Any:
        return await self.send("landing.landing.update", {"lid": page_id, "fields": {"ADDITIONAL_FIELDS": given}})

    async def publish(self) -> list[str]:
        """Publish all pages and return their paths on the site."""
        paths = []
        for page_id in self.pages:
            await self.portal.call("landing.landing.publication", lid=page_id)
            paths.append(
                httpx.URL(await self.portal.call("landing.landing.getPublicUrl", lid=page_id)).raw_path.decode()
            )
        return paths


def _into_block(payload: str, block_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    values: dict[str, Any] = {
        ".t": payload,
        ".a": {"text": payload, "href": payload, "target": payload, "attrs": {"data-url": payload}},
        ".i": {"src": payload, "src2x": payload, "alt": payload, "id": payload, "url": {"href": payload}},
        ".bg": {"src": payload},
        ".ic": [payload],
        ".m": {"center": payload, "markers": [payload]},
    }
    styles = {
        "classList": [payload],
        "style": {"background": payload, "background-image": f"url({payload})", payload: "x"},
    }
    yield "updatenodes", {"data": values}
    yield "updatenodes", {"data": {".f": {"src": payload, "source": payload, "preview": payload}}}
    yield "updatenodes", {"data": {key: {"attrs": dict.fromkeys(ATTRIBUTES, payload)} for key in hostile.KINDS}}
    yield (
        "updateattrs",
        {"data": {key: dict.fromkeys(ATTRIBUTES, payload) for key in (*hostile.KINDS, f"#block{block_id}")}},
    )
    yield "updateCards", {"data": {".c": {"values": [{".ct@0": payload}, {".ct@0": payload}]}}}
    yield "updateCards", {"data": {".c": {"source": [{"type": "preset", "value": payload}]}}}
    yield "addcard", {"selector": ".c@0", "content": f'<div class="c">{payload}</div>'}
    yield "clonecard", {"selector": ".c@0"}
    yield "changeNodeName", {"data": {".t": payload}}
    yield "changeAnchor", {"data": payload}
    yield "updateStyles", {"data": {".t": styles, "#wrapper": styles}}
    yield (
        "updatecontent",
        {"content": hostile.CONTENT.replace("T</h2>", f'{payload}</h2><p style="{html.escape(payload)}">x</p>')},
    )


def reflecting(payload: str) -> Iterator[str]:
    """Return addresses of the portal that may reflect the payload in their answer."""
    asked = quote(payload, safe="")
    yield f"/{asked}"
    yield f"/sign-in/?next={asked}"
    yield f"/sites/?q={asked}&state={asked}"
    yield f"/docs/?q={asked}"
    yield f"/docs/{asked}/"
    yield f"/docs/search?q={asked}"
    yield f"/oauth/authorize/?client_id={asked}&state={asked}&redirect_uri={asked}"
    yield f"/pub/site/{asked}/"
    yield f"/preview.jpg?{asked}"
