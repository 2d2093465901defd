"""The script BX24 for applications in a frame of the portal, written from its public documentation.

Applications load it from `/api/v1/` of any host of this server. Its parts are separate files; browsers get one script
whose only global is `BX24`.
"""

from functools import cache
from importlib.resources import files

_PARTS = ("frame", "form", "rest", "page", "start", "interface")


@cache
def script() -> bytes:
    """Return the script, joined from its parts."""
    folder = files("landingpad.bx24")
    parts = [folder.joinpath(f"{name}.js").read_text() for name in _PARTS]
    return "".join(["(() => {\n", '"use strict";\n\n', "\n".join(parts), "})();\n"]).encode()
