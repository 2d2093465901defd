"""Logging: one event per line on standard error, for people or for programs."""

import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

log = structlog.get_logger("landingpad")

MASKED = "***"
SECRET_NAMES = frozenset(
    {
        *("auth", "auth_id", "access_token", "refresh_token", "refresh_id", "token", "application_token", "sessid"),
        *("client_secret", "secret", "password", "authorization"),
    }
)
"""Names of parameters, in lower case, whose values are never shown."""

_NAMES = "|".join(sorted(SECRET_NAMES))
_QUOTE = r"(?:\\{0,4}[\"']|%22)"
_COLON = r"[\s+]{0,4}(?::|%3A)[\s+]{0,4}"
_MASKS = (
    # The member of a JSON text; of one inside another text, with escaped quotes; of one inside an address.
    (re.compile(rf'("(?:{_NAMES})"{_COLON}")(?:[^"\\]|\\.)+', re.IGNORECASE | re.DOTALL), rf"\1{MASKED}"),
    (re.compile(rf"({_QUOTE}(?:{_NAMES}){_QUOTE}{_COLON}{_QUOTE})[^\"'\\%&]+", re.IGNORECASE), rf"\1{MASKED}"),
    # The query of an address. A signature gives access to what is not published.
    (re.compile(rf"\b((?:{_NAMES}|_signature)(?:=|%3D))[^&\s\"'\\]+", re.IGNORECASE), rf"\1{MASKED}"),
    # The address of a webhook.
    (re.compile(r"(/rest/\d+/)[A-Za-z0-9]{8,}(?![A-Za-z0-9])"), rf"\1{MASKED}"),
)


def masked_text(text: str) -> str:
    """Return a text without the values of secrets that it contains: in queries, JSON, and addresses of webhooks."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


def _masked_line(_logger: Any, _method: str, line: str | bytes | MutableMapping[str, Any]) -> Any:
    """Mask secrets in a line of the log: the last processor, so that tracebacks are covered too."""
    return masked_text(line) if isinstance(line, str) else line


def configure(level: str, form: str) -> None:
    """Set up the log of this process.

    Args:
        level: debug, info, warning, error or critical.
        form: "text" or "json".

    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        last: list[structlog.typing.Processor] = [
            # Without the values of variables: among them are tokens.
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
            _masked_line,
        ]
    else:
        last = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
            _masked_line,
        ]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # One write for each line, so that the lines of several processes do not mix.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    # Libraries log through the standard module; their warnings and errors matter to whoever runs the server.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler])
    logging.captureWarnings(capture=True)
    # Python prints these in lines that no program can read. Hooks of others, such as those of pytest, stay.
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _log_crash
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _log_thread
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _log_unraisable


def _log_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("crashed", exc_info=error)


def _log_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_type is not SystemExit:
        log.error("thread_failed", thread=failed.thread.name if failed.thread else None, exc_info=failed.exc_value)


def _log_unraisable(failed: "UnraisableHookArgs") -> None:
    log.error("exception_ignored", source=repr(failed.object), exc_info=failed.exc_value)


def configure_inside(level: str) -> None:
    """Set up the log of a server inside another program: it uses the handlers of that program.

    A program that has configured structlog itself keeps its configuration.
    """
    if structlog.is_configured():
        return
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
            _masked_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
