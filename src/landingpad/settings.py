"""Every setting, in one place: read from the environment (LANDINGPAD_*) and overridden by the command line."""

import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, get_args, get_type_hints

import msgspec


class SettingError(ValueError):
    """A setting has a value that cannot be used; the text names the variable and what it takes."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a server is told from outside."""

    data: Annotated[Path, "Folder of the database, pictures, certificates and portal.json."] = Path("data")
    database_url: Annotated[str, "PostgreSQL as postgresql://user@host/name; empty: SQLite in the data folder."] = ""
    host: Annotated[str, "Address to listen on."] = "127.0.0.1"
    port: Annotated[int, "Port to listen on; 0 picks a free one."] = 8080
    workers: Annotated[int, "Processes that answer requests."] = 1
    tls: Annotated[str, "off, auto (own certificate authority for development) or CERT,KEY files."] = "off"
    tls_names: Annotated[str, "Further host names for the certificate of --tls auto, separated by commas."] = ""
    public_url: Annotated[str, "Address of the portal as its users see it, if not the listening address."] = ""
    trusted_proxies: Annotated[str, "Addresses or networks of proxies whose X-Forwarded-* headers are believed."] = ""
    dev: Annotated[bool, "Developer mode: demo portal, control plane, checks of our own declarations."] = False
    control_token: Annotated[str, "With it programs of other machines may use the control plane of --dev."] = ""
    chance: Annotated[str, "With --dev: what codes and tokens follow from, so that they are the same each time."] = ""
    seed: Annotated[str, "With --dev: TOML file of what a new portal has, instead of the demo site."] = ""
    strict: Annotated[bool, "Refuse calls with parameters that have no effect; developer mode logs them."] = False
    log_level: Annotated[str, "debug, info, warning or error."] = "info"
    log_format: Annotated[str, "text for people, json for machines."] = "text"
    body_limit: Annotated[int, "Largest request body in bytes."] = 64 * 1024 * 1024
    keep_alive: Annotated[int, "Seconds an idle connection stays open; longer than a proxy in front keeps its own."] = (
        75
    )
    limits: Annotated[
        str, "off, count (running time is told) or enforce (as documented); empty: count with --dev, else enforce."
    ] = ""
    journal: Annotated[int, "Calls that each process remembers for developers to look at; 0: none."] = 1000
    operating_limit: Annotated[float, "Seconds a method may run in ten minutes for one webhook or application."] = 480.0
    chromium: Annotated[str, "Path of the Chromium that takes the pictures; empty: the first one found."] = ""
    instant_previews: Annotated[bool, "With --dev: pictures are drawn at once, without a browser, and say so."] = False
    preview_slots: Annotated[int, "Pictures taken at the same time; 0: by workers in other processes only."] = 2
    preview_queue: Annotated[int, "Pictures that may wait for a slot inside one process."] = 100
    preview_timeout: Annotated[float, "Seconds one picture may take."] = 20.0
    preview_memory: Annotated[int, "MiB of its own that the browser may hold before a fresh one takes its place."] = (
        2000
    )
    preview_size: Annotated[str, "Window of preview.jpg in CSS pixels."] = "1200x800"
    preview_mobile_size: Annotated[str, "Window of preview-mobile.jpg."] = "390x844"
    preview_thumbnails: Annotated[str, "Widths of the smaller copies preview-<width>.jpg, separated by commas."] = (
        "600,300"
    )
    preview_formats: Annotated[
        str, "Formats for those who accept them, the best first: avif, webp; empty: JPEG only."
    ] = "avif,webp"
    preview_quality: Annotated[int, "Quality of pictures, 1 to 100."] = 82
    preview_kept: Annotated[int, "Pictures of a page that are kept: of what is public, and of what was before."] = 20
    preview_pace: Annotated[float, "Seconds from the beginning of one picture of a page to that of the next."] = 1.0
    preview_asked: Annotated[int, "Pictures beside the standard ones that may be waited for in a portal."] = 200
    job_poll: Annotated[float, "Seconds between two looks for events to deliver and pages to render anew."] = 1.0
    preview_poll: Annotated[float, "Seconds between two looks for pictures that another process ordered."] = 0.25

    @property
    def limit_mode(self) -> str:
        """What is done about limits: off, count or enforce."""
        return self.limits or ("count" if self.dev else "enforce")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, **overrides: object) -> "Settings":
        """Read LANDINGPAD_* and let the given values win.

        Raises:
            SettingError: a variable has a value of the wrong type.

        """
        given: dict[str, object] = {}
        for name in cls.__struct_fields__:
            variable = f"LANDINGPAD_{name.upper()}"
            if variable in environ:
                given[name] = environ[variable]
        given.update(overrides)
        hints = get_type_hints(cls, include_extras=True)
        values: dict[str, object] = {}
        for name, value in given.items():
            wanted = get_args(hints[name])[0]
            try:
                values[name] = value if isinstance(value, wanted) else _parse(wanted, str(value))
            except ValueError as error:
                raise SettingError(f"LANDINGPAD_{name.upper()}={value!r} is not {_NAMES[wanted]}.") from error
        if values.get("limits", "") not in _LIMITS:
            raise SettingError(f"LANDINGPAD_LIMITS={values['limits']!r} is not one of off, count, enforce.")
        for part in str(values.get("trusted_proxies", "")).split(","):
            try:
                ip_network(part.strip() or "::1", strict=False)
            except ValueError as error:
                raise SettingError(f"LANDINGPAD_TRUSTED_PROXIES: {error}.") from error
        return cls(**values)  # type: ignore[arg-type]  # each value was just made of its field's type


_LIMITS = ("", "off", "count", "enforce")
_NAMES = {int: "a whole number", float: "a number", bool: "one of 1, 0, true, false", str: "text", Path: "a path"}


def _parse(wanted: type, value: str) -> object:
    if wanted is bool:
        return msgspec.convert(value.strip().lower(), bool, strict=False)
    return wanted(value)
