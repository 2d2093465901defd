"""Declare a method of the API once: its name, parameters, rights and errors.

From the declaration come the route, the binding of parameters, the rights check, the reference and the coverage table.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from landingpad.domain.people.rights import Right
from landingpad.errors import AccessDenied, ApiError, MissingParams, TypeProblem
from landingpad.rpc.bind import NO_DEFAULT, Binder, Parameter

OWN = "landingpad."
"""Begins the names of the methods that the public documentation does not have, and of no others."""
_SITES = "landing"


@dataclass(frozen=True)
class Doc:
    """What a parameter means, for the reference; `see` names the method that gives such values."""

    text: str
    see: str = ""


@dataclass(frozen=True)
class Wire:
    """The name of a parameter on the wire, where it is not the name in Python."""

    name: str


class Runs(Enum):
    """Where the function of a method runs."""

    READ = "read"
    """In one reading transaction, in a reader thread."""
    ROW = "row"
    """A read of one indexed row: on the event loop, where that costs microseconds."""
    WRITE = "write"
    """In one writing transaction from beginning to end."""
    FREE = "free"
    """Without a transaction of its own: an async function, or one that touches no rows."""


@dataclass(frozen=True)
class Method:
    """One declared method."""

    name: str
    function: Callable[..., Any]
    runs: Runs
    needs: Right | None
    raises: tuple[type[ApiError], ...]
    scope: str
    parameters: tuple[Parameter, ...]
    binder: Binder
    summary: str
    is_async: bool
    doc: str = ""
    allowed_errors: frozenset[type[ApiError]] = field(default_factory=frozenset)
    scopes: frozenset[str] = frozenset()
    """Every scope that gives access, `scope` among them."""
    apps_only: type[ApiError] | None = None
    in_batch: bool = True
    metered: bool = True
    any_case: bool = False
    takes_more: bool = False
    takes_files: bool = False
    known_names: frozenset[str] = frozenset()
    """The wire names of its parameters."""

    @property
    def is_own(self) -> bool:
        """Whether the method is Landingpad's own: the public documentation has no page of it."""
        return not self.doc

    @property
    def takes_site_types(self) -> bool:
        """Whether the parameter `scope` names the type of the sites that a call is about."""
        return _SITES in self.scopes


class Registry:
    """The declared methods, found without regard to case."""

    def __init__(self) -> None:
        self._methods: dict[str, Method] = {}
        self._by_spelling: dict[str, Method] = {}

    def add(self, method: Method) -> None:
        """Add one method.

        Raises:
            ValueError: the name is taken.

        """
        key = method.name.lower()
        if key in self._methods:
            raise ValueError(f"{method.name} is declared twice")
        self._methods[key] = method
        self._by_spelling.clear()

    def find(self, name: str) -> Method | None:
        """Return the method of this name in any case, or None."""
        found = self._by_spelling.get(name)
        if found is None:
            found = self._methods.get(name.lower())
            if found is not None:
                self._by_spelling[name] = found  # at most as many as there are spellings of declared names in use
                if len(self._by_spelling) > 10 * len(self._methods):
                    self._by_spelling.clear()
        return found

    def __iter__(self) -> Iterator[Method]:
        return iter(sorted(self._methods.values(), key=lambda method: method.name.lower()))

    def __len__(self) -> int:
        return len(self._methods)


REGISTRY = Registry()


def method(
    name: str,
    *,
    needs: Right | None = None,
    runs: Runs = Runs.READ,
    raises: Iterable[type[ApiError]] = (),
    scope: str | None = None,
    or_scopes: Iterable[str] = (),
    any_case: bool = False,
    apps_only: type[ApiError] | None = None,
    in_batch: bool = True,
    metered: bool = True,
    takes_more: bool = False,
    takes_files: bool = False,
    doc: str = "",
    registry: Registry = REGISTRY,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the function below as the method `name`.

    Args:
        name: as the documentation spells it.
        needs: the right that the function must have checked before it returns; None: anyone with a valid token.
        runs: in which kind of transaction.
        raises: the documented errors beside the system ones.
        scope: REST scope that the token must have; by default the first part of the name ("landing" for
            `landingpad.`), "" for none.
        or_scopes: scopes that do instead of `scope`.
        any_case: take parameter names without regard to case, as the general methods do.
        apps_only: the error for a call that no application makes; None: webhooks may call it, too.
        in_batch: whether it may be a command of a batch.
        metered: whether its running time counts.
        takes_more: whether parameters that are not declared have a meaning, too.
        takes_files: whether a file of a form may be the value of a parameter.
        doc: page of the public documentation that the behaviour comes from; without one the method is our own, and
            its name begins with `landingpad.`.
        registry: where to add it.

    Raises:
        ValueError: the name and `doc` do not agree on whether the method is our own, or the name is taken.
        TypeError: an async function is to run inside a transaction.

    """
    _check_origin(name, doc)

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        is_async = inspect.iscoroutinefunction(function)
        if is_async and runs is not Runs.FREE:
            raise TypeError(f"{name}: an async function cannot run inside a transaction; declare Runs.FREE")
        parameters = tuple(_parameters(function))
        errors = (*raises, *((apps_only,) if apps_only is not None else ()))
        if needs is not None and AccessDenied not in errors:
            errors = (*errors, AccessDenied)  # so `Call.may` answers without any right to the section
        first = _SITES if not doc else name.split(".", maxsplit=1)[0].lower()
        required = first if scope is None else scope
        registry.add(
            Method(
                name=name,
                function=function,
                runs=runs,
                needs=needs,
                raises=errors,
                scope=required,
                parameters=parameters,
                binder=Binder(parameters, any_case=any_case),
                summary=inspect.getdoc(function) or "",
                is_async=is_async,
                doc=doc,
                allowed_errors=frozenset({*errors, MissingParams, TypeProblem}),
                scopes=frozenset({required, *or_scopes}),
                apps_only=apps_only,
                in_batch=in_batch,
                metered=metered,
                any_case=any_case,
                takes_more=takes_more,
                takes_files=takes_files,
                known_names=frozenset(parameter.wire for parameter in parameters),
            )
        )
        return function

    return declare


def _check_origin(name: str, doc: str) -> None:
    is_own = name.lower().startswith(OWN)
    if doc and is_own:
        raise ValueError(
            f"{name}: names that begin with `{OWN}` are for Landingpad's own methods, which the public documentation "
            "does not have. Leave `doc` out, or give the method its documented name."
        )
    if not doc and not is_own:
        raise ValueError(
            f"{name}: a method needs `doc=`, its page in the public documentation. If it has none, it is Landingpad's "
            f"own, and its name must begin with `{OWN}`."
        )


def _parameters(function: Callable[..., Any]) -> Iterable[Parameter]:
    hints = get_type_hints(function, include_extras=True)
    names = iter(inspect.signature(function).parameters.values())
    next(names)  # the call itself
    for parameter in names:
        annotation = hints[parameter.name]
        wire, doc = parameter.name, Doc("")
        if get_origin(annotation) is Annotated:
            annotation, *extras = get_args(annotation)
            for extra in extras:
                if isinstance(extra, Wire):
                    wire = extra.name
                elif isinstance(extra, Doc):
                    doc = extra
                elif isinstance(extra, msgspec.Meta):
                    annotation = Annotated[annotation, extra]
        default = NO_DEFAULT if parameter.default is inspect.Parameter.empty else parameter.default
        yield Parameter(name=parameter.name, wire=wire, type=annotation, default=default, text=doc.text, see=doc.see)
