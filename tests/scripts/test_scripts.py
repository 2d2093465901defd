"""Scripts for maintainers have no suffix, so no linter reads them: that they load is tested here."""

import importlib.machinery
import importlib.util
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "scripts"
PYTHON = sorted(
    path.name for path in FOLDER.iterdir() if path.is_file() and "python" in path.read_text().partition("\n")[0]
)


@pytest.mark.parametrize("name", PYTHON)
def test_each_script_finds_what_it_imports(name: str) -> None:
    loader = importlib.machinery.SourceFileLoader(f"script_{name}", str(FOLDER / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    loader.exec_module(importlib.util.module_from_spec(spec))


def test_there_are_such_scripts() -> None:
    assert {"block_pictures", "site_pictures"} <= set(PYTHON)
