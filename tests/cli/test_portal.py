"""`landingpad portal` as a person types it."""

from collections.abc import Callable

import pytest

from support.portal import ApiFailure, Portal

Run = Callable[..., list[str]]


async def test_a_portal_is_shown_and_changed(portal: Portal, run: Run) -> None:
    [line] = run("portal")
    host, title, plan, state = line.split("\t")
    assert state == "active"
    assert run("portal --plan enterprise") == [f"{host}\t{title}\tenterprise\tactive"]
    assert run(f"portal --portal {host.upper()} --plan {plan} --state deleted") == [f"{host}\t{title}\t{plan}\tdeleted"]
    with pytest.raises(ApiFailure) as caught:
        await portal.call("server.time")
    assert caught.value.code == "PORTAL_DELETED"


def test_what_is_not_possible_is_said(run: Run) -> None:
    assert run("portal --plan golden", status=1) == ["landingpad: --plan golden is not one of free, basic, enterprise."]
    assert run("portal --state asleep", status=1) == [
        "landingpad: --state asleep is not one of active, overloaded, deleted."
    ]
    [line] = run("portal --portal nobody.example", status=1)
    assert line.startswith("landingpad: There is no portal 'nobody.example'. There are: ")
