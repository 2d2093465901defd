"""A public list of attacks, of which the suite tries a share, because the whole list takes many minutes.

LANDINGPAD_PAYLOADS is "all", or a file with another list: a JSON array of texts.
"""

import json
import os
from pathlib import Path

import brs_kb

EVERY = 150
"""Share of the list that the suite tries."""


def every_payload() -> list[str]:
    """Return the whole list, each payload once, in a stable order."""
    return sorted({str(entry["payload"]) for entry in brs_kb.get_all_payloads().values()})


def payloads() -> list[str]:
    """Return the payloads to try in a browser."""
    asked = os.environ.get("LANDINGPAD_PAYLOADS", "")
    if asked in {"", "all"}:
        return every_payload() if asked else every_payload()[::EVERY]
    return sorted(set(json.loads(Path(asked).read_text())))
