"""Runs b24pysdk's integration tests of sites and general scopes against a portal.

The tests are in the SDK's repository, not in its packages. With a copy of the repository and an environment with its
test dependencies:

    export LANDINGPAD_TLS_NAMES=portal.example.com,oauth.bitrix24.tech
    landingpad run --tls --no-strict -- python tests/clients/b24pysdk_suite.py FOLDER [FOLDER/.venv/bin/python]

The copy stays unchanged. A proxy redirects its host names here, because it supports no ports and has one host name
built in. Its error tests call three methods of other products; ordered faults give these the expected errors. Events
are queued for its event tests.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.tunnel import Tunnel

DOMAIN, OAUTH = "portal.example.com", "oauth.bitrix24.tech"
TESTS = (
    "scopes/landing",
    "scopes/test_profile.py",
    "scopes/app",
    "scopes/test_access.py",
    "scopes/test_department.py",
    "scopes/test_method.py",
    "scopes/test_feature.py",
    "scopes/test_scope.py",
    "scopes/test_server.py",
    "scopes/test_events.py",
    "scopes/event",
    "scopes/test_placement.py",
    "scopes/user",
    "credentials",
    "errors",
)


FAULTS = (
    {"method": "im.message.add", "error": "CANCELED", "status": 400, "text": "The chat is not yours."},
    {"method": "crm.type.list", "error": "INVALID_ARG_VALUE", "status": 400, "text": "There is no such field."},
    {"method": "voximplant.user.get", "error": "METHOD_CONFIRM_WAITING"},
)


def post(address: str, body: dict[str, Any]) -> None:
    httpx.post(address, json=body).raise_for_status()


def main() -> int:
    folder = Path(sys.argv[1])
    python = sys.argv[2] if len(sys.argv) > 2 else str(folder / ".venv" / "bin" / "python")
    told = json.loads(Path(os.environ["LANDINGPAD_PORTAL_FILE"]).read_text())
    port = urlsplit(told["url"]).port or 443
    user, code = told["webhook"].strip("/").split("/")[-2:]
    oauth = told["oauth"]
    for fault in FAULTS:
        post(f"{told['url']}/_landingpad/faults", fault)
    by_app = {"auth": oauth["access_token"]}
    post(f"{told['url']}/rest/event.bind", {"event": "ONAPPTEST", "event_type": "offline", **by_app})
    post(f"{told['url']}/rest/event.test", by_app)
    given = {
        "B24_DOMAIN": DOMAIN,
        "B24_WEBHOOK": f"{user}/{code}",
        "B24_CLIENT_ID": oauth["client_id"],
        "B24_CLIENT_SECRET": oauth["client_secret"],
        "B24_ACCESS_TOKEN": oauth["access_token"],
        "B24_REFRESH_TOKEN": oauth["refresh_token"],
        "B24_EXPIRED_TOKEN": oauth["expired_token"],
    }
    with Tunnel({DOMAIN: port, OAUTH: port}) as tunnel, tempfile.TemporaryDirectory() as cache:
        tests = [f"tests/integration/{test}" for test in TESTS]
        options = ["-o", f"cache_dir={cache}", "-o", "addopts=", "-q", "--tb=short", "--show-capture=no", "-rfEs"]
        return subprocess.run(
            [python, "-m", "pytest", *options, *sys.argv[3:], *tests],
            cwd=folder,
            check=False,
            env={**os.environ, **given, "HTTPS_PROXY": tunnel.address, "NO_PROXY": ""},
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
