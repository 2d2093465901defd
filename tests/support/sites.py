"""A site for tests of everything that copies sites."""

from support.portal import Portal


def quiet(_done: int, _total: int) -> None:
    """Ignore the progress of an operation."""


async def rich_site(portal: Portal) -> int:
    """A site with a bit of everything that refers to something else by id."""
    repo_id = await portal.call(
        "landing.repo.register",
        code="own",
        fields={
            "NAME": "Own",
            "SECTIONS": "text",
            "PREVIEW": "https://x.example/p.png",
            "CONTENT": '<div class="landing-block-node-text">Own block</div>',
        },
        manifest={"nodes": {".landing-block-node-text": {"name": "Text", "type": "text"}}},
    )
    site_id = await portal.site(TITLE="Acme", DESCRIPTION="Tools", ADDITIONAL_FIELDS={"THEME_CODE": "spa"})
    outer = await portal.call("landing.site.addFolder", siteId=site_id, fields={"TITLE": "Outer", "CODE": "outer"})
    inner = await portal.call(
        "landing.site.addFolder", siteId=site_id, fields={"TITLE": "Inner", "CODE": "inner", "PARENT_ID": outer}
    )
    home = await portal.page(site_id, "home", SITEMAP="Y", ADDITIONAL_FIELDS={"METAOG_TITLE": "Hi"})
    deep = await portal.page(site_id, "deep", FOLDER_ID=inner)
    header = await portal.page(site_id, "header")
    draft = await portal.page(site_id, "draft")
    key = portal.parts.media.put(b"\xff\xd8picture", "jpg")
    own = await portal.block(home, f"repo_{repo_id}")
    html = await portal.block(home, "html", AFTER_ID=own)
    content = (
        f'<a href="#landing{deep}">deep</a> <a href="#block{own}">own</a> <a href="#system_cart">cart</a> '
        f'<img src="/_media/{key}" alt="">'
    )
    await portal.call("landing.block.updatecontent", lid=home, block=html, content=content)
    await portal.block(deep)
    await portal.block(header, "0.menu_02")
    await portal.block(draft)
    await portal.call("landing.site.update", id=site_id, fields={"TPL_ID": 4, "LANDING_ID_404": deep})
    await portal.call("landing.template.setSiteRef", id=site_id, data={"1": header})
    await portal.call("landing.syspage.set", id=site_id, type="cart", lid=deep)
    for page_id in (home, deep, header):
        await portal.call("landing.landing.publication", lid=page_id)
    await portal.call("landing.block.updatecontent", lid=home, block=html, content="<p>newer draft</p>")
    return site_id
