"""Attacks written into a block by any method of the API do not reach visitors."""

import html
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from blockhtml import hostile
from support.portal import Portal

pytestmark = pytest.mark.long

ATTRIBUTES = ("href", "src", "style", "onclick", "data-x", "srcdoc", "action", "title", "id", "target")
MANIFEST = hostile.manifest(ATTRIBUTES)
VECTORS = [
    *hostile.HTML,
    *hostile.CSS,
    "javascript:alert(1)",
    "JaVa\tScript:alert(1)",
    "data:text/html,<script>x()</script>",
]


def writes(vector: str, block_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Return every call that can write an attack into a block."""
    values: dict[str, Any] = {
        ".t": vector,
        ".a": {"text": vector, "href": vector, "target": vector, "attrs": {"data-url": vector}},
        ".i": {"src": vector, "src2x": vector, "alt": vector, "id": vector},
        ".bg": {"src": vector},
        ".ic": [vector],
        ".m": {"center": vector, "markers": [vector]},
    }
    styles = {"classList": [vector], "style": {"background": vector, vector: vector}}
    return [
        ("updatenodes", {"data": values}),
        ("updatenodes", {"data": {".f": {"src": vector, "source": vector, "preview": vector}}}),
        ("updatenodes", {"data": {key: {"attrs": dict.fromkeys(ATTRIBUTES, vector)} for key in hostile.KINDS}}),
        (
            "updateattrs",
            {"data": {key: dict.fromkeys(ATTRIBUTES, vector) for key in (*hostile.KINDS, f"#block{block_id}")}},
        ),
        ("updateCards", {"data": {".c": {"values": [{".ct@0": vector}]}}}),
        ("updateCards", {"data": {".c": {"source": [{"type": "preset", "value": vector}]}}}),
        ("addcard", {"selector": ".c@0", "content": f'<div class="c">{vector}</div>'}),
        ("addcard", {"selector": vector, "content": vector}),
        ("changeNodeName", {"data": {".t": vector}}),
        ("changeAnchor", {"data": vector}),
        ("updateStyles", {"data": {".t": styles, "#wrapper": styles}}),
        ("updatecontent", {"content": f'<section class="w">{vector}<p style="{html.escape(vector)}">x</p></section>'}),
    ]


@pytest.mark.parametrize("share", range(8))
async def test_no_method_lets_an_attack_through(portal: Portal, share: int) -> None:
    fields = {"NAME": "x", "CONTENT": hostile.CONTENT, "SECTIONS": "text", "PREVIEW": ""}
    repo_id = await portal.call("landing.repo.register", code="all", fields=fields, manifest=MANIFEST)
    page_id = await portal.page(await portal.site())
    for vector in VECTORS[share::8]:
        block_id = await portal.block(page_id, f"repo_{repo_id}")
        statuses = set()
        for method, params in writes(vector, block_id):
            answer = await portal.answer(f"landing.block.{method}", {"lid": page_id, "block": block_id, **params})
            statuses.add(answer.status_code)
            assert answer.status_code in {200, 400}, answer.text
            if method == "updateStyles":
                await check(portal, page_id, block_id)  # before updatecontent replaces the whole block
        assert 200 in statuses
        await check(portal, page_id, block_id)
        refused = await portal.answer("landing.landing.addblock", {"lid": page_id, "fields": {"CODE": vector}})
        assert refused.json()["error"] == "BLOCK_CANT_BE_ADDED"
        await portal.answer("landing.landing.addblock", {"lid": page_id, "fields": {"CODE": "html", "CONTENT": vector}})
        again = {**fields, "CONTENT": f"<div>{vector}</div>", "PREVIEW": vector, "NAME": vector}
        answer = await portal.answer("landing.repo.register", {"code": "own", "fields": again})
        if answer.status_code == 200:
            own = await portal.block(page_id, f"repo_{answer.json()['result']}")
            await check(portal, page_id, own)
    await portal.call("landing.landing.publication", lid=page_id)
    page = await portal.get(await portal.call("landing.landing.getPublicUrl", lid=page_id))
    body = LexborHTMLParser(page.text).body
    assert body is not None
    hostile.assert_harmless(body.inner_html or "")
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def check(portal: Portal, page_id: int, block_id: int) -> None:
    found = await portal.call("landing.block.getcontent", lid=page_id, block=block_id, editMode=True)
    hostile.assert_harmless(found["content"])
