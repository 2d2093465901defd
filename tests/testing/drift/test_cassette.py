"""Content of cassettes, and the removal of secrets."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from landingpad.testing.drift import cassette
from landingpad.testing.drift.cassette import CassetteError, Exchange, RecordedAnswer, RecordedRequest, Writer, read


def exchange(method: str, params: dict[str, Any], body: Any) -> Exchange:
    return Exchange(
        RecordedRequest(
            verb="POST", method=method, credential="webhook", content_type="application/json", params=params
        ),
        RecordedAnswer(status=200, content_type="application/json", body=body),
    )


def test_a_written_cassette_is_read(tmp_path: Path) -> None:
    first = exchange("landing.site.getList", {"params": {"filter": {"ID": 1}}}, {"result": [{"ID": "1"}]})
    second = exchange("landing.site.add", {}, "<html>")
    writer = Writer(tmp_path / "new" / "a.jsonl", portal_host="acme.example", recorded="2026-01-01")
    writer.add(first, [])
    writer.add(second, [])
    assert list(read(writer.path)) == [first, second]
    assert writer.count == 2


def test_no_secret_is_written(tmp_path: Path) -> None:
    """Neither in the request nor in its answer or a later one."""
    writer = Writer(tmp_path / "a.jsonl", portal_host="acme.example", recorded="")
    body = {"result": "https://shop.acme.example/?mail=ann@corp.example&key=w3bh00kcode", "member_id": "m3mb3r"}
    writer.add(exchange("landing.site.getPublicUrl", {"client_secret": "s3cr3t", "id": 1}, body), ["w3bh00kcode"])
    writer.add(exchange("app.info", {}, {"result": {"a": "w3bh00kcode", "access_token": "t0k3n"}}), [])
    text = writer.path.read_text()
    for secret in ("w3bh00kcode", "s3cr3t", "t0k3n", "m3mb3r", "acme.example", "ann@corp.example"):
        assert secret not in text, secret
    found = list(read(writer.path))
    assert found[0].request.params == {"client_secret": "***", "id": 1}
    assert found[0].response.body["result"] == "https://shop.portal.example/?mail=person@portal.example&key=***"


def test_personal_data_is_removed(tmp_path: Path) -> None:
    """Ids, flags and dates stay, because they show the shape of answers; names are removed."""
    writer = Writer(tmp_path / "a.jsonl", portal_host="acme.example", recorded="")
    person = {"ID": "7", "NAME": "Ann", "ACTIVE": True, "IS_ADMIN": "Y", "LAST_LOGIN": "2026-01-01T10:00:00+03:00"}
    writer.add(exchange("user.get", {}, {"result": [person], "time": {"date_start": "2026-01-01"}}), [])
    kept = next(iter(read(writer.path))).response.body
    assert kept == {"result": [{**person, "NAME": "***"}], "time": {"date_start": "2026-01-01"}}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "this is not a cassette of format 1"),
        (b"{", "the first line is not JSON"),
        (b'{"log": {}}\n', "this is not a cassette of format 1"),
        (b'{"landingpad_cassette": 2}\n', "this is not a cassette of format 1"),
        (b'{"landingpad_cassette": 1}\n{"request": 5}\n', "line 2: "),
    ],
)
def test_invalid_cassettes_are_refused_with_a_reason(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(CassetteError, match=problem):
        list(read(path))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="No such file"):
        list(read(tmp_path / "none.jsonl"))


def test_exchanges_are_json_that_people_can_read() -> None:
    """The names of the format are documented."""
    written = msgspec.to_builtins(exchange("scope", {}, {"result": []}))
    assert cassette.FORMAT == 1
    assert set(written) == {"request", "response"}
    assert set(written["request"]) == {"verb", "method", "credential", "content_type", "params"}
    assert set(written["response"]) == {"status", "content_type", "body"}
