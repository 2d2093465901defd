"""Many calls in one request: commands that run one after another, each by the one way that every call goes.

A later command may use what an earlier one returned: `$result[site][0][ID]` (how-to-call-rest-api/batch.md).
"""

import re
from collections.abc import Mapping
from typing import Any

from landingpad.errors import ApiError, BadRequest, BatchLengthExceeded, BatchMethodNotAllowed, TypeProblem
from landingpad.rpc.bind import php_type, to_object
from landingpad.rpc.call import Call
from landingpad.rpc.journal import Entry, shortened
from landingpad.rpc.phpquery import BadRequestBody, parse_query
from landingpad.rpc.timing import Stopwatch, time_object

MOST_COMMANDS = 50

_REFERENCE = re.compile(r"\$result((?:\[[^\[\]]*\])+)")
_STEP = re.compile(r"\[([^\[\]]*)\]")
_LONGEST_TEXT = 1_000_000
"""Characters that references may grow a text to: results that double from command to command would fill the memory."""


class Command:
    """One call of a batch."""

    __slots__ = ("method", "params")

    def __init__(self, method: str, params: dict[str, Any]) -> None:
        self.method = method
        self.params = params


async def run_batch(call: Call, commands: Mapping[str, Any], *, halt: bool) -> dict[str, Any]:
    """Run the commands in order and return `result`, `result_error`, `result_total`, `result_next`, `result_time`."""
    results: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    totals: dict[str, Any] = {}
    nexts: dict[str, Any] = {}
    times: dict[str, Any] = {}
    for number, (key, text) in enumerate(commands.items()):
        watch = Stopwatch(call.services.clock.now())
        entry = Entry("", watch.start, in_batch=True)
        entry.called_by(call.portal_id, call.user.id, call.caller.credential)
        try:
            if number >= MOST_COMMANDS:
                raise BatchLengthExceeded(f"{BatchLengthExceeded.text}: a batch has at most {MOST_COMMANDS} commands.")
            command = read_command(text)
            entry.method = command.method
            if not call.runner.may_be_in_batch(command.method):
                raise BatchMethodNotAllowed
            params = fill_in(command.params, results)
            entry.params = shortened(params)
            outcome = await call.runner.run(call.caller, command.method, params, now=watch.start, origin=call.origin)
        except ApiError as error:
            errors[key] = error.body
            entry.ended(error.status, error.code, str(error))
            if halt:
                break
            continue
        finally:
            entry.seconds = watch.elapsed()
            call.runner.note(entry)
        results[key] = outcome.result
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
    """Read `method?query`, or an object with `method` and `params`.

    Raises:
        BadRequest: the query cannot be read.
        TypeProblem: the command is neither.

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


def fill_in(value: Any, results: Mapping[str, Any]) -> Any:
    """Return the parameters with references to earlier results replaced.

    A text that is nothing but one reference becomes what the result is, of whatever type; inside a longer text the
    result is written out. What does not exist is null, or nothing.

    Raises:
        BadRequest: a text grows beyond all measure.

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
    text = _REFERENCE.sub(lambda match: _written(look_up(results, match.group(1))), value)
    if len(text) > _LONGEST_TEXT:
        raise BadRequest(f"References to results make a text of {len(text)} characters; {_LONGEST_TEXT} is the most.")
    return text


def look_up(results: Mapping[str, Any], path: str) -> Any:
    """Return what `[key][name][0]` means; None where there is nothing."""
    found: Any = results
    for step in _STEP.findall(path):
        name = step.strip("'\"")
        if isinstance(found, Mapping):
            found = found.get(name)
        elif isinstance(found, list):
            found = found[int(name)] if name.isdecimal() and int(name) < len(found) else None
        else:
            return None
    return found


def php_array(members: dict[str, Any]) -> dict[str, Any] | list[Any]:
    """Write an array as PHP does: a list if the keys count from 0, also when it is empty."""
    if all(key == str(index) for index, key in enumerate(members)):
        return list(members.values())
    return members


def _written(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)
