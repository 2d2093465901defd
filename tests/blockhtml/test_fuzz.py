"""Random changes, one after the other, to every block of the library.

After each change, the new value can be read back, every byte outside of it is unchanged, and the HTML is harmless.
`make fuzz` runs very many sequences; LANDINGPAD_FUZZ sets their number.
"""

import os
from collections.abc import Callable, Mapping
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import pytest

from blockhtml import hostile
from landingpad import blockhtml
from landingpad.blockhtml import section
from landingpad.blockhtml.document import Document, Element
from landingpad.blocks.library import BlockDesign, standard_library

pytestmark = pytest.mark.long

SEQUENCES = int(os.environ.get("LANDINGPAD_FUZZ", "300"))
LONGEST_SEQUENCE = 8
LIBRARY = list(standard_library().values())
WORDS = ("Tables", "and chairs", "für Größe", "Привет", "5 &lt; 6", "a &amp; b", "", "<b>bold</b>", "x<br>y", "日本")
ADDRESSES = ("/a.png", "https://x.example/p?a=1&b=2", "/ü/ä.webp", "#landing7", "mailto:a@b.example", "//cdn.example/a")
CLASSES = ("g-pt-20", "text-center", "Ж", "a:b")


class Outcome(NamedTuple):
    """The result of a change, and the range of the old source that it may affect."""

    content: str
    start: int
    end: int


def element_at(rng: Random, content: str, selectors: Mapping[str, Any]) -> tuple[str, int, Element] | None:
    """Choose a random element matched by one of the selectors."""
    document = Document(content)
    found = [(selector, i, e) for selector in selectors for i, e in enumerate(document.select(selector))]
    return rng.choice(found) if found else None


def change_node(rng: Random, content: str, manifest: Mapping[str, Any]) -> Outcome | None:
    chosen = element_at(rng, content, section(manifest, "nodes"))
    if chosen is None:
        return None
    selector, index, element = chosen
    kind = manifest["nodes"][selector]["type"]
    word = rng.choice((*WORDS, rng.choice(hostile.HTML)))
    address = rng.choice((*ADDRESSES, "javascript:alert(1)"))
    values: dict[str, Any] = {
        "text": word,
        "link": {"text": word, "href": address, "target": rng.choice(("_self", "_blank", "evil"))},
        "img": {"src": address, "alt": word, "isLazy": rng.choice("YN")},
        "styleimg": {"src": address},
        "icon": [rng.choice(CLASSES)],
        "map": {"center": {"lat": 1}, "markers": [word]},
        "embed": {"src": "https://www.youtube.com/embed/abc"},
        "component": word,
    }
    new = blockhtml.update_nodes(content, manifest, {f"{selector}@{index}": values[kind]})
    if kind == "text" and word in WORDS:
        changed = Document(new).select(selector)[index]
        assert new[changed.inner : changed.inner_end] == word
    again = blockhtml.update_nodes(new, manifest, {f"{selector}@{index}": values[kind]})
    assert again == new  # repeating the change has no effect
    return Outcome(new, element.start, element.end)


def change_attributes(rng: Random, content: str, manifest: Mapping[str, Any]) -> Outcome | None:
    chosen = element_at(rng, content, section(manifest, "attrs"))
    if chosen is None:
        return None
    selector, index, element = chosen
    declared = manifest["attrs"][selector]
    name = rng.choice(declared if isinstance(declared, list) else [declared])["attribute"]
    value = rng.choice(("", "1", 'a "b" <c>', *ADDRESSES, *hostile.CSS))
    new, _ = blockhtml.update_attrs(content, manifest, {f"{selector}@{index}": {name: value}}, block_id=1)
    return Outcome(new, element.start, element.inner)


