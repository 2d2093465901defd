"""The log: one event per line, of the server and of its libraries."""

import json
import subprocess
import sys
import time

import pytest

from landingpad.logs import masked_text

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


SECRETS = """
import logging
import structlog
from landingpad import logs

FORM = "{form}"
if FORM:
    logs.configure("info", FORM)
else:
    logging.basicConfig(level="INFO")
    logs.configure_inside("info")
log = structlog.get_logger("landingpad.render")
url = "https://acme.example/?_version=7&_expires=9&_signature=SECRET"
log.info("render.drawn_again", url=url, error=repr(ValueError(url)), refused=[url])
log.info("call", params={{"auth": "SECRET", "b": '{{"auth":"SECRET"}}'}}, path="/rest/1/SECRETsecret/profile")
try:
    raise ValueError(f"{{url}} was not photographed")
except ValueError:
    log.exception("preview_broke")
if FORM:
    logging.getLogger("a.library").error("GET %s", url)
"""


@pytest.mark.parametrize("form", ["json", "text", ""])
def test_no_line_shows_a_secret(form: str) -> None:
    """Signed addresses show what is not published; "" is the log of a server inside another program."""
    program = SECRETS.format(form=form)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "SECRET" not in done.stderr
    assert done.stderr.count("_signature=***") >= 4
    assert "preview_broke" in done.stderr


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"auth":"SECRET"}', '{"auth":"***"}'),
        ('{"a": {"Password" : "one\\"SECRET"}, "b": 1}', '{"a": {"Password" : "***"}, "b": 1}'),
        (json.dumps({"x": json.dumps({"auth": "SECRET"})}), json.dumps({"x": json.dumps({"auth": "***"})})),
        ("{'access_token': 'SECRET'}", "{'access_token': '***'}"),
        ("app.info?b=%7B%22auth%22%3A%22SECRET%22%7D&c=1", "app.info?b=%7B%22auth%22%3A%22***%22%7D&c=1"),
        ("/?a=1&_signature=SECRET then", "/?a=1&_signature=*** then"),
        ("POST /rest/12/SECRETsecret/profile", "POST /rest/12/***/profile"),
        ("author=Ada&description=auth is a word", "author=Ada&description=auth is a word"),
        ("/rest/1/profile", "/rest/1/profile"),
    ],
)
def test_what_is_masked(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@pytest.mark.parametrize(
    "piece", ["\\", '"auth":"', '"auth', "auth=", " ", "%22", "/rest/1/", '"auth":"\\"', "'token'+"]
)
def test_masking_takes_time_in_proportion_to_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        text = '"auth":"' + piece * (size // len(piece))
        began = time.process_time()
        masked_text(text)
        return time.process_time() - began

    assert seconds(400_000) < 0.1 + 4 * seconds(200_000)
