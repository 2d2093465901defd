"""Every setting of a server, declared once: command line options, environment variables and a page of the reference."""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

PREFIX = "LANDINGPAD_"
OTHER_VARIABLES = frozenset(
    {
        "LANDINGPAD_ACCESS_TOKEN",
        "LANDINGPAD_CLIENT_ID",
        "LANDINGPAD_CLIENT_SECRET",
        "LANDINGPAD_LOG",
        "LANDINGPAD_PORTAL_FILE",
        "LANDINGPAD_REFRESH_TOKEN",
        "LANDINGPAD_SITE_ID",
        "LANDINGPAD_URL",
        "LANDINGPAD_WEBHOOK",
        "LANDINGPAD_WEBHOOK_LIMITED",
        "LANDINGPAD_WEBHOOK_PLAIN",
    }
)
"""Variables that are no settings: what `landingpad run` tells a command."""


class SettingError(ValueError):
    """A setting has a value that cannot be used; the text names the setting, the value and what is expected."""


class Group(StrEnum):
    """Sections of the settings page."""

    DATA = "Data"
    NETWORK = "Network"
    DEVELOPMENT = "Development"
    LIMITS = "Limits"
    LOG = "Log"
    PICTURES = "Pictures"
    JOBS = "Background jobs"


class Setting(msgspec.Struct, frozen=True):
    """What a declaration says about a setting beside its type and default."""

    group: Group
    text: str
    option: str = ""
    """Name of the option of `landingpad serve`, such as --port; empty: only a variable sets it."""
    metavar: str | None = None
    """Placeholder of the option's value in the help."""
    is_secret: bool = False
    """A file can hold the value (LANDINGPAD_<NAME>_FILE), and no error shows it."""
    expected: str = ""
    """Words for a valid value, where the type does not say enough."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a server."""

    data: Annotated[
        Path, Setting(Group.DATA, "Folder of the database, pictures, certificates and portal.json.", "--data", "DIR")
    ] = Path("data")
    database_url: Annotated[
        str,
        Meta(pattern=r"^(postgres(ql)?(\+psycopg)?://.+)?$"),
        Setting(
            Group.DATA,
            "PostgreSQL database, as postgresql://user@host/name; without it SQLite in the data folder.",
            "--database-url",
            "URL",
            is_secret=True,
            expected="an address such as postgresql://user@host/name",
        ),
    ] = ""

    host: Annotated[
        str, Setting(Group.NETWORK, "Address to listen on.", "--host", expected="a host name or address")
    ] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=0, le=65535), Setting(Group.NETWORK, "Port to listen on; 0 picks a free one.", "--port")
    ] = 8080
    workers: Annotated[int, Meta(ge=1), Setting(Group.NETWORK, "Processes that answer requests.", "--workers")] = 1
    tls: Annotated[
        str,
        Setting(
            Group.NETWORK,
            "off, auto (certificates of a development authority) or CERT,KEY (two files in PEM format).",
            "--tls",
            "auto|off|CERT,KEY",
            expected="off, auto or CERT,KEY",
        ),
    ] = "off"
    tls_names: Annotated[
        str,
        Setting(
            Group.NETWORK,
            "Further host names for the certificate of --tls auto, separated by commas.",
            "--tls-names",
            "NAMES",
            expected="a list of host names",
        ),
    ] = ""
    public_url: Annotated[
        str,
        Meta(pattern=r"^(https?://[^/\s]+/?)?$"),
        Setting(
            Group.NETWORK,
            "Address of the portal as its users see it, where it differs from the listening address.",
            "--public-url",
            "URL",
            expected="an address without a path, such as https://sites.example.com",
        ),
    ] = ""
    trusted_proxies: Annotated[
        str,
        Setting(
            Group.NETWORK,
            "Addresses or networks of proxies whose X-Forwarded-* headers are trusted, separated by commas.",
            expected="a list of addresses and networks",
        ),
    ] = ""
    body_limit: Annotated[int, Meta(ge=1), Setting(Group.NETWORK, "Largest request body, in bytes.")] = 64 * 1024 * 1024
    unknown_body_limit: Annotated[
        int,
        Meta(ge=1),
        Setting(Group.NETWORK, "Largest request body, in bytes, of callers whose token is inside the body."),
    ] = 4 * 1024 * 1024
    keep_alive: Annotated[
        int,
        Meta(ge=1),
        Setting(
            Group.NETWORK,
            "Seconds an idle connection stays open; set it higher than in the proxy in front of the server.",
        ),
    ] = 75
    header_timeout: Annotated[
        int, Meta(ge=1), Setting(Group.NETWORK, "Seconds in which the header of a request must come.")
    ] = 20
    body_timeout: Annotated[
        int,
        Meta(ge=1),
        Setting(Group.NETWORK, "Seconds in which a body must come; each 500 bytes of it give one second more."),
    ] = 20
    connection_limit: Annotated[
        int,
        Meta(ge=0),
        Setting(
            Group.NETWORK,
            "Open connections of a process; beyond it the longest idle ones are closed. 0: three quarters of the "
            "descriptors that the process may open.",
        ),
    ] = 0

    dev: Annotated[
        bool,
        Setting(
            Group.DEVELOPMENT,
            "Developer mode: demo portal, control plane for tests, checks of method declarations.",
            "--dev",
        ),
    ] = False
    strict: Annotated[
        bool,
        Setting(
            Group.DEVELOPMENT,
            "Refuse calls with parameters that have no effect; without it developer mode logs them.",
            "--strict",
        ),
    ] = False
    seed: Annotated[
        str,
        Setting(
            Group.DEVELOPMENT,
            "With --dev: TOML file describing a new portal, instead of the demo site.",
            "--seed",
            "FILE",
            expected="a path",
        ),
    ] = ""
    chance: Annotated[
        str, Setting(Group.DEVELOPMENT, "With --dev: seed of codes and tokens; the same seed gives the same ones.")
    ] = ""
    instant_previews: Annotated[
        bool, Setting(Group.DEVELOPMENT, "With --dev: draw pictures at once and without a browser; they say so.")
    ] = False
    control_token: Annotated[
        str,
        Setting(
            Group.DEVELOPMENT,
            "With --dev: token by which programs on other machines may use the control plane.",
            is_secret=True,
        ),
    ] = ""
    journal: Annotated[
        int,
        Meta(ge=0),
        Setting(Group.DEVELOPMENT, "Calls that each process keeps for the developer log; 0 keeps none."),
    ] = 1000

    limits: Annotated[
        Literal["", "off", "count", "enforce"],
        Setting(
            Group.LIMITS,
            "off, count (report running time, refuse nothing) or enforce (as documented). "
            "Empty: count with --dev, enforce without.",
        ),
    ] = ""
    operating_limit: Annotated[
        float,
        Meta(gt=0),
        Setting(Group.LIMITS, "Seconds that one method may run within ten minutes, per webhook or application."),
    ] = 480.0

    read_timeout: Annotated[
        float,
        Meta(gt=0),
        Setting(
            Group.LIMITS,
            "Seconds that a read of the database may take; commands of an operator have no limit.",
        ),
    ] = 60.0
    form_rate: Annotated[
        int,
        Meta(ge=0),
        Setting(
            Group.LIMITS,
            "Messages a minute that the forms of a site take from one visitor's address; six times as many an hour. "
            "0: no limit per address.",
        ),
    ] = 10

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Setting(Group.LOG, "Least severe messages that are logged.")
    ] = "info"
    log_format: Annotated[
        Literal["text", "json"], Setting(Group.LOG, "Form of a log line: text for people, json for programs.")
    ] = "text"

    chromium: Annotated[
        str,
        Setting(
            Group.PICTURES,
            "Path of the Chromium that takes the pictures; empty: the first one found.",
            expected="a path",
        ),
    ] = ""
    preview_slots: Annotated[
        int,
        Meta(ge=0),
        Setting(Group.PICTURES, "Pictures taken at the same time; 0 leaves them to `landingpad worker`."),
    ] = 2
    preview_queue: Annotated[
        int, Meta(ge=1), Setting(Group.PICTURES, "Pictures that may wait for a slot inside one process.")
    ] = 100
    preview_timeout: Annotated[float, Meta(gt=0), Setting(Group.PICTURES, "Seconds that one picture may take.")] = 20.0
    preview_memory: Annotated[
        int, Meta(ge=1), Setting(Group.PICTURES, "Memory of the browser, in MiB, after which it is replaced.")
    ] = 2000
    preview_size: Annotated[
        str,
        Setting(
            Group.PICTURES, "Window of preview.jpg in CSS pixels, width x height.", expected="a size such as 1200x800"
        ),
    ] = "1200x800"
    preview_mobile_size: Annotated[
        str, Setting(Group.PICTURES, "Window of preview-mobile.jpg in CSS pixels.", expected="a size such as 390x844")
    ] = "390x844"
    preview_thumbnails: Annotated[
        str,
        Setting(
            Group.PICTURES,
            "Widths of the smaller copies preview-<width>.jpg, separated by commas.",
            expected="a list of widths",
        ),
    ] = "600,300"
    preview_formats: Annotated[
        str,
        Setting(
            Group.PICTURES,
            "Formats offered beside JPEG, the preferred one first: avif, webp. Empty: JPEG only.",
            expected="a list of formats",
        ),
    ] = "avif,webp"
    preview_quality: Annotated[
        int, Meta(ge=1, le=100), Setting(Group.PICTURES, "Quality of compressed pictures, 1 to 100.")
    ] = 82
    preview_kept: Annotated[
        int, Meta(ge=1), Setting(Group.PICTURES, "Pictures kept per page: the current one and earlier ones.")
    ] = 20
    preview_pace: Annotated[
        float, Meta(ge=0), Setting(Group.PICTURES, "Seconds between the starts of two pictures of one page.")
    ] = 1.0
    preview_asked: Annotated[
        int,
        Meta(ge=0),
        Setting(Group.PICTURES, "Pictures in further sizes and formats that may be pending at a time, per portal."),
    ] = 200
    preview_poll: Annotated[
        float,
        Meta(gt=0),
        Setting(Group.PICTURES, "Polling interval for pictures ordered by other processes, in seconds."),
    ] = 0.25

    job_poll: Annotated[
        float,
        Meta(gt=0),
        Setting(Group.JOBS, "Polling interval for events to deliver and pages to render again, in seconds."),
    ] = 1.0

    @property
    def limit_mode(self) -> str:
        """How limits are applied: off, count or enforce."""
        return self.limits or ("count" if self.dev else "enforce")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, **overrides: object) -> "Settings":
        """Read the variables LANDINGPAD_<NAME>, and for secrets LANDINGPAD_<NAME>_FILE; `overrides` take precedence.

        Raises:
            SettingError: a value cannot be used.

        """
        values: dict[str, Any] = {}
        for field in fields(cls):
            if field.name in overrides:
                values[field.name] = field.parsed(overrides[field.name], field.setting.option or field.variable)
            else:
                source, text = _from_environment(field, environ)
                if text is not None:
                    values[field.name] = field.parsed(text, source)
        _check_networks(values.get("trusted_proxies", ""))
        return cls(**values)


