"""Settings: read from the environment, explained, and shown wherever people look for them."""

import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import landingpad
from landingpad.cli.main import app
from landingpad.operations import reference
from landingpad.settings import OTHER_VARIABLES, Field, SettingError, Settings, fields, unknown_variables
from landingpad.testing.launch import Launched

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/reference/settings.md").read_text("utf-8")


@pytest.mark.parametrize("field", fields(), ids=lambda field: field.name)
def test_every_setting_is_in_the_page(field: Field) -> None:
    row = re.search(rf"^\| `{field.variable}` \|(.*)\|$", PAGE, re.MULTILINE)
    assert row is not None, f"docs/reference/settings.md lacks {field.variable}: run `make docs`"
    option, kind, default, text = (cell.strip() for cell in re.split(r"(?<!\\)\|", row[1]))
    assert option.strip("`") == field.setting.option
    assert kind in field.expected
    assert field.parsed(default.strip("`"), "") == field.default
    assert text.replace("\\|", "|") == field.setting.text


def test_every_option_of_serve_is_a_setting_and_has_its_text() -> None:
    serve: Any = get_command(app).commands["serve"]  # type: ignore[attr-defined]  # it is a group
    options = {parameter.opts[0]: parameter.help for parameter in serve.params if parameter.name != "help"}
    declared = {field.setting.option: field for field in fields() if field.setting.option}
    assert options.keys() == declared.keys()
    for option, text in options.items():
        assert text.startswith(declared[option].setting.text)
    assert "--port" in options


def test_a_setting_without_a_text_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    class More(Settings, frozen=True, kw_only=True):
        patience: int = 1

    monkeypatch.setattr(reference, "fields", lambda: fields(More))
    assert reference.undocumented() == [
        "LANDINGPAD_PATIENCE: it has no text: say in src/landingpad/settings.py what it sets."
    ]


def test_variables_set_and_options_win() -> None:
    environ = {"LANDINGPAD_PORT": " 8090 ", "LANDINGPAD_DEV": "TRUE", "LANDINGPAD_PREVIEW_PACE": "2", "PORT": "1"}
    found = Settings.from_env(environ, host="::1", data=Path("/srv"))
    assert (found.port, found.dev, found.preview_pace, found.host, found.data) == (8090, True, 2.0, "::1", Path("/srv"))
    assert Settings.from_env(environ, port=0).port == 0
    assert Settings.from_env({}) == Settings()


def test_every_setting_is_used() -> None:
    source = Path(landingpad.__file__).parent
    files = {path: path.read_text("utf-8") for path in source.rglob("*.py")}
    others = "\n".join(text for path, text in files.items() if path != source / "settings.py")
    own = files[source / "settings.py"]
    unused = [
        field.variable
        for field in fields()
        if not re.search(rf"settings\.{field.name}\b", others) and not re.search(rf"self\.{field.name}\b", own)
    ]
    assert not unused, f"nothing reads {', '.join(unused)} from the settings"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "many", "a whole number from 0 to 65535"),
        ("PORT", "70000", "a whole number from 0 to 65535"),
        ("WORKERS", "0", "a whole number, at least 1"),
        ("JOB_POLL", "0", "a number above 0"),
        ("PREVIEW_TIMEOUT", "nan", "a number above 0"),
        ("DEV", "yes", "one of 1, 0, true, false"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error"),
        ("LIMITS", "sometimes", "one of off, count, enforce"),
        ("PUBLIC_URL", "sites.example.com", "an address without a path, such as https://sites.example.com"),
        ("TRUSTED_PROXIES", "here", "a list of addresses and networks"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_is_expected(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.from_env({f"LANDINGPAD_{name}": value})
    assert str(caught.value).startswith(f"LANDINGPAD_{name}={value!r} is not {expected}")


def test_an_option_is_named_as_it_was_typed() -> None:
    with pytest.raises(SettingError, match=re.escape("--workers 0 is not a whole number, at least 1.")):
        Settings.from_env({}, workers=0)


def test_a_secret_comes_from_a_file_and_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://me:secret@db/sites\n")
    environ = {"LANDINGPAD_DATABASE_URL_FILE": str(file)}
    assert Settings.from_env(environ).database_url == "postgresql://me:secret@db/sites"
    assert Settings.from_env(environ, database_url="postgresql://db/other").database_url == "postgresql://db/other"
    with pytest.raises(SettingError, match="LANDINGPAD_DATABASE_URL and LANDINGPAD_DATABASE_URL_FILE are both set"):
        Settings.from_env({**environ, "LANDINGPAD_DATABASE_URL": "postgresql://db/sites"})
    file.write_text("mysql://me:secret@db/sites")
    with pytest.raises(SettingError, match="LANDINGPAD_DATABASE_URL_FILE is not an address") as caught:
        Settings.from_env(environ)
    assert "secret" not in str(caught.value)
    with pytest.raises(SettingError, match="LANDINGPAD_CONTROL_TOKEN_FILE='/nowhere' cannot be read: No such file"):
        Settings.from_env({"LANDINGPAD_CONTROL_TOKEN_FILE": "/nowhere"})


def test_workers_get_the_settings_of_their_server(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("secret")
    environ = {"LANDINGPAD_CONTROL_TOKEN_FILE": str(file), "LANDINGPAD_PREVIEW_SLOTS": "7"}
    settings = Settings.from_env(environ, dev=True, data=tmp_path, preview_pace=0.5)
    received: Settings = pickle.loads(pickle.dumps(settings))  # noqa: S301  # our own text
    assert received == settings
    assert received.control_token == "secret"


def test_variables_that_set_nothing_are_found() -> None:
    environ = {
        "LANDINGPAD_PROT": "1",
        "LANDINGPAD_PORT_FILE": "1",
        "LANDINGPAD_SKY": "1",
        "LANDINGPAD_PORT": "1",
        "LANDINGPAD_DATABASE_URL_FILE": "1",
        "LANDINGPAD_URL": "1",
        "PATH": "1",
    }
    assert dict(unknown_variables(environ)) == {
        "LANDINGPAD_PROT": "LANDINGPAD_PORT",
        "LANDINGPAD_PORT_FILE": "",
        "LANDINGPAD_SKY": "",
    }


def test_a_server_inside_a_test_run_knows_the_variables_of_that_run(tmp_path: Path) -> None:
    names = dict.fromkeys(("client_id", "client_secret", "access_token", "refresh_token"), "x")
    told = {"webhook": "x", "webhooks": {"plain": "x", "limited": "x"}, "oauth": names, "site_id": 1, "public_url": "x"}
    given = Launched("http://localhost", told, tmp_path, tmp_path / "log").environment()
    assert not dict(unknown_variables(given))
    assert given.keys() - OTHER_VARIABLES == {"LANDINGPAD_PUBLIC_URL"}
