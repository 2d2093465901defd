"""The MCP server: the tools, the pages of the reference as resources, and one prompt, served by the SDK.

Importing it takes a second, so it is imported at the first request.
"""

import base64
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from mcp import MCPError, types
from mcp.server.lowlevel import Server

from landingpad import __version__
from landingpad.mcp.portal_client import PortalClient
from landingpad.mcp.portal_tools import portal_tools
from landingpad.mcp.reference_tools import reference_tools
from landingpad.mcp.tool import Tool, ToolAnswer
from landingpad.reference.doc_page import DocPage
from landingpad.reference.library import Library

INSTRUCTIONS = """\
The reference of this portal's REST API (landing.* of Bitrix24 Sites), generated from its code. Look up methods with
bitrix-search and bitrix-method-details instead of guessing names. Check calls with landing-check-call before you write
code. With a token of the portal, landing-call makes calls and landing-render-preview shows pages.
"""
_INTEGRATION = """\
Write a program in {language} that does this on a Landingpad portal (the REST API of Bitrix24 Sites):

{goal}

1. Read the pages below with bitrix-method-details and bitrix-article-details, and the pages that they refer to.
2. Use only methods, parameters and fields that you have read about. Check each call with landing-check-call.
3. Read the webhook's address from the environment; compare `error` codes, not texts; wait and retry at
   QUERY_LIMIT_EXCEEDED; put related calls into a batch.
4. If you have a token, make the calls with landing-call and look at the page with landing-render-preview before you
   deliver the program.

Pages to start with:
{pages}
"""
_SCHEME = "docs://"
_PROMPT = "write-an-integration"
PortalOf = Callable[[Any], PortalClient | None]
"""Function that returns the portal for a request of the transport (None on stdio), or None without a token."""


class McpServer:
    """Handles the requests of the protocol."""

    def __init__(self, library: Library, portal_of: PortalOf) -> None:
        self._library = library
        self._portal_of = portal_of
        self.tools: Sequence[Tool] = [*reference_tools(library), *portal_tools(library)]
        self._by_name = {tool.name: tool for tool in self.tools}
        self.sdk: Server[Any] = Server(
            "landingpad",
            version=__version__,
            title="Landingpad",
            description="Reference and tools for the REST API of Bitrix24 Sites",
            instructions=INSTRUCTIONS,
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_list_resource_templates=self._list_templates,
            on_read_resource=self._read_resource,
            on_list_prompts=self._list_prompts,
            on_get_prompt=self._get_prompt,
        )

    async def _list_tools(self, context: Any, params: Any) -> types.ListToolsResult:  # noqa: ARG002  # one answer lists all tools
        has_token = self._portal_of(context.request) is not None
        return types.ListToolsResult(tools=[_tool(tool) for tool in self.tools if has_token or not tool.needs_token])

    async def _call_tool(self, context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = self._by_name.get(params.name)
        if tool is None:
            raise MCPError(
                types.INVALID_PARAMS, f"There is no tool {params.name!r}. Tools: {', '.join(self._by_name)}."
            )
        return _result(await tool(params.arguments or {}, self._portal_of(context.request)))

    async def _list_resources(self, context: Any, params: Any) -> types.ListResourcesResult:  # noqa: ARG002  # the answer does not depend on the client
        return types.ListResourcesResult(resources=[_resource(page) for page in self._library.pages])

    async def _list_templates(self, context: Any, params: Any) -> types.ListResourceTemplatesResult:  # noqa: ARG002  # the answer does not depend on the client
        template = types.ResourceTemplate(
            name="page",
            title="A page of the reference",
            uri_template=f"{_SCHEME}{{key}}",
            description="A method by name, an article by key, or an event as events/NAME.",
            mime_type="text/markdown",
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def _read_resource(self, context: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:  # noqa: ARG002  # the answer does not depend on the client
        key = params.uri.removeprefix(_SCHEME)
        page = self._library.page(key) if params.uri.startswith(_SCHEME) else None
        if page is None:
            near = ", ".join(f"{_SCHEME}{name}" for name in self._library.near(key))
            raise MCPError(types.INVALID_PARAMS, f"There is no resource {params.uri!r}. Similar: {near or 'none'}.")
        content = types.TextResourceContents(uri=params.uri, mime_type="text/markdown", text=page.text)
        return types.ReadResourceResult(contents=[content])

    async def _list_prompts(self, context: Any, params: Any) -> types.ListPromptsResult:  # noqa: ARG002  # the answer does not depend on the client
        prompt = types.Prompt(
            name=_PROMPT,
            title="Write an integration",
            description="Write a program for this portal's API from its reference, with checked calls.",
            arguments=[
                types.PromptArgument(name="goal", description="What the program should do.", required=True),
                types.PromptArgument(name="language", description="Programming language; Python by default."),
            ],
        )
        return types.ListPromptsResult(prompts=[prompt])

    async def _get_prompt(self, context: Any, params: types.GetPromptRequestParams) -> types.GetPromptResult:  # noqa: ARG002  # the answer does not depend on the client
        given = params.arguments or {}
        goal = given.get("goal", "").strip()
        if params.name != _PROMPT or not goal:
            raise MCPError(types.INVALID_PARAMS, f"The only prompt is {_PROMPT}; it requires the argument goal.")
        found = [hit.page for hit in self._library.search.find(goal, most=6)]
        start = "\n".join(f"- {page.key}: {page.summary}" for page in found) or "- methods-index: all methods"
        text = _INTEGRATION.format(language=given.get("language") or "Python", goal=goal, pages=start)
        message = types.PromptMessage(role="user", content=types.TextContent(text=text))
        return types.GetPromptResult(description=f"Write an integration: {goal[:80]}", messages=[message])


def _tool(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=tool.reads_only,
            destructive_hint=not tool.reads_only,
            idempotent_hint=tool.reads_only,
            open_world_hint=False,
        ),
    )


def _result(answer: ToolAnswer) -> types.CallToolResult:
    content: list[Any] = [types.TextContent(text=answer.text)]
    if answer.picture:
        picture = base64.b64encode(answer.picture).decode()
        content.append(types.ImageContent(data=picture, mime_type=answer.picture_type))
    data = None if answer.data is None else msgspec.to_builtins(answer.data)
    return types.CallToolResult(content=content, structured_content=data, is_error=answer.is_error)


def _resource(page: DocPage) -> types.Resource:
    return types.Resource(
        name=page.key,
        title=page.title,
        uri=f"{_SCHEME}{page.key}",
        description=page.summary,
        mime_type="text/markdown",
        size=len(page.text.encode()),
    )
