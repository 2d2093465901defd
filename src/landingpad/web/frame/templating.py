"""Templates and the static files of pages, all served from the portal's own origin."""

from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import Response

from landingpad import __version__
from landingpad.reference.samples import LANGUAGES, sample
from landingpad.web.frame.filters import FILTERS
from landingpad.web.frame.paths import STATIC

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
_SHOWN_LANGUAGES = ("curl", "js", "python")
_HASH_LENGTH = 16


class Pages:
    """Renders templates; all values are escaped unless a template made them."""

    def __init__(self, *, has_kit: bool = False) -> None:
        """Set up.

        Args:
            has_kit: whether the navigation shows the test kit.

        """
        self._environment = Environment(
            loader=PackageLoader("landingpad.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters |= FILTERS
        self._environment.globals |= {
            "asset": self.asset,
            "has_kit": has_kit,
            "languages": {name: LANGUAGES[name] for name in _SHOWN_LANGUAGES},
            "version": __version__,
        }

    def render(self, template: str, **context: Any) -> str:
        """Return a rendered template."""
        return self._environment.get_template(template).render(context)

    @staticmethod
    def samples(method: str, params: dict[str, Any], address: str) -> dict[str, str]:
        """Return a call as code in the languages that pages show."""
        return {name: sample(name, method, params, address=address) for name in _SHOWN_LANGUAGES}

    @cached_property
    def _static(self) -> dict[str, tuple[str, bytes]]:
        """Name -> hash and bytes of each static file."""
        folder = files("landingpad.web").joinpath("static")
        found = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        return {name: (sha256(body).hexdigest()[:_HASH_LENGTH], body) for name, body in found.items()}

    def asset(self, name: str) -> str:
        """Return the address of a file, which contains a hash of its content."""
        return f"{STATIC}{name}?v={self._static[name][0]}"

    def file(self, name: str) -> Response | None:
        """Answer with a static file, or return None."""
        found = self._static.get(name)
        kind = _TYPES.get(name.rpartition(".")[2])
        if found is None or kind is None:
            return None
        headers = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
        return Response(found[1], headers=headers, media_type=kind)