class Field(msgspec.Struct, frozen=True):
    """A declared setting with all that is known about it."""

    name: str
    type: Any
    default: Any
    setting: Setting

    @property
    def variable(self) -> str:
        """Name of its environment variable."""
        return f"{PREFIX}{self.name.upper()}"

    @property
    def file_variable(self) -> str:
        """Name of the variable that names a file holding the value; only secrets have one."""
        return f"{self.variable}_FILE"

    @property
    def base(self) -> Any:
        """Its type without constraints."""
        return get_args(self.type)[0] if get_origin(self.type) is Annotated else self.type

    @property
    def expected(self) -> str:
        """Return words for a valid value."""
        if self.setting.expected:
            return self.setting.expected
        if get_origin(self.base) is Literal:
            return f"one of {', '.join(value for value in get_args(self.base) if value)}"
        limits = next((part for part in get_args(self.type) if isinstance(part, Meta)), Meta())
        return _NAMES[self.base] + _range(limits)

    def parsed(self, value: object, source: str) -> Any:
        """Return a value of its type.

        Raises:
            SettingError: the value is not valid; `source` is where it came from.

        """
        try:
            if self.base is Path:
                return Path(str(value))
            if self.base is str:
                value = str(value)
            elif isinstance(value, str):
                value = value.strip().lower()
            return msgspec.convert(value, self.type, strict=False)
        except msgspec.ValidationError as error:
            shown = f" {value}" if source.startswith("--") else f"={str(value)!r}"
            shown = "" if self.setting.is_secret else shown
            raise SettingError(f"{source}{shown} is not {self.expected}.") from error


