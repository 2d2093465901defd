"""portal.json in the data folder: addresses and credentials of the portal for programs."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from landingpad.server import first_start
from landingpad.server.parts import Parts
from landingpad.server.seed import SeedFile, plant

PORTAL_FILE = "portal.json"
Announce = Callable[[str], None]


async def prepare(parts: Parts, url: str, seed: SeedFile | None, announce: Announce) -> None:
    """Make the first portal if there is none, and write portal.json."""
    path = parts.settings.data / PORTAL_FILE
    told: dict[str, Any] = {"url": url, "pid": os.getpid()}
    is_first = parts.portals.find("") is None
    if not parts.settings.dev:
        if is_first:
            made = first_start.add_empty_portal(parts)
            announce(f"First start: made a portal. The password of {first_start.ADMIN_LOGIN} is shown only now:")
            announce(f"password {made.password}")
        _write_json(path, told)
        return
    if is_first:
        made = first_start.add_demo_portal(parts)
        told |= {
            "webhook": f"{url}/rest/{made.webhooks['admin']}/",
            "webhooks": {name: f"{url}/rest/{code}/" for name, code in made.webhooks.items()},
            "admin": {"login": first_start.ADMIN_LOGIN, "password": made.password},
        }
    else:
        kept = _read_json(path)
        told = {**kept, **told, **_moved_webhooks(kept, url)}
    # Written before the site is built: only hashes of codes are stored, so a crash must not lose the codes.
    _write_json(path, told)
    if "webhook" in told:
        told["oauth"] = told.get("oauth") or first_start.add_demo_app(parts, url)
        _write_json(path, told)
        told["oauth"] |= first_start.demo_tokens(parts, told["oauth"]["client_id"], url)
    if seed is not None and is_first:
        told = (await plant(parts, seed, told, url)).told | {"seed": parts.settings.seed}
        first = next(iter(told.get("sites", {}).values()), None)
        if first is not None:
            told["site_id"] = first["id"]
    if "webhook" in told and "site_id" not in told and "seed" not in told:
        announce("First start: building the demo site ...")
        told["site_id"] = await first_start.add_demo_site(parts, told["webhook"].partition("/rest/")[2].strip("/"))
    for site in told.get("sites", {}).values():
        site["url"] = first_start.site_address(parts, site["id"])
    if "site_id" in told:
        told["public_url"] = first_start.site_address(parts, told["site_id"])
    told["sign_in"] = first_start.sign_in_link(parts, url)
    _write_json(path, told)
    if told["sign_in"]:
        announce(f"sign in (this link works once) {told['sign_in']}")


def _moved_webhooks(kept: dict[str, Any], url: str) -> dict[str, Any]:
    """Return the webhooks of the last start with the present address; their codes are stored only in the file."""

    def moved(address: str) -> str:
        return f"{url}/rest/{address.partition('/rest/')[2]}"

    if "webhooks" not in kept:
        return {}
    return {
        "webhook": moved(kept["webhook"]),
        "webhooks": {name: moved(address) for name, address in kept["webhooks"].items()},
    }


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError):
        return {}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file atomically, readable only by its owner."""
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    temporary.replace(path)
