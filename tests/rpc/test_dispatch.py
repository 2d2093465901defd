"""Dispatch: methods behave as declared, and violations are reported."""

from typing import Annotated, Any

import pytest

from landingpad.domain.people.rights import Right
from landingpad.errors import ApiError
from landingpad.errors.calls import AccessDenied, InternalServerError
from landingpad.errors.site import SiteNotFound
from landingpad.rpc.call import Call, Caller
from landingpad.rpc.declare import Doc, Registry, Runs, Wire, method
from landingpad.rpc.dispatch import DeclarationBrokenError, Dispatcher
from landingpad.store.records import PortalRow, User
from support.portal import Portal


def caller(portal: Portal, *scopes: str) -> Caller:
    record = PortalRow(portal.id, "localhost", "t", "m", "active", "UTC", "en", 0)
    user = User(portal.admin_id, portal.id, "a", "A", "", "", is_admin=True, is_active=True)
    return Caller(record, user, frozenset(scopes), "webhook:1")


async def run(portal: Portal, registry: Registry, name: str, *, prove: bool = True, **params: Any) -> Any:
    dispatcher = Dispatcher(registry, portal.parts.services, prove_declarations=prove)
    return (await dispatcher.run(caller(portal, "landing"), name, params, now=1.0)).result


async def test_parameters_are_bound_by_their_wire_names(portal: Portal) -> None:
    registry = Registry()

    @method("landingpad.test.echo", runs=Runs.FREE, registry=registry)
    def echo(
        call: Call,
        number: Annotated[int, Wire("ID"), Doc("A number.")],
        flag: Annotated[bool, Doc("A flag.")] = False,
        many: Annotated[list[int] | None, Doc("Numbers.")] = None,
    ) -> list[Any]:
        """Return the arguments."""
        return [number, flag, many]

    assert await run(portal, registry, "LANDINGPAD.Test.ECHO", ID="5", flag="Y", many={"0": "1", "1": 2}) == [
        5,
        True,
        [1, 2],
    ]
    assert await run(portal, registry, "landingpad.test.echo", ID=5.0, flag=None) == [5, False, None]


async def test_development_reports_undeclared_errors(portal: Portal) -> None:
    registry = Registry()

    @method("landingpad.test.lies", raises=[AccessDenied], registry=registry)
    def lies(call: Call) -> None:
        """Raise an undeclared error."""
        raise SiteNotFound

    with pytest.raises(InternalServerError, match="SITE_NOT_FOUND"):
        await run(portal, registry, "landingpad.test.lies")
    with pytest.raises(SiteNotFound):
        await run(portal, registry, "landingpad.test.lies", prove=False)


async def test_an_unchecked_right_is_reported_and_rolls_back(portal: Portal) -> None:
    registry = Registry()
    site_id = await portal.site()

    @method("landingpad.test.careless", needs=Right.EDIT, runs=Runs.WRITE, registry=registry)
    def careless(call: Call) -> bool:
        """Change a row without checking the right."""
        from landingpad.store.tables.site import sites  # noqa: PLC0415

        call.tx.update(sites, call.portal_id, site_id, title="careless")
        return True

    with pytest.raises(DeclarationBrokenError, match="needs edit"):
        await run(portal, registry, "landingpad.test.careless")
    assert (await portal.call("landing.site.getList"))[0]["TITLE"] == "Acme"


async def test_a_method_cannot_be_declared_twice() -> None:
    registry = Registry()

    def declare() -> None:
        @method("landingpad.test.twice", registry=registry)
        def twice(call: Call) -> None:
            """Do nothing."""

    declare()
    with pytest.raises(ValueError, match="declared twice"):
        declare()


@pytest.mark.parametrize(
    ("name", "doc", "sentence"),
    [
        ("landing.test.own", "", "must begin with `landingpad.`"),
        ("landingpad.test.claims", "api-reference/test.md", "Leave `doc` out"),
        ("LandingPad.test.claims", "api-reference/test.md", "Leave `doc` out"),
    ],
)
def test_a_name_says_whether_a_method_is_our_own(name: str, doc: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: .*{sentence}"):
        method(name, doc=doc, registry=Registry())


def test_an_own_method_has_the_scope_of_sites_unless_it_names_another() -> None:
    registry = Registry()

    def nothing(call: Call) -> None:
        """Do nothing."""

    method("landingpad.test.sites", registry=registry)(nothing)
    method("landingpad.test.user", scope="user", registry=registry)(nothing)
    found = [(each.is_own, each.scope, each.takes_site_types) for each in registry]
    assert found == [(True, "landing", True), (True, "user", False)]


async def test_a_defect_is_logged_with_the_id_that_the_caller_sees(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("landingpad.store.site.sites.preview_row", broken)
    response = await portal.answer("landing.site.getPreview", {"id": 1})
    assert response.status_code == 500
    body = response.json()
    assert body["error"] == "INTERNAL_SERVER_ERROR"
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    request_id = body["error_description"].rpartition("request ")[2].rstrip(")")
    assert len(request_id) == 36


def test_every_error_has_a_code_a_status_and_a_text() -> None:
    def below(kind: type[ApiError]) -> list[type[ApiError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in below(child))]

    for error in below(ApiError):
        if "code" in error.__dict__:
            assert error.code
            assert error.text
            assert 400 <= error.status <= 599