def change_style(rng: Random, content: str, manifest: Mapping[str, Any]) -> Outcome | None:
    chosen = element_at(rng, content, section(manifest, "style", "nodes"))
    if chosen is None:
        return None
    selector, index, element = chosen
    kept = element.attributes.get("class", "").split()
    change: dict[str, Any] = {"classList": [*kept, rng.choice(CLASSES)]}
    if rng.random() < 0.5:
        change["style"] = {"color": rng.choice(("red", "rgb(1 2 3)", *hostile.CSS))}
    new = blockhtml.update_styles(content, manifest, {f"{selector}@{index}": change})
    return Outcome(new, element.start, element.inner)


def change_name(rng: Random, content: str, manifest: Mapping[str, Any]) -> Outcome | None:
    chosen = element_at(rng, content, section(manifest, "nodes"))
    if chosen is None:
        return None
    selector, index, element = chosen
    name = rng.choice(("h1", "h4", "p", "div", "a", "span", "script"))
    new = blockhtml.change_node_name(content, manifest, {f"{selector}@{index}": name})
    inner, outer = content[element.inner : element.inner_end], Document(new).select(selector)
    assert new[outer[index].inner : outer[index].inner_end] == inner
    return Outcome(new, element.start, element.end)


def change_cards(rng: Random, content: str, manifest: Mapping[str, Any]) -> Outcome | None:
    chosen = element_at(rng, content, section(manifest, "cards"))
    if chosen is None:
        return None
    selector, index, element = chosen
    cards = Document(content).select(selector)
    sources = [content[card.start : card.end] for card in cards]
    is_flat = all(one.end <= other.start for one, other in pairwise(cards))
    whole = (cards[0].start, cards[-1].end)
    kind = rng.choice(("clone", "remove", "arrange", "add") if is_flat and len(cards) < 12 else ("remove",))
    if kind == "clone":
        new = blockhtml.clone_card(content, manifest, f"{selector}@{index}")
        sources.insert(index, sources[index])
        span = (element.end, element.end)
    elif kind == "add":
        new = blockhtml.add_card(content, manifest, f"{selector}@{index}", rng.choice(hostile.HTML))
        return Outcome(new, element.end, element.end)
    elif kind == "remove" and len(cards) > 1 and is_flat:
        new = blockhtml.remove_card(content, manifest, f"{selector}@{index}")
        del sources[index]
        span = (element.start, element.end)
    elif kind == "arrange":
        order = [rng.randrange(len(cards)) for _ in range(rng.randint(1, len(cards) + 1))]
        change = {selector: {"source": [{"type": "card", "value": number} for number in order]}}
        new = blockhtml.update_cards(content, manifest, change)
        sources = [sources[number] for number in order]
        span = whole
    else:
        return None
    assert [new[card.start : card.end] for card in Document(new).select(selector)] == sources
    return Outcome(new, *span)


CHANGES: tuple[Callable[[Random, str, Mapping[str, Any]], Outcome | None], ...] = (
    change_node,
    change_node,
    change_attributes,
    change_style,
    change_name,
    change_cards,
)


def run_sequence(seed: int, design: BlockDesign) -> None:
    rng = Random(seed)  # noqa: S311  # failures have to be reproducible
    content = design.content
    for _ in range(rng.randint(1, LONGEST_SEQUENCE)):
        outcome = rng.choice(CHANGES)(rng, content, design.manifest)
        if outcome is None:
            continue
        before, after = content[: outcome.start], content[outcome.end :]
        assert outcome.content.startswith(before), "bytes before the changed element have moved"
        assert outcome.content.endswith(after), "bytes behind the changed element have moved"
        assert len(outcome.content) >= len(before) + len(after)
        content = outcome.content
        hostile.assert_harmless(content)


@pytest.mark.parametrize("share", range(10))
def test_random_changes(share: int) -> None:
    for number in range(share, SEQUENCES, 10):
        design = LIBRARY[number % len(LIBRARY)]
        try:
            run_sequence(number, design)
        except Exception as error:  # every failure is reported with the seed that reproduces it
            raise AssertionError(f"run_sequence({number}, {design.code!r}): {error!r}") from error
