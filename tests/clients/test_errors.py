"""Errors of the official SDKs for every fault; the result is the table of the reference."""

import json
import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from landingpad.control.faults import TOKEN_ERRORS, Spoiled, known_codes, known_errors
from landingpad.errors.calls import SystemApiError
from support.server import Server

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
ARTICLE = HERE.parents[1] / "src" / "landingpad" / "reference" / "articles" / "client-errors.md"
CLIENTS = {
    "b24pysdk": [str(HERE / ".venv" / "bin" / "python"), "python_errors.py"],
    "b24jssdk": ["node", "node_errors.mjs"],
}
SYSTEM = {code for code, errors in known_errors().items() if any(issubclass(e, SystemApiError) for e in errors)} | {
    code for code in known_codes() if code.startswith("METHOD_CONFIRM") or code == "ERROR_MANIFEST_IS_NOT_AVAILABLE"
}
"""The errors that any method may end with."""
TAKE_NOTHING = ("server.time", "profile", "scope", "user.admin", "user.access", "app.info", "methods")
"""Methods that can be called without parameters: a spoiled answer is that of a call that was carried out."""
AGAIN = "user.current"
TIMEOUT_SECONDS = 2

Shown = dict[str, list[Any]]


def faults() -> dict[str, dict[str, Any]]:
    """Return every fault by its name in the reference."""
    found: dict[str, dict[str, Any]] = {
        code: {"method": f"fault.{code.lower()}", "error": code} for code in sorted(SYSTEM, key=str.lower)
    }
    kinds: list[dict[str, Any]] = [
        {"slow_ms": (TIMEOUT_SECONDS + 2) * 1000},
        *({"answer": str(kind)} for kind in Spoiled if kind is not Spoiled.MOVED),  # no error: clients follow
    ]
    for method, kind in zip(TAKE_NOTHING, kinds, strict=True):
        found[f"answer: {kind['answer']}" if "answer" in kind else "slow_ms"] = {"method": method, **kind}
    return found


class Ordered:
    """A portal with ordered faults, and the errors of each SDK."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._found: dict[str, Shown] = {}

    def order(self, path: str = "faults", **body: Any) -> Any:
        trust = ssl.create_default_context(cafile=str(self._server.data / "tls" / "ca.pem"))
        with httpx.Client(verify=trust) as http:
            return http.post(f"{self._server.url}/_landingpad/{path}", json=body).raise_for_status().json()

    def statuses(self) -> dict[str, int]:
        """Order all faults; return the status of each error on the wire."""
        statuses = {name: int(self.order(**fault)["status"]) for name, fault in faults().items()}
        self.order(method=AGAIN, error="QUERY_LIMIT_EXCEEDED", times=1)
        for code in TOKEN_ERRORS:  # in order: each fault applies once
            statuses[f"oauth.token: {code}"] = int(self.order(method="oauth.token", error=code, times=1)["status"])
        return statuses

    def of(self, client: str) -> Shown:
        if client not in self._found:
            self.order("reset")
            self.statuses()
            self._found[client] = self._run(CLIENTS[client])
        return self._found[client]

    def _run(self, command: list[str]) -> Shown:
        told = self._server.file
        port = urlsplit(self._server.url).port
        webhook = told["webhook"].replace("127.0.0.1", "localhost")
        task = {
            "webhook": webhook,
            "domain": f"localhost:{port}",
            "port": port,
            "code": "/".join(webhook.strip("/").split("/")[-2:]),
            "calls": {name: fault["method"] for name, fault in faults().items()},
            "token_errors": list(TOKEN_ERRORS),
            "again": AGAIN,
            "timeout": TIMEOUT_SECONDS,
            **told["oauth"],
        }
        trust = dict.fromkeys(
            ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(self._server.data / "tls" / "ca.pem")
        )
        done = subprocess.run(
            command,
            cwd=HERE,
            input=json.dumps(task),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            env={**os.environ, **trust},
        )
        assert done.returncode == 0, done.stderr
        found: Shown = json.loads(done.stdout.splitlines()[-1])
        return found


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordered]:
    data = tmp_path_factory.mktemp("errors") / "data"
    options = ("--dev", "--tls", "auto", "--tls-names", "oauth.bitrix24.tech")
    with Server(data, *options, landingpad_chromium="/nowhere") as server:
        yield Ordered(server)


@pytest.mark.parametrize("client", CLIENTS)
def test_no_fault_is_taken_for_success(ordered: Ordered, client: str) -> None:
    """Except a right answer with the wrong content type, which both SDKs accept."""
    found = ordered.of(client)
    assert [name for name, (error, _, _) in found.items() if not error] == ["answer: wrong_type", "again"]


@pytest.mark.parametrize("client", CLIENTS)
def test_every_error_arrives_with_its_code(ordered: Ordered, client: str) -> None:
    found = ordered.of(client)
    for code in SYSTEM:
        assert found[code][1] == code, found[code]
    for code in TOKEN_ERRORS:
        seen = found[f"oauth.token: {code}"][1]
        # wrong_client has status 200, and b24jssdk then reports its own error.
        own = code == "wrong_client" and client == "b24jssdk"
        assert seen.upper() == ("JSSDK_OAUTH_TOKEN_REFRESH_FAILED" if own else code.upper())


@pytest.mark.parametrize("client", CLIENTS)
def test_sdks_retry_a_busy_portal_themselves(ordered: Ordered, client: str) -> None:
    assert ordered.of(client)["again"] == ["", "", 200]


def test_the_reference_has_the_table_of_errors(ordered: Ordered) -> None:
    lines = []
    statuses = ordered.statuses()
    for name, status in statuses.items():
        cells = []
        for client in CLIENTS:
            error, code, seen = ordered.of(client)[name]
            same = name.rpartition(": ")[2].upper() == code.upper()
            said = " ".join(
                part for part in (f"`{error}`" if error else "none", "" if same or not code else f"`{code}`") if part
            )
            cells.append(said if seen in {status, None} or not error else f"{said} ({seen})")
        lines.append(
            f"| `{name}` | {status if 'answer' not in name and name != 'slow_ms' else '-'} | {' | '.join(cells)} |"
        )
    table = "\n".join(lines)
    found = "\n".join(re.findall(r"^\| `.*$", ARTICLE.read_text() if ARTICLE.is_file() else "", re.MULTILINE))
    assert found == table, f"{ARTICLE.name} has to say:\n{table}"