@cache
def fields(of: type[Settings] = Settings) -> tuple[Field, ...]:
    """Return the declared settings in their order; one without a declaration has an empty text."""
    hints = get_type_hints(of, include_extras=True)
    return tuple(
        Field(
            info.name,
            hints[info.name],
            info.default,
            next((p for p in get_args(hints[info.name]) if isinstance(p, Setting)), Setting(Group.DATA, "")),
        )
        for info in msgspec.structs.fields(of)
    )


def unknown_variables(environ: Mapping[str, str] = os.environ) -> Iterator[tuple[str, str]]:
    """Find LANDINGPAD_* variables that set nothing, each with the most similar known name, or an empty one."""
    known = {field.variable for field in fields()} | {f.file_variable for f in fields() if f.setting.is_secret}
    bare = [name.removeprefix(PREFIX) for name in known]
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known | OTHER_VARIABLES:
            similar = get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=0.7)
            yield name, f"{PREFIX}{similar[0]}" if similar else ""


def _from_environment(field: Field, environ: Mapping[str, str]) -> tuple[str, str | None]:
    """Return the name of the variable that sets a field, and its value or None."""
    text = environ.get(field.variable)
    path = environ.get(field.file_variable) if field.setting.is_secret else None
    if path is None:
        return field.variable, text
    if text is not None:
        raise SettingError(f"{field.variable} and {field.file_variable} are both set. Remove one of them.")
    try:
        return field.file_variable, Path(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingError(f"{field.file_variable}={path!r} cannot be read: {reason}.") from error


def _check_networks(networks: str) -> None:
    for part in networks.split(","):
        try:
            ip_network(part.strip() or "::1", strict=False)
        except ValueError as error:
            raise SettingError(
                f"LANDINGPAD_TRUSTED_PROXIES={networks!r} is not a list of addresses and networks: {error}."
            ) from error


_NAMES = {int: "a whole number", float: "a number", bool: "one of 1, 0, true, false", str: "text", Path: "a path"}


def _range(limits: Meta) -> str:
    """Return words for the bounds of a number."""
    if limits.gt is not None:
        return f" above {limits.gt}"
    if limits.ge is None:
        return ""
    return f" from {limits.ge} to {limits.le}" if limits.le is not None else f", at least {limits.ge}"
