"""Ready-made sites of standard blocks with their own texts and pictures: `sites/<code>.toml`.

These files use short names of nodes: `card_title` is `.landing-block-node-card-title`; a list gives the values of its
matches in order. A link is "text -> address", a picture "file | alternative text", an icon its name. Addresses such as
"/about/" refer to pages of the site, "#prices" to the block with this anchor.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from landingpad.blocks.library import standard_library

_FOLDER = "sites"
_NOT_NODES = frozenset({"anchor", "attrs", "cards", "code", "style"})
VERSION = 3


class SiteDesign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ready-made site."""

    code: str
    title: str
    """Title of the new site."""
    name: str
    """Display name of the design."""
    description: str
    section: tuple[str, ...]
    additional_fields: dict[str, str]
    pages: tuple["PageDesign", ...]
    """The first one is the index page."""
    types: tuple[str, ...] = ("PAGE",)

    def data(self) -> dict[str, Any]:
        """Return the site in the format of landing.site.fullExport (landing-site-full-export.md)."""
        numbers = {page.path(is_index=number == 1): number for number, page in enumerate(self.pages, 1)}
        codes = {number: f"{self.code}/{page.code}" for number, page in enumerate(self.pages, 1)}
        return {
            "charset": "UTF-8",
            "encoded": True,
            "code": self.code,
            "site_code": f"/{self.code}/",
            "name": self.name,
            "description": self.description,
            "type": [name.lower() for name in self.types],
            "section": list(self.section),
            "active": True,
            "show_in_list": "Y",
            "version": VERSION,
            "fields": {
                "TITLE": self.title,
                "LANDING_ID_INDEX": codes[1],
                "LANDING_ID_404": "0",
                "ADDITIONAL_FIELDS": dict(self.additional_fields),
            },
            "layout": [],
            "folders": [],
            "syspages": [],
            "items": {
                codes[number]: page.data(number, codes[number], self, numbers)
                for number, page in enumerate(self.pages, 1)
            },
        }

    def page_data(self, number: int = 1) -> dict[str, Any]:
        """Return one page for use in any site, with the design's colours and fonts; links to other pages stay paths."""
        design = self.pages[number - 1]
        own = {design.path(is_index=number == 1): number}
        page = design.data(number, f"{self.code}/{design.code}", self, own)
        page["fields"]["ADDITIONAL_FIELDS"] = {**self.additional_fields, **page["fields"]["ADDITIONAL_FIELDS"]}
        return {**page, "name": self.name, "description": self.description, "section": list(self.section)}


class PageDesign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of a ready-made site."""

    title: str
    code: str
    headline: str
    """Title for search engines."""
    description: str
    blocks: tuple[dict[str, Any], ...]

    def path(self, *, is_index: bool) -> str:
        """Return the path of the page in links of the site."""
        return "/" if is_index else f"/{self.code}/"

    def data(self, number: int, code: str, site: SiteDesign, numbers: Mapping[str, int]) -> dict[str, Any]:
        """Return the page in the format of an export; `numbers` maps paths to the page numbers used in links."""
        return {
            "old_id": str(number),
            "code": code,
            "name": self.title,
            "description": self.description,
            "type": [name.lower() for name in site.types],
            "show_in_list": "Y" if number == 1 else "N",
            "version": VERSION,
            "fields": {
                "TITLE": self.title,
                "ADDITIONAL_FIELDS": {
                    "METAMAIN_USE": "Y",
                    "METAMAIN_TITLE": self.headline,
                    "METAMAIN_DESCRIPTION": self.description,
                    "METAOG_TITLE": self.headline,
                    "METAOG_DESCRIPTION": self.description,
                },
            },
            "layout": [],
            "items": {f"#block{number}": _block(block, numbers) for number, block in enumerate(self.blocks, 1)},
        }


@lru_cache(maxsize=1)
def site_designs() -> Mapping[str, SiteDesign]:
    """Return all ready-made sites by code, sorted."""
    import tomllib  # noqa: PLC0415  # only needed for ready-made sites

    folder = files(__package__).joinpath(_FOLDER)
    found = {file.name.removesuffix(".toml"): file for file in folder.iterdir() if file.name.endswith(".toml")}
    return {
        code: msgspec.convert({"code": code, **tomllib.loads(file.read_text("utf-8"))}, SiteDesign)
        for code, file in sorted(found.items())
    }


@lru_cache(maxsize=16)
def picture(code: str) -> bytes | None:
    """Return the picture of a ready-made site (WebP) taken by `scripts/site_pictures`, or None."""
    file = files(__package__).joinpath(_FOLDER, f"{code}.webp")
    return file.read_bytes() if code in site_designs() and file.is_file() else None


def _block(given: Mapping[str, Any], numbers: Mapping[str, int]) -> dict[str, Any]:
    manifest = standard_library()[given["code"]].manifest
    nodes = dict(_nodes(given, manifest, numbers))
    block: dict[str, Any] = {"code": given["code"], "nodes": nodes}
    if "cards" in given:
        selector = next(iter(manifest["cards"]))
        source = [{"type": "card", "value": 0} for _ in range(given["cards"])]
        block["cards"] = {selector: {"source": source}}
    return block | {name: given[name] for name in ("anchor", "attrs", "style") if name in given}


def _nodes(
    given: Mapping[str, Any], manifest: Mapping[str, Any], numbers: Mapping[str, int]
) -> Iterator[tuple[str, list[Any]]]:
    for name, value in given.items():
        if name in _NOT_NODES:
            continue
        short = name.replace("_", "-")
        selectors = (f".landing-block-node-{short}", f".landing-block-{short}")
        selector = next(found for found in selectors if found in manifest["nodes"])
        kind = manifest["nodes"][selector]["type"]
        yield selector, [_value(kind, text, numbers) for text in (value if isinstance(value, list) else [value])]


def _value(kind: str, text: str, numbers: Mapping[str, int]) -> Any:
    if kind == "link":
        shown, _, address = text.rpartition(" -> ")
        return {"text": shown, "href": _address(address, numbers)}
    if kind == "img":
        file, _, alt = text.partition(" | ")
        return {"src": f"/_assets/{file}", "alt": alt}
    if kind == "icon":
        return {"classList": ["landing-block-node-card-icon", "fa", f"fa-{text}"]}
    for path, number in numbers.items():
        text = text.replace(f'href="{path}"', f'href="#landing{number}"')
    return text


def _address(address: str, numbers: Mapping[str, int]) -> str:
    return f"#landing{numbers[address]}" if address in numbers else address
