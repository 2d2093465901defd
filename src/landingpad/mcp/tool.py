"""What a tool of the MCP server is: a name, typed arguments, a typed answer, and a function between them."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from landingpad.mcp.portal_client import Door


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Base of the arguments of tools. Members that a tool does not know are ignored: assistants guess."""


class ToolAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a tool answers: a text that a model can use, the same as data, and where there is one a picture."""

    text: str
    data: Any = None
    """A Struct of the tool's answer type; None where the tool found nothing or failed."""
    is_error: bool = False
    picture: bytes = b""
    picture_type: str = ""


Run = Callable[[Any, Door | None], Awaitable[ToolAnswer]]
"""The function of a tool: its arguments, and the way to the portal if the client has a token."""


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """One tool."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    answer: type[msgspec.Struct]
    run: Run
    acts: bool = False
    """Whether it needs a token of the portal."""
    reads_only: bool = True

    @property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of the arguments."""
        return object_schema(self.arguments)

    @property
    def output_schema(self) -> dict[str, Any]:
        """The JSON Schema of the answer's data."""
        return object_schema(self.answer)

    async def __call__(self, given: dict[str, Any], door: Door | None) -> ToolAnswer:
        """Run with the arguments that a client sent; null means not given."""
        try:
            arguments = msgspec.convert(
                {name: value for name, value in given.items() if value is not None}, self.arguments, strict=False
            )
        except msgspec.ValidationError as error:
            wanted = ", ".join(self.input_schema["properties"])
            return ToolAnswer(text=f"{self.name}: {error}. It takes {wanted}.", is_error=True)
        return await self.run(arguments, door)


def object_schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return a schema whose root is an object: clients refuse a reference there."""
    (root,), parts = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
    name = root["$ref"].rpartition("/")[2]
    found = {key: value for key, value in parts.pop(name).items() if key not in {"title", "description"}}
    return {**found, "$defs": parts} if parts else found
