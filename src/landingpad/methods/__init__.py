"""The API. Importing this package declares every method in the registry."""

from landingpad.methods import root
from landingpad.methods.landing import block, landing, site

__all__ = ["block", "landing", "root", "site"]
