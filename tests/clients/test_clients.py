"""Unmodified SDKs from PyPI and npm against a real server with https: client by client, check by check.

`make setup` installs them: Python SDKs into tests/clients/.venv, Node SDKs into tests/clients/node_modules. PHP SDKs
are in no registry that it uses; php_clients.php represents them. With their sources, LANDINGPAD_CREST=<folder of
crest.php> and LANDINGPAD_B24PHPSDK=<folder src of the SDK> drive the real ones. On Debian this needs the packages
php-symfony-http-client, php-symfony-event-dispatcher, php-nesbot-carbon, php-mbstring, php-intl, php-psr-log and
php-fig-http-message-util.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from support.server import Server
from support.tunnel import Tunnel

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
PYTHON = ("b24pysdk", "fast-bitrix24", "bitrix24-rest", "b24api")
NODE = ("b24jssdk", "2bad-bitrix")
SOURCES = {
    "php-forms": "",
    **({"crest": os.environ["LANDINGPAD_CREST"]} if "LANDINGPAD_CREST" in os.environ else {}),
    **({"b24phpsdk": os.environ["LANDINGPAD_B24PHPSDK"]} if "LANDINGPAD_B24PHPSDK" in os.environ else {}),
}
"""Clients written in PHP, and where the sources are of those that are not ours."""
REFRESHING = ("b24pysdk", "fast-bitrix24", "b24jssdk", *SOURCES)
"""SDKs that get a new token by themselves, or by asking the program for one."""
BUILT_IN_HOSTS = ("oauth.bitrix24.tech", "oauth.bitrix.info")
ARTICLE = HERE.parents[1] / "src" / "landingpad" / "reference" / "articles" / "clients.md"

# The errors of each SDK for a missing parameter and for a wrong webhook.
MISSING = {
    "b24pysdk": ("BitrixAPIBadRequest", "MISSING_PARAMS"),
    "fast-bitrix24": ("ErrorInServerResponseException", "MISSING_PARAMS"),
    "bitrix24-rest": ("BitrixError", "HTTP error: 400"),
    "b24api": ("ApiResponseError", "missing_params"),
    "b24jssdk": ("AjaxError", "MISSING_PARAMS"),
    "2bad-bitrix": ("HTTPError", "MISSING_PARAMS"),
    "php-forms": ("CallFailed", "MISSING_PARAMS"),
    "crest": ("CallFailed", "MISSING_PARAMS"),
    "b24phpsdk": ("BaseException", "missing_params"),
}
WRONG = {
    "b24pysdk": ("BitrixAPIInvalidCredentials", "INVALID_CREDENTIALS"),
    "fast-bitrix24": ("ClientResponseError", "401"),
    "bitrix24-rest": ("BitrixError", "HTTP error: 401"),
    "b24api": ("ApiResponseError", "invalid_credentials"),
    "b24jssdk": ("AjaxError", "INVALID_CREDENTIALS"),
    "2bad-bitrix": ("HTTPError", "INVALID_CREDENTIALS"),
    "php-forms": ("CallFailed", "INVALID_CREDENTIALS"),
    "crest": ("CallFailed", "INVALID_CREDENTIALS"),
    "b24phpsdk": ("BaseException", "UNAUTHORIZED"),
}


class Clients:
    """A running portal and the outcomes of each SDK; every SDK runs once."""

    def __init__(self, server: Server) -> None:
        told = server.file
        port = urlsplit(server.url).port
        webhook = told["webhook"].replace("127.0.0.1", "localhost")
        user, code = webhook.strip("/").split("/")[-2:]
        self.site_id = told["site_id"]
        self.client_id = told["oauth"]["client_id"]
        self._server = server
        self._task = {
            "webhook": webhook,
            "wrong_webhook": webhook.replace(code, "x" * len(code)),
            "domain": f"localhost:{port}",
            "port": port,
            "code": f"{user}/{code}",
            "site_id": self.site_id,
            "member_id": "any",
            **told["oauth"],
        }
        self._found: dict[str, dict[str, Any]] = {}

    def of(self, name: str) -> dict[str, Any]:
        if name not in self._found:
            self._found[name] = self._run(name)
        return self._found[name]

    def _run(self, name: str) -> dict[str, Any]:
        if name in SOURCES:
            port: int = self._task["port"]
            with Tunnel(dict.fromkeys((*BUILT_IN_HOSTS, "localhost"), port)) as tunnel:
                options = ("-d", f"curl.cainfo={self._authority}", "-d", f"openssl.cafile={self._authority}")
                return self._answers(
                    ["php", *options, "php_clients.php", name, SOURCES[name]], https_proxy=tunnel.address
                )
        if name in PYTHON:
            return self._answers([str(HERE / ".venv" / "bin" / "python"), "python_clients.py", name])
        return self._answers(["node", "node_clients.mjs", name])

    @property
    def _authority(self) -> str:
        return str(self._server.data / "tls" / "ca.pem")

    def _answers(self, command: list[str], **environment: str) -> dict[str, Any]:
        trust = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), self._authority)
        done = subprocess.run(
            command,
            cwd=HERE,
            input=json.dumps(self._task),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, **trust, **environment},
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    assert (HERE / ".venv").is_dir(), "the SDKs are not installed: run `make setup`"
    assert (HERE / "node_modules").is_dir(), "the SDKs are not installed: run `make setup`"
    data = tmp_path_factory.mktemp("clients") / "data"
    with Server(data, "--dev", "--tls", "auto", "--tls-names", ",".join(BUILT_IN_HOSTS)) as server:
        yield Clients(server)


@pytest.fixture(params=[*PYTHON, *NODE, *SOURCES])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def test_lists(clients: Clients, name: str) -> None:
    found = clients.of(name)["list"]
    assert str(clients.site_id) in [row["ID"] for row in found["result"]]


def test_adds(clients: Clients, name: str) -> None:
    found = clients.of(name)["add"]
    assert int(found["result"]) > clients.site_id


def test_asks_for_a_preview(clients: Clients, name: str) -> None:
    found = clients.of(name)["preview"]
    assert found["result"].endswith("preview.jpg")


def test_runs_a_batch(clients: Clients, name: str) -> None:
    found = clients.of(name)["batch"]
    assert found["result"].endswith("preview.jpg")


def test_shows_that_a_parameter_is_missing(clients: Clients, name: str) -> None:
    error, text = MISSING[name]
    found = clients.of(name)["missing"]
    assert (found["error"], text in found["text"]) == (error, True), found


def test_shows_that_a_webhook_is_wrong(clients: Clients, name: str) -> None:
    error, text = WRONG[name]
    found = clients.of(name)["wrong"]
    assert (found["error"], text in found["text"]) == (error, True), found


@pytest.mark.parametrize("client", REFRESHING)
def test_gets_a_new_token_when_the_old_one_has_expired(clients: Clients, client: str) -> None:
    found = clients.of(client)["refresh"]
    assert found.get("result") == ["1", True, clients.client_id], found


def test_curl_as_in_the_documentation(clients: Clients) -> None:
    """By webhook and by OAuth, as JSON, as a form, as a multipart form and as a query."""
    task = clients._task
    authority = clients._authority

    def curl(*words: str) -> dict[str, Any]:
        done = subprocess.run(
            ["curl", "-sS", "--cacert", authority, *words], check=True, capture_output=True, text=True
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    by_webhook, by_app = f"{task['webhook']}landing.site.getPreview", f"https://{task['domain']}/rest/profile"
    json_type = ("-H", "Content-Type: application/json")
    site = str(clients.site_id)
    for words in (
        (*json_type, "-d", json.dumps({"id": clients.site_id}), by_webhook),
        ("-d", f"id={site}", by_webhook + ".json"),
        ("-F", f"id={site}", by_webhook),
        (f"{by_webhook}?id={site}",),
    ):
        assert curl(*words)["result"].endswith("preview.jpg"), words
    token = task["access_token"]
    for words in (
        (*json_type, "-d", json.dumps({"auth": token}), by_app),
        ("-d", f"auth={token}", by_app),
        (f"{by_app}?auth={token}",),
        ("-H", f"Authorization: Bearer {token}", by_app),
    ):
        assert curl(*words)["result"]["ID"] == "1", words


def test_the_reference_says_which_clients_are_driven_and_how() -> None:
    """Every SDK with its installed version, and `yes` for each check of this file."""
    rows = re.findall(r"^\| `([^`]+)` ([0-9.]+) \|(.+)\|$", ARTICLE.read_text(), re.MULTILINE)
    told = {name: (version, [cell.strip() for cell in cells.split("|")]) for name, version, cells in rows}
    pinned = dict(line.split("==") for line in (HERE / "requirements.in").read_text().split())
    node: dict[str, str] = json.loads((HERE / "package.json").read_text())["dependencies"]
    versions = {**pinned, "b24jssdk": node["@bitrix24/b24jssdk"], "2bad-bitrix": node["@2bad/bitrix"]}
    assert {name: version for name, (version, _) in told.items() if name in versions} == versions
    for name in (*PYTHON, *NODE):
        assert told[name][1] == ["yes"] * 6 + ["yes" if name in REFRESHING else "-"], name
