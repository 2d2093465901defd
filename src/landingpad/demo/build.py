"""Builds the demo site by calls of the API, as any client would."""

from typing import Any

from landingpad.demo.site import DEMO, DemoPage
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import Dispatcher


async def build_demo_site(dispatcher: Dispatcher, caller: Caller) -> int:
    """Create and publish the demo site and return its id."""

    async def call(method: str, **params: Any) -> Any:
        return (await dispatcher.run(caller, method, params, now=dispatcher.services.clock.now())).result

    site_id: int = await call(
        "landing.site.add", fields={**DEMO.fields, "ADDITIONAL_FIELDS": dict(DEMO.additional_fields)}
    )
    made: list[tuple[int, DemoPage]] = []
    for page in DEMO.pages:
        own = {"SITEMAP": "Y", "ADDITIONAL_FIELDS": dict(page.additional_fields)}
        fields = {**page.fields, "SITE_ID": site_id, **own}
        made.append((await call("landing.landing.add", fields=fields), page))
    index_page_id = next(page_id for page_id, page in made if page.is_index)
    await call("landing.site.update", id=site_id, fields={"LANDING_ID_INDEX": index_page_id})
    page_links = {page.path: f"#landing{page_id}" for page_id, page in made}
    for page_id, page in made:
        block_ids: list[int] = []
        for block in page.blocks:
            fields = {"CODE": block.code}
            if block_ids:
                fields["AFTER_ID"] = block_ids[-1]
            block_ids.append(await call("landing.landing.addblock", lid=page_id, fields=fields))
        placed = list(zip(block_ids, page.blocks, strict=True))
        block_links = {f"#{block.anchor}": f"#block{block_id}" for block_id, block in placed if block.anchor}
        for block_id, block in placed:
            if block.nodes:
                data = block.data({**page_links, **block_links})
                await call("landing.block.updatenodes", lid=page_id, block=block_id, data=data)
        await call("landing.landing.publication", lid=page_id)
    return site_id
