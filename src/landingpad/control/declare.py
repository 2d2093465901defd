"""Declaration of orders of the control plane: route, parameters and explanation in one place."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar, get_type_hints

import msgspec

F = TypeVar("F", bound=Callable[..., Any])


class ControlError(Exception):
    """An order that cannot be carried out; the text says why."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Parameters of an order, merged from path, query and JSON body."""


class NoParameters(Body):
    """An order without parameters."""


class Order(NamedTuple):
    """One route of the control plane."""

    verb: str
    path: tuple[str, ...]
    body: type[Body]
    function: Callable[..., Any]
    is_async: bool
    text: str
    is_raw: bool
    """Whether it takes bytes instead of JSON."""

    @property
    def shown_path(self) -> str:
        """The path with placeholders, for people."""
        return "/".join(("/_landingpad", *self.path))

    def arguments(self, given: Mapping[str, Any] | bytes) -> tuple[Any, ...]:
        """Return what its function takes besides the kit, from parameters by name or the bytes of a file.

        Raises:
            ControlError: a parameter is missing, unknown or of another type.

        """
        if isinstance(given, bytes):
            return (given,)
        try:
            body = msgspec.convert(given, self.body, strict=False)
        except msgspec.ValidationError as error:
            raise ControlError(str(error)) from error
        return (body,) if "body" in self.function.__annotations__ else ()

    def match(self, verb: str, path: list[str]) -> Mapping[str, str] | None:
        """Return the parameters in the path, or None if the path is not that of this order."""
        if verb != self.verb or len(path) != len(self.path):
            return None
        parameters: dict[str, str] = {}
        for expected, given in zip(self.path, path, strict=True):
            if expected.startswith("{"):
                parameters[expected[1:-1]] = given
            elif expected != given:
                return None
        return parameters


class Orders:
    """The declared orders."""

    def __init__(self) -> None:
        self._orders: list[Order] = []

    def add(self, verb: str, path: str) -> Callable[[F], F]:
        """Declare the function below as the order `verb path`; its second parameter declares the parameters."""

        def declare(function: F) -> F:
            hints = get_type_hints(function)
            body = hints.get("body", NoParameters)
            is_raw = "content" in hints
            text = inspect.getdoc(function) or ""
            is_async = inspect.iscoroutinefunction(function)
            parts = tuple(part for part in path.split("/") if part)
            self._orders.append(Order(verb, parts, body, function, is_async, text, is_raw))
            return function

        return declare

    def find(self, verb: str, path: list[str]) -> tuple[Order, Mapping[str, str]] | None:
        """Return the order at a path and the parameters in the path, or None."""
        for order in self._orders:
            parameters = order.match(verb, path)
            if parameters is not None:
                return order, parameters
        return None

    def of(self, function: Callable[..., Any]) -> Order:
        """Return the order that a function declares."""
        return next(order for order in self if order.function is function)

    def verbs(self, path: list[str]) -> list[str]:
        """Return the verbs of the orders at a path."""
        return sorted({order.verb for order in self._orders if order.match(order.verb, path) is not None})

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders)


ORDERS = Orders()
order = ORDERS.add
