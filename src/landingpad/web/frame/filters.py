"""Template filters that format values for people."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

_STEPS = ((60, "second"), (60, "minute"), (24, "hour"), (7, "day"))
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux")
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


def moment(value: int | None, zone: tzinfo = UTC) -> str:
    """Return a moment in milliseconds as a date and time."""
    return "" if value is None else datetime.fromtimestamp(value / 1000, zone).strftime("%-d %b %Y, %H:%M")


def clock(value: int, zone: tzinfo = UTC) -> str:
    """Return the time of day of a moment in milliseconds, to the second."""
    return datetime.fromtimestamp(value / 1000, zone).strftime("%H:%M:%S")


def size(value: int) -> str:
    """Return a number of bytes in the largest unit that leaves a whole number."""
    for unit in ("bytes", "KiB", "MiB"):
        if value < 1024 or value % 1024:  # noqa: PLR2004  # factor between units
            return f"{value} {unit}"
        value //= 1024
    return f"{value} GiB"


def milliseconds(value: float) -> str:
    """Return a duration in milliseconds."""
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"  # noqa: PLR2004  # fractions matter below 10 ms only


def iso(value: int | None) -> str:
    """Return a moment in milliseconds in ISO 8601 format."""
    return "" if value is None else datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="seconds")


def ago(value: int | None, now_ms: int) -> str:
    """Return the age of a moment: "just now", "3 minutes ago", "2 days ago", or a date after a week."""
    if value is None:
        return "never"
    amount = max(0, now_ms - value) // 1000
    if amount < 10:  # noqa: PLR2004  # seconds
        return "just now"
    for size, unit in _STEPS:
        if amount < size:
            return f"{amount} {unit}{'' if amount == 1 else 's'} ago"
        amount //= size
    return moment(value).partition(",")[0]


def agent(value: str) -> str:
    """Return browser and system of a User-Agent, such as "Firefox on Linux"."""
    browser = next((name for mark, name in _BROWSERS if mark in value), "")
    system = next((name for name in _SYSTEMS if name in value), "").replace(" X", "").replace("iPhone", "iOS")
    return " on ".join(part for part in (browser, system) if part) or value[:60] or "Unknown program"


def compact(value: Any) -> str:
    """Return parameters as JSON in one line."""
    return json.dumps(value, ensure_ascii=False)


def host(value: str) -> str:
    """Return an address without its scheme and trailing slash."""
    return value.partition("://")[2].rstrip("/")


def path(value: str) -> str:
    """Return the path of an address."""
    return f"/{value.partition('://')[2].partition('/')[2]}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "moment": moment,
    "clock": clock,
    "bytes": size,
    "milliseconds": milliseconds,
    "iso": iso,
    "ago": ago,
    "agent": agent,
    "compact": compact,
    "host": host,
    "path": path,
}
