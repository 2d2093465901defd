"""The standard block library, read from this package once, at first use.

A block is a folder named by its code, with `manifest.toml`, `content.html` and an optional `style.css`;
`scripts/block_pictures` takes its picture, `preview.webp`.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import msgspec

BASE_STYLE = "base.css"
PICTURE = "preview.webp"

_SECTIONS = {
    "cover": "Cover",
    "title": "Headings",
    "text": "Text",
    "columns": "Columns",
    "text_image": "Text and picture",
    "about": "About the company",
    "features": "Advantages",
    "statistics": "Figures",
    "tiles": "Tiles and links",
    "image": "Pictures",
    "video": "Films",
    "tariffs": "Prices",
    "steps": "Steps",
    "team": "Team",
    "feedback": "Reviews",
    "partners": "Partners",
    "faq": "Questions and answers",
    "news": "News and lists",
    "forms": "Forms",
    "contacts": "Contacts",
    "schedule": "Opening hours and programmes",
    "countdowns": "Countdowns",
    "social": "Social networks",
    "search": "Search",
    "menu": "Menu",
    "footer": "Footer",
    "buttons": "Buttons",
    "separator": "Separators",
    "other": "Other",
}

_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}

_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*\.[a-z0-9]+")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class BlockDesign(msgspec.Struct, frozen=True, kw_only=True):
    """A block of the standard library, before it is put on a page."""

    code: str
    manifest: dict[str, Any]
    """Answer of landing.block.getmanifestfile (landing/block/manifest.md); shared, so copy it before changing it."""
    content: str
    """HTML without the wrapper."""
    style: str
    """CSS below the wrapper's class; "" if the shared style is enough."""
    has_picture: bool = False
    """Whether `picture` returns a picture of it."""

    @property
    def name(self) -> str:
        """Display name of the block."""
        name: str = self.manifest["block"]["name"]
        return name

    @property
    def description(self) -> str:
        """One sentence that helps to choose a block."""
        description: str = self.manifest["block"].get("description", "")
        return description

    @property
    def sections(self) -> tuple[str, ...]:
        """Sections of the catalogue that contain the block."""
        return tuple(self.manifest["block"]["section"])

    @property
    def types(self) -> tuple[str, ...]:
        """Types of site for the block, upper case; empty if it fits all."""
        return tuple(name.upper() for name in self.manifest["block"].get("type", ()))

    def fits(self, site_type: str) -> bool:
        """Return whether the block fits a site of a type such as "PAGE"."""
        return not self.types or site_type.upper() in self.types


@lru_cache(maxsize=1)
def standard_library() -> Mapping[str, BlockDesign]:
    """Return every block by its exact code, in the order of the catalogue."""
    root = files(__package__)
    designs = [
        _read(folder) for folder in root.iterdir() if folder.is_dir() and folder.joinpath("manifest.toml").is_file()
    ]
    rank = {section: number for number, section in enumerate(_SECTIONS)}
    designs.sort(key=lambda design: (rank[design.sections[0]], design.code))
    return MappingProxyType({design.code: design for design in designs})


@lru_cache(maxsize=256)
def picture(code: str) -> bytes | None:
    """Return the picture of a block (WebP) taken by `scripts/block_pictures`, or None."""
    design = standard_library().get(code)
    if design is None or not design.has_picture:
        return None
    return files(__package__).joinpath(code, PICTURE).read_bytes()


def fingerprint(design: BlockDesign) -> str:
    """Return a short hash of everything that the picture of a block shows."""
    return hashlib.sha256(f"{design.content}\0{design.style}".encode()).hexdigest()[:12]


def sections() -> Mapping[str, str]:
    """Return the sections of the catalogue, id to title, in the order of landing.block.getrepository."""
    return MappingProxyType(_SECTIONS)


@lru_cache(maxsize=1)
def base_css() -> str:
    """Return the style sheet shared by all pages."""
    return _compact(files(__package__).joinpath(BASE_STYLE).read_text("utf-8"))


@lru_cache(maxsize=1)
def page_css() -> str:
    """Return the style sheet of pages with sliders, galleries or countdowns."""
    return _compact(files(__package__).joinpath("page.css").read_text("utf-8"))


@lru_cache(maxsize=1)
def page_script() -> str:
    """Return the script of pages with sliders, galleries or countdowns."""
    return _compact(files(__package__).joinpath("page.js").read_text("utf-8"))


@lru_cache(maxsize=1)
def page_script_source() -> str:
    """Return the source expression by which a content security policy allows only the page script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(page_script().encode()).digest()).decode()}'"


@lru_cache(maxsize=1)
def base_version() -> str:
    """Return a short hash of the shared style sheet, for an address that may be cached for ever."""
    return hashlib.sha256(base_css().encode()).hexdigest()[:12]


def wrapper_class(code: str) -> str:
    """Return the class of the wrapper of a block: "block-01-big-with-text" for "01.big_with_text"."""
    return "block-" + code.replace(".", "-").replace("_", "-")


@lru_cache(maxsize=128)
def asset(name: str) -> tuple[bytes, str] | None:
    """Return a file below `/_assets/` with its content type, or None if it is unknown or not a plain file name."""
    if not _FILE_NAME.fullmatch(name):
        return None
    if name == BASE_STYLE:
        return base_css().encode(), _CONTENT_TYPES[".css"]
    content_type = _CONTENT_TYPES.get(PurePosixPath(name).suffix)
    file = files(__package__).joinpath("assets", name)
    if content_type is None or not file.is_file():
        return None
    return file.read_bytes(), content_type


def _read(folder: Any) -> BlockDesign:
    import tomllib  # noqa: PLC0415  # only needed once blocks are shown

    style = folder.joinpath("style.css")
    return BlockDesign(
        code=folder.name,
        manifest=tomllib.loads(folder.joinpath("manifest.toml").read_text("utf-8")),
        content=folder.joinpath("content.html").read_text("utf-8").strip(),
        style=_compact(style.read_text("utf-8")) if style.is_file() else "",
        has_picture=folder.joinpath(PICTURE).is_file(),
    )


def _compact(text: str) -> str:
    """Return CSS or JavaScript without comments and indentation."""
    return "\n".join(line.strip() for line in _COMMENT.sub("", text).splitlines() if line.strip())
