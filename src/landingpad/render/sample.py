"""Pages with a single block: for its picture, for the gallery, and for applications that work on it."""

from landingpad.blocks.library import BlockDesign
from landingpad.render.html import PageParts, RenderedBlock, render_page, with_script


def sample_page(design: BlockDesign, *, dark: bool = False) -> str:
    """Return an HTML document with one block of the library and its default content; `dark` selects a dark theme."""
    page = block_page(1, design.content, code=design.code, title=design.name, description=design.description, dark=dark)
    return with_script(page)


def block_page(
    block_id: int, content: str, *, code: str, title: str = "", description: str = "", dark: bool = False
) -> str:
    """Return an HTML document with one block, without the page script."""
    return render_page(
        PageParts(
            language="en",
            title=title,
            description=description,
            site_title="",
            path="/",
            base="",
            fields={"THEME_CODE": "wiki-dark"} if dark else {},
            layout="#CONTENT#",
            blocks=[RenderedBlock(block_id, code, content, None)],
            areas={},
            page_paths={},
            special_paths={},
            block_anchors={},
        )
    )
