"""How an order of the control plane is declared: its route, its body and its explanation, in one place."""

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
    """What an order is told: from the path, the query and the JSON body alike."""


class Nothing(Body):
    """It is told nothing."""


class Order(NamedTuple):
    """One route of the control plane."""

    verb: str
    path: tuple[str, ...]
    body: type[Body]
    function: Callable[..., Any]
    is_async: bool
    text: str
    is_raw: bool
    """Whether it is told bytes instead of JSON."""

    @property
    def shown_path(self) -> str:
        """The path as people write it."""
        return "/".join(("/_landingpad", *self.path))

    def match(self, verb: str, path: list[str]) -> Mapping[str, str] | None:
        """Return what the path says if this order is meant."""
        if verb != self.verb or len(path) != len(self.path):
            return None
        said: dict[str, str] = {}
        for wanted, given in zip(self.path, path, strict=True):
            if wanted.startswith("{"):
                said[wanted[1:-1]] = given
            elif wanted != given:
                return None
        return said


class Orders:
    """The declared orders."""

    def __init__(self) -> None:
        self._orders: list[Order] = []

    def add(self, verb: str, path: str) -> Callable[[F], F]:
        """Declare the function below as the order `verb path`; its second parameter says what it is told."""

        def declare(function: F) -> F:
            hints = get_type_hints(function)
            body = hints.get("body", Nothing)
            is_raw = "content" in hints
            text = inspect.getdoc(function) or ""
            is_async = inspect.iscoroutinefunction(function)
            parts = tuple(part for part in path.split("/") if part)
            self._orders.append(Order(verb, parts, body, function, is_async, text, is_raw))
            return function

        return declare

    def find(self, verb: str, path: list[str]) -> tuple[Order, Mapping[str, str]] | None:
        """Return the order that is meant, and what its path says."""
        for order in self._orders:
            said = order.match(verb, path)
            if said is not None:
                return order, said
        return None

    def verbs(self, path: list[str]) -> list[str]:
        """Return with which verbs a path is known."""
        return sorted({order.verb for order in self._orders if order.match(order.verb, path) is not None})

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders)


ORDERS = Orders()
order = ORDERS.add
