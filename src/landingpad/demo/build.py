"""Builds the demo site through the API, method by method, as any client would."""

import time
from typing import Any

from landingpad.demo.site import DEMO, DemoPage
from landingpad.rpc.call import Caller
from landingpad.rpc.dispatch import Dispatcher


async def build_demo_site(dispatcher: Dispatcher, caller: Caller) -> int:
    """Make and publish the demo site; return its id."""

    async def call(method: str, **params: Any) -> Any:
        return (await dispatcher.run(caller, method, params, now=time.time())).result

    site_id: int = await call(
        "landing.site.add", fields={**DEMO.fields, "ADDITIONAL_FIELDS": dict(DEMO.additional_fields)}
    )
    made: list[tuple[int, DemoPage]] = []
    for page in DEMO.pages:
        fields = {**page.fields, "SITE_ID": site_id, "ADDITIONAL_FIELDS": dict(page.additional_fields)}
        made.append((await call("landing.landing.add", fields=fields), page))
    index_page_id = next(page_id for page_id, page in made if page.is_index)
    await call("landing.site.update", id=site_id, fields={"LANDING_ID_INDEX": index_page_id})
    page_ids = {page.path: page_id for page_id, page in made}
    for page_id, page in made:
        after: int | None = None
        for block in page.blocks:
            block_fields: dict[str, Any] = {"CODE": block.code}
            if after is not None:
                block_fields["AFTER_ID"] = after
            after = await call("landing.landing.addblock", lid=page_id, fields=block_fields)
            if block.nodes:
                await call("landing.block.updatenodes", lid=page_id, block=after, data=block.data(page_ids))
            if block.anchor:
                await call("landing.block.changeAnchor", lid=page_id, block=after, data=block.anchor)
        await call("landing.landing.publication", lid=page_id)
    return site_id
