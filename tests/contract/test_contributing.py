"""CONTRIBUTING.md names files and commands that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
IN_CODE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
COMMANDS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


def test_files_it_names_exist() -> None:
    """A part in angle brackets stands for any name."""
    named = {word for word in IN_CODE if re.match(r"(src|tests|scripts|docs|bench)/", word)}
    named |= set(re.findall(r"\btests/[\w/.]+", "".join(COMMANDS)))
    assert len(named) > 15
    missing = [name for name in named if not any(ROOT.glob(re.sub(r"<[^>]*>", "*", name).rstrip("/")))]
    assert missing == []


def test_make_targets_it_names_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {word.split()[1] for word in IN_CODE if re.fullmatch(r"make [a-z-]+", word)}
    named |= set(re.findall(r"^make ([a-z-]+)", "".join(COMMANDS), re.MULTILINE))
    assert {"docs", "check", "block-pictures"} <= named <= targets
