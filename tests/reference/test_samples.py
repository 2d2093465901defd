"""Every sample of every method's page is run as people would run it, against a portal that listens."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from landingpad.app import App, Parts
from landingpad.domain.apps import add_app
from landingpad.domain.oauth import grant_directly
from landingpad.domain.portals import SCOPES
from landingpad.reference.examples import examples, prepare
from landingpad.reference.library import Library, read_recorded
from landingpad.reference.samples import ADDRESS, APP_ADDRESS, APP_TOKEN, FENCES, sample
from landingpad.rpc.auth import token_caller, webhook_caller
from landingpad.rpc.declare import REGISTRY
from landingpad.settings import Settings
from landingpad.store.engine import Tx
from support.listening import listening
from support.portal import Databases, Portal

MARK = "\x1e"
# Each driver runs the files it is given, one after another, and writes a mark before the output of each.
PYTHON = f"import runpy, sys\nfor path in sys.argv[1:]:\n    print('{MARK}', flush=True)\n    runpy.run_path(path)\n"
SHELL = f'for path in "$@"; do printf "{MARK}\\n"; bash "$path"; echo; done'
PHP = f'<?php foreach (array_slice($argv, 1) as $path) {{ echo "{MARK}\\n"; include $path; echo "\\n"; }}'
NODE = f"""for (const path of process.argv.slice(2)) {{
  console.log("{MARK}"); await import(path); await globalThis.pending;
}}"""
# What BX24.js does with a call, made of nothing but fetch: the script itself needs a browser and a portal's frame.
BX24 = """
globalThis.BX24 = { callMethod(name, params, done) {
  const url = `${process.env.REST}/${name}`;
  globalThis.pending = fetch(url, { method: "POST",
    headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...params, auth: process.env.TOKEN }) })
    .then((response) => response.json())
    .then((answer) => done({
      error: () => answer.error && `${answer.error}: ${answer.error_description}`, data: () => answer.result }));
} };
"""

PROGRAMS = {"curl": "bash", "js": "node", "php": "php", "python": sys.executable, "bx24": "node"}
ENDINGS = {"curl": "sh", "js": "mjs", "php": "php", "python": "py", "bx24": "mjs"}
DRIVERS = {"curl": SHELL, "js": NODE, "php": PHP, "python": PYTHON, "bx24": BX24 + NODE}
NOW_MS = int(time.time() * 1000)


class Prepared:
    """A portal on which everything that the examples need has been made, to be copied for each language."""

    def __init__(self, folder: Path, webhook: str, token: str, params: dict[str, dict[str, Any]]) -> None:
        self.folder, self.webhook, self.token, self.params = folder, webhook.strip("/"), token, params


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Make a site for each example, and what else it needs."""
    databases = Databases("sqlite", tmp_path_factory.mktemp("databases"), None)
    folder = tmp_path_factory.mktemp("prepared")
    with databases.parts(folder) as parts:
        portal = Portal(parts)
        token = parts.db.write_here(lambda tx: _app_token(tx, portal))
        return Prepared(folder, portal.webhooks["admin"], token, asyncio.run(_prepare_all(portal, token)))


async def _prepare_all(portal: Portal, token: str) -> dict[str, dict[str, Any]]:
    """Return the parameters of every example."""
    by_app = portal.parts.db.read_here(lambda tx: token_caller(tx, portal.id, token, NOW_MS))
    user, code = portal.webhooks["admin"].removeprefix("/rest/").strip("/").split("/")
    by_webhook = portal.parts.db.read_here(lambda tx: webhook_caller(tx, portal.id, user, code, NOW_MS))
    params = {}
    for method in REGISTRY:
        example = examples()[method.name]
        if example.refused:
            continue

        async def call(name: str, given: dict[str, Any], *, app: bool = example.app) -> Any:
            caller = by_app if app else by_webhook
            return (await portal.parts.dispatcher.run(caller, name, given, now=NOW_MS / 1000)).result

        params[method.name] = await prepare(example, call)
    return params


def _app_token(tx: Tx, portal: Portal) -> str:
    made = add_app(tx, portal.id, title="Test", scopes=SCOPES, redirect_uri="https://app.example.com/", now_ms=NOW_MS)
    return grant_directly(tx, made.app, portal.admin_id, NOW_MS).access_token


def write(language: str, prepared: Prepared, origin: str, folder: Path) -> dict[str, Path]:
    """Write the sample of every method into a file; return the files by method."""
    written = {}
    for name, params in prepared.params.items():
        by_app = examples()[name].app
        address = f"{origin}/rest" if by_app or language == "bx24" else f"{origin}/{prepared.webhook}"
        code = sample(language, name, params, address=address, token=prepared.token if by_app else "")
        written[name] = folder / f"{name}.{ENDINGS[language]}"
        written[name].write_text(code)
    return written


def run(command: list[str], files: dict[str, Path], **environment: str) -> dict[str, Any]:
    """Run all files and return what each printed, as JSON, by method."""
    done = subprocess.run(
        [*command, *map(str, files.values())],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, **environment},
        check=False,
    )
    outputs = done.stdout.split(MARK)[1:]
    last = list(files)[len(outputs) - 1] if outputs else "the first"
    assert done.returncode == 0, f"after {last}: {done.stdout[-500:]} {done.stderr[-2000:]}"
    assert len(outputs) == len(files)
    return {name: json.loads(output) for name, output in zip(files, outputs, strict=True)}


def kind(value: Any, language: str) -> str:
    """Name the type of an answer. PHP tells no list from an object; an application sees only what is its own."""
    if isinstance(value, list | dict) and language in {"php", "bx24"}:
        return "array"
    return type(value).__name__


@pytest.mark.parametrize("language", ["curl", "js", "php", "python", "bx24"])
async def test_every_sample_runs(language: str, prepared: Prepared, tmp_path: Path) -> None:
    """And answers with the same kind of value as the page shows."""
    program = PROGRAMS[language]
    assert shutil.which(program) is not None, f"{program} is not installed: run `make setup`"
    data, code = tmp_path / "data", tmp_path / "code"
    shutil.copytree(prepared.folder, data)
    code.mkdir()
    driver = tmp_path / f"all.{ENDINGS[language]}"
    driver.write_text(DRIVERS[language])
    with (
        closing(Parts(Settings(data=data, dev=True), scheme="http", port=8080)) as parts,
        listening(App(parts)) as origin,
    ):
        files = write(language, prepared, origin, code)
        results = run([program, str(driver)], files, REST=f"{origin}/rest", TOKEN=prepared.token)
    assert set(results) == {method.name for method in REGISTRY if not examples()[method.name].refused}
    if language == "curl":
        assert not {name: body for name, body in results.items() if "error" in body}
        results = {name: body["result"] for name, body in results.items()}
    recorded = read_recorded()
    shown = {name: kind(recorded[name]["result"], language) for name in results}
    assert {name: kind(result, language) for name, result in results.items()} == shown


def test_the_pages_show_these_samples() -> None:
    recorded = read_recorded()
    library = Library(REGISTRY, recorded)
    for name, example in examples().items():
        page = library.page(name)
        if REGISTRY.find(name) is None or page is None:
            continue
        address, token = (APP_ADDRESS, APP_TOKEN) if example.app else (ADDRESS, "")
        for language, fence in FENCES.items():
            code = sample(language, name, recorded[name]["params"], address=address, token=token)
            assert f"```{fence}\n{code}```" in page.text
