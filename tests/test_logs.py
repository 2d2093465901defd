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


UNCAUGHT = """
import threading, warnings
from landingpad import logs

class Broken:
    def __del__(self):
        raise ValueError("in a destructor")

def fail():
    raise ValueError("in a thread")

logs.configure("info", "json")
warnings.warn("an old call\\nof two lines", DeprecationWarning, stacklevel=1)
thread = threading.Thread(target=fail, name="worker")
thread.start()
thread.join()
Broken()

import asyncio

async def forgotten():
    raise ValueError("in a task")

async def main():
    asyncio.get_running_loop().create_task(forgotten())
    await asyncio.sleep(0.01)

asyncio.run(main())
raise ValueError("at the end")
"""


def test_warnings_and_uncaught_exceptions_are_lines_of_the_log() -> None:
    done = subprocess.run([sys.executable, "-c", UNCAUGHT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert "an old call" in lines.pop(0)["event"]
    assert [(line["event"].splitlines()[0], line["exception"][0]["exc_value"]) for line in lines] == [
        ("thread_failed", "in a thread"),
        ("exception_ignored", "in a destructor"),
        ("Task exception was never retrieved", "in a task"),
        ("crashed", "at the end"),
    ]
