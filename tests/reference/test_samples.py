"""Every sample of every method page runs against a listening portal.

Samples for BX24.js need a browser and are in test_bx24_samples.py.
"""

import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from landingpad.reference.examples import examples
from landingpad.reference.library import Library, read_recorded
from landingpad.reference.samples import ADDRESS, APP_ADDRESS, APP_TOKEN, FENCES, sample
from landingpad.rpc.declare import REGISTRY
from landingpad.server.app import App
from landingpad.server.parts import Parts
from landingpad.settings import Settings
from reference.prepared import Prepared, kind, played
from support.listening import listening

pytestmark = pytest.mark.long

MARK = "\x1e"
# Each driver runs its files in order and prints a mark before the output of each.
PYTHON = f"import runpy, sys\nfor path in sys.argv[1:]:\n    print('{MARK}', flush=True)\n    runpy.run_path(path)\n"
SHELL = f'for path in "$@"; do printf "{MARK}\\n"; bash "$path"; echo; done'
PHP = f'<?php foreach (array_slice($argv, 1) as $path) {{ echo "{MARK}\\n"; include $path; echo "\\n"; }}'
NODE = f"""for (const path of process.argv.slice(2)) {{
  console.log("{MARK}"); await import(path);
}}"""
PROGRAMS = {"curl": "bash", "js": "node", "php": "php", "python": sys.executable}
ENDINGS = {"curl": "sh", "js": "mjs", "php": "php", "python": "py"}
DRIVERS = {"curl": SHELL, "js": NODE, "php": PHP, "python": PYTHON}


def write(language: str, prepared: Prepared, origin: str, folder: Path) -> dict[str, Path]:
    """Write the sample of each method into a file; return the files by method."""
    written = {}
    for name, params in prepared.params.items():
        by_app = examples()[name].app
        address = f"{origin}/rest" if by_app else f"{origin}/{prepared.webhook}"
        code = sample(language, name, params, address=address, token=prepared.token if by_app else "")
        written[name] = folder / f"{name}.{ENDINGS[language]}"
        written[name].write_text(code)
    return written


def run(command: list[str], files: dict[str, Path]) -> dict[str, Any]:
    """Run all files and return their output, as JSON, by method."""
    done = subprocess.run(
        [*command, *map(str, files.values())],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    outputs = done.stdout.split(MARK)[1:]
    last = list(files)[len(outputs) - 1] if outputs else "the first"
    assert done.returncode == 0, f"after {last}: {done.stdout[-500:]} {done.stderr[-2000:]}"
    assert len(outputs) == len(files)
    return {name: json.loads(output) for name, output in zip(files, outputs, strict=True)}


@pytest.mark.parametrize("language", ["curl", "js", "php", "python"])
async def test_every_sample_runs(language: str, prepared: Prepared, tmp_path: Path) -> None:
    """The answers have the types shown on the pages."""
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
        results = run([program, str(driver)], files)
    assert set(results) == set(played())
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
        if REGISTRY.find(name) is None or page is None or name not in recorded:
            continue
        address, token = (APP_ADDRESS, APP_TOKEN) if example.app else (ADDRESS, "")
        for language, fence in FENCES.items():
            code = sample(language, name, recorded[name]["params"], address=address, token=token)
            assert f"```{fence}\n{code}```" in page.text
