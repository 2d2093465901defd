"""Declaration of a method of the API: its name, parameters, rights and errors.

Route, binding of parameters, rights check, reference and coverage table all follow from the declaration.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from landingpad.domain.people.rights import Right
from landingpad.errors import ApiError
from landingpad.errors.calls import AccessDenied, MissingParams, TypeProblem
from landingpad.rpc.bind import NO_DEFAULT, Binder, Parameter

OWN = "landingpad."
"""Prefix of our own methods, which the public documentation does not have; no other method has it."""
_SITES = "landing"


@dataclass(frozen=True)
class Doc:
    """Meaning of a parameter for the reference; `see` names a method that returns such values."""

    text: str
    see: str = ""


@dataclass(frozen=True)
class Wire:
    """Wire name of a parameter, where it differs from its Python name."""

    name: str


class Runs(Enum):
    """Thread and transaction in which a method runs."""

    READ = "read"
    """In a reading transaction, in a reader thread."""
    ROW = "row"
    """Reads one indexed row: on the event loop if that costs microseconds, else like READ."""
    WRITE = "write"
    """In one writing transaction."""
    FREE = "free"
    """Without a transaction: an async function, or one that reads no rows."""


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
    """All scopes that give access, including `scope`."""
    apps_only: type[ApiError] | None = None
    in_batch: bool = True
    metered: bool = True
    any_case: bool = False
    takes_more: bool = False
    takes_files: bool = False
    known_names: frozenset[str] = frozenset()
    """Wire names of the parameters."""

    @property
    def is_own(self) -> bool:
        """True for our own methods, which have no page in the public documentation."""
        return not self.doc

    @property
    def takes_site_types(self) -> bool:
        """True if the parameter `scope` selects the type of sites."""
        return _SITES in self.scopes


class Registry:
    """The declared methods, looked up case-insensitively."""

    def __init__(self) -> None:
        self._methods: dict[str, Method] = {}
        self._by_spelling: dict[str, Method] = {}

    def add(self, method: Method) -> None:
        """Add one method.

        Raises:
            ValueError: the method is already declared.

        """
        key = method.name.lower()
        if key in self._methods:
            raise ValueError(f"{method.name} is declared twice")
        self._methods[key] = method
        self._by_spelling.clear()

    def find(self, name: str) -> Method | None:
        """Return the method with this name, case-insensitively, or None."""
        found = self._by_spelling.get(name)
        if found is None:
            found = self._methods.get(name.lower())
            if found is not None:
                self._by_spelling[name] = found  # holds only spellings of declared names
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
    more: Iterable[Parameter] = (),
    doc: str = "",
    registry: Registry = REGISTRY,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the function below as the method `name`.

    Args:
        name: spelling of the documentation.
        needs: right that the function must check before it returns; None: any valid token may call.
        runs: thread and transaction.
        raises: documented errors, without the system errors.
        scope: REST scope required of the token; by default the first part of the name ("landing" for
            `landingpad.`), "" for none.
        or_scopes: scopes accepted instead of `scope`.
        any_case: match parameter names case-insensitively, as the general methods do.
        apps_only: error for calls by webhooks; None: webhooks may call the method.
        in_batch: whether a batch may call it.
        metered: whether its running time counts.
        takes_more: whether undeclared parameters have a meaning.
        takes_files: whether a parameter may be a file of a form.
        more: further parameters, for a function that takes them all as keyword arguments (`**given`).
        doc: page of the public documentation; "" for our own methods, whose names begin with `landingpad.`.
        registry: registry to add it to.

    Raises:
        ValueError: name and `doc` disagree on whether the method is our own, or the method is already declared.
        TypeError: an async function is declared with a transaction.

    """
    _check_origin(name, doc)

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        is_async = inspect.iscoroutinefunction(function)
        if is_async and runs is not Runs.FREE:
            raise TypeError(f"{name}: an async function cannot run inside a transaction; declare Runs.FREE")
        parameters = (*_parameters(function), *more)
        errors = (*raises, *((apps_only,) if apps_only is not None else ()))
        if needs is not None and AccessDenied not in errors:
            errors = (*errors, AccessDenied)  # raised by Call.may for callers without access to the section
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
    next(names)  # skip `call`
    for parameter in names:
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            continue
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
