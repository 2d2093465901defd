"""A tool of the MCP server: name, description, typed arguments, typed answer, and a function."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from landingpad.mcp.portal_client import PortalClient


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Base of the arguments of tools; unknown members are ignored, because assistants guess."""


class ToolAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of a tool: a text for the model, the same content as data, and sometimes a picture."""

    text: str
    data: Any = None
    """A Struct of the tool's answer type, or None if the tool found nothing or failed."""
    is_error: bool = False
    picture: bytes = b""
    picture_type: str = ""


Run = Callable[[Any, PortalClient | None], Awaitable[ToolAnswer]]
"""The function of a tool; its second argument is None if the client has no token."""


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A tool of the MCP server."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    answer: type[msgspec.Struct]
    run: Run
    needs_token: bool = False
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

    async def __call__(self, given: dict[str, Any], portal: PortalClient | None) -> ToolAnswer:
        """Run the tool with the arguments of a client; null counts as not given."""
        try:
            arguments = msgspec.convert(
                {name: value for name, value in given.items() if value is not None}, self.arguments, strict=False
            )
        except msgspec.ValidationError as error:
            wanted = ", ".join(self.input_schema["properties"])
            return ToolAnswer(text=f"{self.name}: {error}. It takes {wanted}.", is_error=True)
        return await self.run(arguments, portal)


def object_schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the JSON Schema of a struct with an object as root, because clients refuse a reference there."""
    (root,), parts = msgspec.json.schema_components([struct], ref_template="#/$defs/{name}")
    name = root["$ref"].rpartition("/")[2]
    found = {key: value for key, value in parts.pop(name).items() if key not in {"title", "description"}}
    return {**found, "$defs": parts} if parts else found
