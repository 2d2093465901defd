"""Cost of block changes: one node of a 100 KB block, and the rendering of a page of 100 blocks.

make bench-blocks
"""

import statistics
import time
from collections.abc import Callable

from landingpad import blockhtml
from landingpad.blocks.library import standard_library
from landingpad.render.html import PageParts, RenderedBlock, render_page

ROUNDS = 30


def measure(name: str, work: Callable[[], object]) -> None:
    """Print median and slowest of some rounds, in milliseconds of this process."""
    work()
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000)
    print(f"{name:60} {statistics.median(spent):8.2f} ms   slowest {max(spent):8.2f} ms")


def large_block() -> tuple[str, dict]:
    """Return a block of 100 KB: many cards, each with a title and a text."""
    card = (
        '<div class="c"><h3 class="t">Title {0}</h3>'
        '<p class="p">Text {0} with <b>markup</b> and a <a href="/">link</a>.</p></div>'
    )
    content = "<section>" + "".join(card.format(number) for number in range(900)) + "</section>"
    kinds = {selector: {"type": "text"} for selector in (".t", ".p")}
    return content, {"nodes": kinds, "cards": {".c": {"name": "Card"}}, "style": {"nodes": {".t": {}}}}


def main() -> None:
    """Measure."""
    content, manifest = large_block()
    print(f"a block of {len(content) // 1024} KB")
    measure("updatenodes, one text", lambda: blockhtml.update_nodes(content, manifest, {".t@450": "New"}))
    ten = {f".t@{number * 90}": "New" for number in range(10)}
    measure("updatenodes, ten texts", lambda: blockhtml.update_nodes(content, manifest, ten))
    measure("updateStyles, one node", lambda: blockhtml.update_styles(content, manifest, {".t@450": ["t", "big"]}))
    measure("clonecard", lambda: blockhtml.clone_card(content, manifest, ".c@450"))
    measure("updatecontent (cleaning)", lambda: blockhtml.clean_html(content))
    measure("checkContent", lambda: blockhtml.check(content))
    designs = list(standard_library().values())
    shown = [designs[number % len(designs)] for number in range(100)]
    parts = PageParts(
        language="en",
        title="Bench",
        description="",
        site_title="",
        path="/",
        base="",
        fields={},
        layout="#CONTENT#",
        blocks=[RenderedBlock(number, design.code, design.content, None) for number, design in enumerate(shown, 1)],
        areas={},
        page_paths={},
        special_paths={},
        block_anchors={},
    )
    print(f"a page of 100 blocks, {len(render_page(parts)) // 1024} KB")
    measure("publication (rendering)", lambda: render_page(parts))


if __name__ == "__main__":
    main()
