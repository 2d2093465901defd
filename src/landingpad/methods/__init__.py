"""The API. Importing this package declares every method in the registry."""

from landingpad.methods import app, department, options, root, user
from landingpad.methods.landing import (
    block,
    block_files,
    demos,
    landing,
    landing_blocks,
    landing_templates,
    repo,
    role,
    site,
    site_bindings,
    site_export,
    site_folders,
    site_rights,
    syspage,
    template,
)

__all__ = [
    "app",
    "block",
    "block_files",
    "demos",
    "department",
    "landing",
    "landing_blocks",
    "landing_templates",
    "options",
    "repo",
    "role",
    "root",
    "site",
    "site_bindings",
    "site_export",
    "site_folders",
    "site_rights",
    "syspage",
    "template",
    "user",
]
