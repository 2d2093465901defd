"""`landingpad app` as a person types it."""

from collections.abc import Callable

from support.portal import Portal

Run = Callable[..., list[str]]


def test_an_application_is_created_listed_changed_and_deleted(portal: Portal, run: Run) -> None:
    before = run("app list")
    given = "--scope landing,user_basic --redirect-uri http://localhost:9/back"
    lines = run(f"app create --title 'Site pictures' {given} --user {portal.plain_id}")
    made = dict(line.split() for line in lines)
    assert made.keys() == {"client_id", "client_secret"}
    listed = f"{made['client_id']}\tSite pictures\tlanding,user_basic\thttp://localhost:9/back"
    assert run("app list") == [*before, listed]
    [line] = run(f"app rotate {made['client_id']}")
    assert line.startswith("client_secret  ")
    assert made["client_secret"] not in line
    assert run(f"app delete {made['client_id']}") == []
    assert run("app list") == before


def test_what_is_not_possible_is_said(run: Run) -> None:
    before = run("app list")
    good = "app create --title A --scope landing --redirect-uri http://localhost:9/"

    def refused(line: str) -> str:
        [said] = run(line, status=1)
        return said.removeprefix("landingpad: ")

    assert refused("app delete local.x") == "There is no application 'local.x'. `landingpad app list` shows them."
    assert refused("app rotate local.x") == "There is no application 'local.x'. `landingpad app list` shows them."
    assert refused(f"{good} --user 99") == "There is no user 99. `landingpad user list` shows them."
    assert refused(f"{good} --install-for 98") == "There is no user 98. `landingpad user list` shows them."
    assert refused(f"{good} --portal nobody.example").startswith("There is no portal 'nobody.example'. There are: ")
    assert "sky" in refused("app create --title A --scope sky --redirect-uri http://localhost:9/")
    assert "ftp://x" in refused("app create --title A --scope landing --redirect-uri ftp://x")
    assert run("app list") == before
