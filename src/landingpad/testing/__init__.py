"""Public names for test suites: `from landingpad.testing import InProcess, Portal`.

The server is imported only when one of these names is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landingpad.testing.inprocess import InProcess
    from landingpad.testing.portal import GivenPage, GivenSite, OAuthApp, Portal, PortalError, Response

__all__ = ["GivenPage", "GivenSite", "InProcess", "OAuthApp", "Portal", "PortalError", "Response"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "inprocess" if name == "InProcess" else "portal"
    return getattr(import_module(f"{__name__}.{module}"), name)
