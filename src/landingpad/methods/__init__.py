"""The API. Importing this package declares every method in the registry."""

from landingpad.methods import root
from landingpad.methods.landing import block, landing, landing_blocks, repo, site, site_folders

__all__ = ["block", "landing", "landing_blocks", "repo", "root", "site", "site_folders"]
