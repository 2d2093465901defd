"""A block of the library on a page of its own, with its own content: for its picture and for the gallery."""

from landingpad.blocks.library import BlockDesign
from landingpad.render.html import PageParts, RenderedBlock, render_page


def sample_page(design: BlockDesign) -> str:
    """Return the HTML document that shows a block and nothing else."""
    return render_page(
        PageParts(
            language="en",
            title=design.name,
            description=design.description,
            site_title="",
            path="/",
            base="",
            fields={},
            layout="#CONTENT#",
            blocks=[RenderedBlock(1, design.code, design.content, None)],
            areas={},
            page_paths={},
            special_paths={},
            block_anchors={},
        )
    )
