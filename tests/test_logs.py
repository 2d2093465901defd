"""The log: one event per line, of the server and of its libraries."""

import json
import subprocess
import sys

PROGRAM = """
import logging
import structlog
from landingpad import logs

logs.configure("info", "json")
structlog.get_logger("landingpad").info("ready", long="x" * 20_000)
token = "a secret"
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("landingpad").exception("broke")
    logging.getLogger("uvicorn.error").exception("broke %s", "too")
logging.getLogger("a.library").info("chatter")
"""


def test_every_line_is_json_and_shows_no_variables() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("ready", "info"),
        ("broke", "error"),
        ("broke too", "error"),
    ]
    assert [line["exception"][0]["exc_type"] for line in lines[1:]] == ["ZeroDivisionError"] * 2
    assert lines[2]["logger"] == "uvicorn.error"
    assert "a secret" not in done.stderr
