"""`landingpad user`, `group`, `department` and `rights` as a person types them."""

from collections.abc import Callable

import pytest

from support.portal import ApiFailure, Portal

Run = Callable[..., list[str]]


async def test_people_get_rights_by_what_they_are_part_of(portal: Portal, run: Run) -> None:
    sam, site_id = portal.plain_id, await portal.site()
    [group_id] = run("group add --name Editors")
    assert int(group_id) > 2  # G1 and G2 mean something else
    run(f"group set {group_id} --add {sam}")
    [team] = run("group add --name Team --work")
    run(f"group set {team} --add {sam} --position owner")
    [department] = run("department add --name Sales")
    [below] = run(f"department add --name South --parent {department}")
    run(f"user set {sam} --department {below}")
    for code in (f"G{group_id}", f"SG{team}_A", f"DR{department}", f"D{below}"):
        await portal.call("landing.site.setRights", id=site_id, rights={code: ["edit"], "U0": ["read"]})
        assert await portal.call("landing.site.getRights", by="plain", id=site_id) == ["read", "edit"], code
    run(f"group set {team} --remove {sam}")
    await portal.call("landing.site.setRights", id=site_id, rights={f"SG{team}": ["edit"]})
    assert await portal.call("landing.site.getRights", by="plain", id=site_id) == []
    assert run("group list") == [f"G{group_id}\t1\tEditors", f"SG{team}\t0\tTeam"]
    assert run(f"group members {group_id}") == [f"{sam}\tmember"]


async def test_a_blocked_user_is_out_at_once_and_back_again(portal: Portal, run: Run) -> None:
    assert await portal.call("landing.site.getList", by="plain") == []
    run(f"user block {portal.plain_id}")
    with pytest.raises(ApiFailure) as failure:
        await portal.call("landing.site.getList", by="plain")
    assert (failure.value.status, failure.value.code) == (401, "INVALID_CREDENTIALS")
    assert f"{portal.plain_id}\tsam\tblocked" in "\n".join(run("user list"))
    run(f"user unblock {portal.plain_id}")
    assert await portal.call("landing.site.getList", by="plain") == []


def test_users_are_made_and_changed(portal: Portal, run: Run) -> None:
    user_id, password = run("user add --login ann --name Ann --last-name Berg --password")
    assert password.startswith("password ")
    [outside] = run("user add --login max --name Max --outside")
    lines = run("user list")
    assert lines[2].startswith(f"{user_id}\tann\tuser\tD")
    assert lines[3] == f"{outside}\tmax\toutside\t-\tMax"
    run(f"user set {user_id} --admin --name Anna")
    run(f"user set {outside} --no-outside")
    lines = run("user list")
    assert lines[2].split("\t")[2:] == ["administrator", lines[0].split("\t")[3], "Anna Berg"]
    assert lines[3].split("\t")[2:4] == ["user", lines[0].split("\t")[3]]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("user set 99999 --name x", "no user 99999"),
        ("user add --login ada --name x", "Another user signs in as ada"),
        ("user add --login new --name x --outside --admin", "cannot be an administrator"),
        ("user add --login new --name x --department 99999", "no department 99999"),
        ("user block {admin}", "only administrator"),
        ("user set {admin} --no-admin", "only administrator"),
        ("group set 99999 --name x", "no group 99999"),
        ("group set {group} --add 99999", "no user 99999"),
        ("group set {group} --add {admin} --position boss", "no position 'boss'"),
        ("group set {group} --remove {admin}", "not a member"),
        ("department add --name x --parent 99999", "no department 99999"),
        ("department set {department} --parent {below}", "part of itself"),
        ("department set {department} --head 99999", "no user 99999"),
        ("rights explain --user 99999 --site {site}", "no user 99999"),
        ("rights explain --user {admin} --site 99999", "no site 99999"),
        ("user list --portal elsewhere.example", "no portal 'elsewhere.example'"),
    ],
)
async def test_what_cannot_be_is_said_in_one_line(portal: Portal, run: Run, line: str, why: str) -> None:
    before = run("user list"), run("department list")
    [group] = run("group add --name Group")
    [department] = run("department add --name Department")
    [below] = run(f"department add --name Below --parent {department}")
    values = {"admin": portal.admin_id, "group": group, "department": department, "below": below}
    [answer] = run(line.format(**values, site=await portal.site()), status=1)
    assert answer.startswith("landingpad: ")
    assert why in answer
    assert (run("user list"), run("department list")[: len(before[1])]) == before


async def test_explain_says_what_the_api_does(portal: Portal, run: Run) -> None:
    sam, site_id = portal.plain_id, await portal.site()

    def explained() -> tuple[dict[str, tuple[str, str]], str]:
        lines = run(f"rights explain --user {sam} --site {site_id}")
        rights = {line.split()[0]: (line.split()[1], line.split(maxsplit=2)[2]) for line in lines[4:]}
        return {name: why for name, why in rights.items() if name != "rule"}, "\n".join(lines)

    def operations(found: dict[str, tuple[str, str]]) -> list[str]:
        return [name for name in ("read", "edit", "sett", "public", "delete") if found[name][0] == "yes"]

    async def check(why: str) -> None:
        found, text = explained()
        assert operations(found) == await portal.call("landing.site.getRights", by="plain", id=site_id), text
        assert why in text

    await check("by default")
    await portal.call("landing.site.setRights", id=site_id, rights={"AU": ["edit"], f"U{sam}": ["public"]})
    await check(f"by U{sam} at site {site_id}")
    await portal.call("landing.site.setRights", id=site_id, rights={"AU": ["denied"], f"U{sam}": ["public"]})
    await check(f"denied by AU at site {site_id}")
    await portal.call("landing.role.enable", mode=1)
    assert explained()[0]["section"] == ("no", "the user has no role in the section SITES")
    manager = next(role["ID"] for role in await portal.call("landing.role.getList") if role["XML_ID"] == "MANAGER")
    await portal.call("landing.role.setAccessCodes", id=manager, codes=["AU"])
    await check(f"by role {manager} Manager (by AU) at site 0")
    run(f"user set {sam} --admin")
    found, text = explained()
    assert operations(found) == ["read", "edit", "sett", "public", "delete"]
    assert "the user is an administrator" in text
    run(f"user block {sam}")
    assert operations(explained()[0]) == []


async def test_an_invited_user_signs_in_by_a_link(portal: Portal, run: Run) -> None:
    root = (await portal.call("department.get"))[0]["ID"]
    user_id = await portal.call("user.add", EMAIL="kim@example.org", NAME="Kim", UF_DEPARTMENT=[root])
    [link] = run(f"user invite {user_id}")
    assert link.startswith("/sign-in/"), "no server was started on this data"
    assert "Kim" in (await portal.get(f"http://localhost{link}")).text
    [newer] = run(f"user invite {user_id}")
    assert (await portal.get(link)).status_code == 404
    assert (await portal.get(newer)).status_code == 200
    run(f"user block {user_id}")
    assert (await portal.get(newer)).status_code == 404
    assert "blocked" in run(f"user invite {user_id}", status=1)[0]
    assert "no user" in run("user invite 9999", status=1)[0]
