"""`landingpad state` and `landingpad fault` with a running server."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from landingpad.cli.main import app
from support.portal import ApiFailure
from support.server import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    seed = tmp_path_factory.mktemp("seed") / "seed.toml"
    seed.write_text('[[sites]]\ncode = "shop"\n[[sites.pages]]\ncode = "home"\n')
    data = tmp_path_factory.mktemp("commands") / "data"
    with Server(data, "--dev", "--seed", str(seed), landingpad_instant_previews="1") as running:
        yield running


def landingpad(server: Server, *command: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, [*command, "--data", str(server.data)])
    assert done.exit_code == code, done.output
    return done.output.strip()


def test_a_seed_is_what_the_portal_has(server: Server) -> None:
    """And its pictures are drawn where that is wanted, so that the first call finds them."""
    assert [site["CODE"].strip("/") for site in server.call("landing.site.getList")] == ["shop"]
    assert server.file["sites"]["shop"]["pages"].keys() == {"home"}
    assert server.fetch(server.file["public_url"]).status_code == 200
    preview = server.call("landing.site.getPreview", id=server.file["site_id"])
    assert preview.endswith("/preview.jpg")
    assert server.fetch(preview).headers["content-type"] == "image/jpeg"


def test_what_is_random_follows_from_a_seed(server: Server) -> None:
    """A page whose title has no letters gets a random code."""
    codes = []
    for seed in ("a", "a", "b"):
        site_id = server.call("landing.site.add", fields={"TITLE": "Seeded"})
        landingpad(server, "state", "seed", seed)
        page_id = server.call("landing.landing.add", fields={"TITLE": "!", "SITE_ID": site_id})
        (page,) = server.call("landing.landing.getList", params={"filter": {"ID": page_id}})
        codes.append(page["CODE"])
    assert codes[0] == codes[1] != codes[2]
    landingpad(server, "state", "reset")


def test_states_are_kept_and_gone_back_to(server: Server, tmp_path: Path) -> None:
    landingpad(server, "state", "save", "before")
    server.call("landing.site.add", fields={"TITLE": "Two", "CODE": "two"})
    landingpad(server, "state", "export", str(tmp_path / "state.zip"))
    assert landingpad(server, "state", "list").split() == ["before", "start"]
    landingpad(server, "state", "restore", "before")
    assert len(server.call("landing.site.getList")) == 1
    landingpad(server, "state", "import", str(tmp_path / "state.zip"))
    assert len(server.call("landing.site.getList")) == 2
    landingpad(server, "state", "delete", "before")
    assert landingpad(server, "state", "list").split() == ["start"]
    assert landingpad(server, "state", "reset").startswith("reset in ")
    assert len(server.call("landing.site.getList")) == 1


def test_faults_are_turned_on_and_off(server: Server) -> None:
    number = landingpad(server, "fault", "add", "landing.site.*", "--error", "QUERY_LIMIT_EXCEEDED", "--times", "1")
    with pytest.raises(ApiFailure) as caught:
        server.call("landing.site.getList")
    assert caught.value.code == "QUERY_LIMIT_EXCEEDED"
    assert landingpad(server, "fault", "list") == f"{number}\tlanding.site.*\tQUERY_LIMIT_EXCEEDED\tmet 1 of 1"
    landingpad(server, "fault", "remove", number)
    landingpad(server, "fault", "clear")
    assert landingpad(server, "fault", "list") == ""
    assert "OVERLOAD_LIMIT" in landingpad(server, "fault", "list", "--codes").split()


def test_the_clock_is_moved(server: Server) -> None:
    told = landingpad(server, "state", "clock", "--set", "2026-03-26T14:00:00+01:00", "--freeze")
    assert told == "2026-03-26T13:00:00.000+00:00 (stopped)"
    assert landingpad(server, "state", "clock").startswith("2026-03-26T13:00:00")
    assert "stopped" not in landingpad(server, "state", "clock", "--reset", "--go-on")


def test_what_cannot_be_done_is_explained(server: Server, tmp_path: Path) -> None:
    assert "no snapshot 'nothing'" in landingpad(server, "state", "restore", "nothing", code=1)
    assert "has no error 'NOTHING'" in landingpad(server, "fault", "add", "*", "--error", "NOTHING", code=1)
    done = CliRunner().invoke(app, ["state", "reset", "--data", str(tmp_path)])
    assert (done.exit_code, done.stderr) == (
        1,
        f"landingpad: No server was started on the data folder {tmp_path}. Name its folder with --data.\n",
    )
    (tmp_path / "portal.json").write_text('{"url": "http://127.0.0.1:1"}')
    done = CliRunner().invoke(app, ["state", "reset"], env={"LANDINGPAD_DATA": str(tmp_path)})
    assert done.stderr.startswith("landingpad: The server at http://127.0.0.1:1 does not answer: ")


@pytest.mark.parametrize(
    ("seed", "said"),
    [("[[sites]]\nnothing = 1\n", "unknown field `nothing`"), ("not toml", "cannot be used")],
)
def test_a_seed_that_cannot_be_read_is_explained(tmp_path: Path, seed: str, said: str) -> None:
    (tmp_path / "seed.toml").write_text(seed)
    given = ["--seed", str(tmp_path / "seed.toml"), "--data", str(tmp_path / "data")]
    done = CliRunner().invoke(app, ["serve", "--dev", "--port", "0", *given])
    assert done.exit_code == 1
    assert said in done.stderr


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ("[[webhooks]]\nname = 'x'\nuser = 'nobody'\n", "the user 'nobody'"),
        ("[[webhooks]]\nname = 'x'\nscopes = ['sky']\n", "no scope sky"),
    ],
)
def test_a_seed_that_cannot_be_planted_is_explained(tmp_path: Path, seed: str, said: str) -> None:
    """In a process of its own: the server has started its parts when it finds out."""
    (tmp_path / "seed.toml").write_text(seed)
    given = ["--seed", str(tmp_path / "seed.toml"), "--data", str(tmp_path / "data")]
    done = subprocess.run(
        [sys.executable, "-m", "landingpad", "serve", "--dev", "--port", "0", *given],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
