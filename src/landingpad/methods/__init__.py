"""The API. Importing this package declares every method in the registry."""

from landingpad.methods import app, department, options, root, user
from landingpad.methods.landing import (
    block,
    block_files,
    landing,
    landing_blocks,
    repo,
    site,
    site_bindings,
    site_export,
    site_folders,
    syspage,
    template,
)

__all__ = [
    "app",
    "block",
    "block_files",
    "department",
    "landing",
    "landing_blocks",
    "options",
    "repo",
    "root",
    "site",
    "site_bindings",
    "site_export",
    "site_folders",
    "syspage",
    "template",
    "user",
]
