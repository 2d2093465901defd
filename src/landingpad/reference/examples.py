"""The example of each method, read from examples.toml; it can be run on any portal."""

import tomllib
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

MakeCall = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Calls a method with parameters and returns its result."""


class Step(msgspec.Struct, rename={"params": "with", "method": "call", "name": "as"}, forbid_unknown_fields=True):
    """A call made before an example."""

    method: str
    params: dict[str, Any] = msgspec.field(default_factory=dict)
    name: str = ""
    """`$name` under which later calls use its result."""


class Example(msgspec.Struct, forbid_unknown_fields=True):
    """One example call of a method."""

    params: dict[str, Any] = msgspec.field(default_factory=dict)
    before: list[Step] = msgspec.field(default_factory=list)
    app: bool = False
    """True if an application makes the call, False if a webhook does."""
    refused: str = ""
    """Expected error code, for methods that refuse every call."""


_SEED = (
    Step("landing.site.add", {"fields": {"TITLE": "Spring offers", "CODE": "spring"}}, "site"),
    Step("landing.site.addFolder", {"siteId": "$site", "fields": {"TITLE": "News", "CODE": "news"}}, "folder"),
    Step("landing.landing.add", {"fields": {"TITLE": "Spring offers", "SITE_ID": "$site", "CODE": "home"}}, "page"),
    Step("landing.landing.addblock", {"lid": "$page", "fields": {"CODE": "01.big_with_text"}}, "block"),
    Step(
        "landing.landing.addblock",
        {"lid": "$page", "fields": {"CODE": "20.2.three_cols_fix_img", "AFTER_ID": "$block"}},
        "cards",
    ),
    Step("landing.landing.add", {"fields": {"TITLE": "About us", "SITE_ID": "$site", "CODE": "about"}}, "about"),
)
"""Calls that prepare the portal: a site with two pages and a folder."""


@cache
def examples() -> Mapping[str, Example]:
    """Return the examples by method name."""
    return msgspec.convert(
        tomllib.loads(files(__package__).joinpath("examples.toml").read_text("utf-8")), dict[str, Example]
    )


async def prepare(example: Example, call: MakeCall) -> dict[str, Any]:
    """Create everything that an example needs and return its parameters with real ids."""
    known: dict[str, Any] = {}
    for step in (*_SEED, *example.before):
        result = await call(step.method, filled(step.params, known))
        if step.name:
            known[step.name] = result
    params: dict[str, Any] = filled(example.params, known)
    return params


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """Replace `$name` by its result, in keys too; "$roles.0.ID" takes a member of a result."""
    if isinstance(value, dict):
        return {str(filled(key, known)): filled(member, known) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(member, known) for member in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    name, *path = value[1:].split(".")
    if name not in known:
        return value
    found = known[name]
    for part in path:
        found = found[int(part)] if isinstance(found, list) else found[part]
    # Rows have ids as text; calls send numbers.
    return int(found) if path and isinstance(found, str) and found.isdigit() else found
