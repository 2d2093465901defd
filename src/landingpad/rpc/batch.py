"""Batches: commands of one request, run in order through the dispatcher like single calls.

A command may use an earlier result: `$result[site][0][ID]` (how-to-call-rest-api/batch.md).
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from landingpad.errors import ApiError
from landingpad.errors.calls import BadRequest, BatchLengthExceeded, BatchMethodNotAllowed, TypeProblem
from landingpad.rpc.bind import php_type, to_object
from landingpad.rpc.call import Call
from landingpad.rpc.journal import CallRecord, shortened
from landingpad.rpc.long_list import MOST_AS_A_WHOLE, LongList
from landingpad.rpc.phpquery import BadRequestBody, parse_query
from landingpad.rpc.timing import Stopwatch, time_object

MOST_COMMANDS = 50

_READ_AT_ONCE = 64 * 1024
"""Commands up to this length are parsed on the event loop; longer ones in a thread."""
_REFERENCE = re.compile(r"\$result((?:\[[^\[\]]*\])+)")
_INDEX = re.compile(r"[0-9]{1,9}")
_STEP = re.compile(r"\[([^\[\]]*)\]")
_LONGEST_TEXT = 1_000_000
"""Largest text in characters after references are replaced; results that double per command would fill the memory."""


class Command:
    """One command of a batch."""

    __slots__ = ("method", "params")

    def __init__(self, method: str, params: dict[str, Any]) -> None:
        self.method = method
        self.params = params


async def run_batch(call: Call, commands: Mapping[str, Any], *, halt: bool) -> dict[str, Any]:
    """Run the commands in order and return `result`, `result_error`, `result_total`, `result_next`, `result_time`."""
    too_many = BatchLengthExceeded(f"{BatchLengthExceeded.text}: a batch has at most {MOST_COMMANDS} commands.")
    results: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    totals: dict[str, Any] = {}
    nexts: dict[str, Any] = {}
    times: dict[str, Any] = {}
    room = MOST_AS_A_WHOLE
    for number, (key, text) in enumerate(commands.items()):
        if number > MOST_COMMANDS:  # the first one too many is in the journal; the others have the same error
            errors[key] = too_many.body
            continue
        watch = Stopwatch(call.services.clock.now())
        entry = CallRecord("", watch.start, in_batch=True)
        entry.set_caller(call.portal_id, call.user.id, call.caller.credential)
        try:
            if number >= MOST_COMMANDS:
                raise too_many
            is_large = isinstance(text, str) and len(text) > _READ_AT_ONCE
            command = await asyncio.to_thread(read_command, text) if is_large else read_command(text)
            entry.method = command.method
            if not call.runner.may_be_in_batch(command.method):
                raise BatchMethodNotAllowed
            if has_references(command.params):
                await _load(results)
            params = fill_in(command.params, results)
            entry.params = shortened(params)
            outcome = await call.runner.run(call.caller, command.method, params, now=watch.start, origin=call.origin)
            result = outcome.result
            if isinstance(result, LongList):
                result = msgspec.Raw(result.whole(room))
                room -= len(result)
        except ApiError as error:
            errors[key] = error.body
            entry.set_error(error.status, error.code, str(error))
            if halt:
                break
            continue
        finally:
            entry.seconds = watch.elapsed()
            call.runner.note(entry)
        results[key] = result
        times[key] = time_object(watch, call.caller.portal.time_zone, outcome)
        if outcome.paging is not None:
            totals[key] = outcome.paging.get("total", 0)
            if "next" in outcome.paging:
                nexts[key] = outcome.paging["next"]
    return {
        "result": php_array(results),
        "result_error": php_array(errors),
        "result_total": php_array(totals),
        "result_next": php_array(nexts),
        "result_time": php_array(times),
    }


def read_command(value: Any) -> Command:
    """Parse `method?query`, or an object with `method` and `params`.

    Raises:
        BadRequest: the query cannot be parsed.
        TypeProblem: the command has neither form.

    """
    if isinstance(value, str):
        method, _, query = value.partition("?")
        try:
            return Command(method.strip(" /"), parse_query(query))
        except BadRequestBody as error:
            raise BadRequest(str(error)) from error
    if isinstance(value, dict) and isinstance(value.get("method"), str):
        try:
            return Command(value["method"].strip(" /"), to_object(value.get("params") or {}))
        except TypeError as error:
            raise TypeProblem(f'Member "params" of a command {error}') from error
    raise TypeProblem(f"A command must be of type string, {php_type(value)} given: write it as method?name=value")


def has_references(value: Any) -> bool:
    """Return whether parameters refer to earlier results."""
    if isinstance(value, dict):
        return any(map(has_references, value.values()))
    if isinstance(value, list):
        return any(map(has_references, value))
    return isinstance(value, str) and "$result" in value


async def _load(results: dict[str, Any]) -> None:
    """Decode the long lists among the results, in a thread."""
    for key, result in results.items():
        if isinstance(result, msgspec.Raw):
            results[key] = await asyncio.to_thread(msgspec.json.decode, result)


def fill_in(value: Any, results: Mapping[str, Any]) -> Any:
    """Return the parameters with references to earlier results replaced.

    A text that consists of one reference becomes the result itself, keeping its type; inside a longer text the result
    is inserted as text. An unknown reference becomes null, or an empty text inside a longer one.

    Raises:
        BadRequest: a text becomes too long.

    """
    if isinstance(value, dict):
        return {key: fill_in(member, results) for key, member in value.items()}
    if isinstance(value, list):
        return [fill_in(member, results) for member in value]
    if not isinstance(value, str) or "$result" not in value:
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole is not None:
        return look_up(results, whole.group(1))
    room = _LONGEST_TEXT

    def written(reference: re.Match[str]) -> str:
        nonlocal room
        text = _written(look_up(results, reference.group(1)))
        room -= len(text)
        if room < 0:
            raise BadRequest(f"References to results make a text of more than {_LONGEST_TEXT} characters.")
        return text

    return _REFERENCE.sub(written, value)


def look_up(results: Mapping[str, Any], path: str) -> Any:
    """Return the value at `[key][name][0]`, or None."""
    found: Any = results
    for step in _STEP.findall(path):
        name = step.strip("'\"")
        if isinstance(found, Mapping):
            found = found.get(name)
        elif isinstance(found, list):
            found = found[int(name)] if _INDEX.fullmatch(name) and int(name) < len(found) else None
        else:
            return None
    return found


def php_array(members: dict[str, Any]) -> dict[str, Any] | list[Any]:
    """Return an array as PHP encodes it: a list if the keys count from 0 or there are no keys."""
    if all(key == str(index) for index, key in enumerate(members)):
        return list(members.values())
    return members


def _written(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)
