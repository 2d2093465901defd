"""Parameters as JSON, forms, queries and multipart, as recorded from real clients."""

import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landingpad.http.params import MalformedJson, decode_params
from landingpad.media.upload import UploadedFile
from landingpad.rpc.phpquery import MAX_DEPTH, MAX_PAIRS, BadRequestBody, parse_query

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = 'multipart/form-data; boundary="XX"'


def decode(body: bytes, content_type: str = JSON, query: bytes = b"") -> dict[str, Any]:
    return decode_params(query=query, content_type=content_type, body=body)


@pytest.mark.parametrize(
    ("body", "params"),
    [
        (b"", {}),
        (b"  \n", {}),
        (b"{}", {}),
        (b"[]", {}),
        (b"null", {}),
        (b'["a",{"b":1}]', {"0": "a", "1": {"b": 1}}),
        (b'{"id":5,"params":{"select":["ID"]}}', {"id": 5, "params": {"select": ["ID"]}}),
        ('{"t":"Übersicht – Сайт"}'.encode(), {"t": "Übersicht – Сайт"}),
        (b'{"t":"a\\u0000b"}', {"t": "ab"}),  # databases cannot store NUL
    ],
)
def test_json_body(body: bytes, params: dict[str, Any]) -> None:
    assert decode(body) == params


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "text/json", "a/b+json"]
)
def test_json_under_its_labels(content_type: str) -> None:
    assert decode(b'{"id":1}', content_type) == {"id": 1}


@pytest.mark.parametrize("content_type", ["", "text/plain;charset=UTF-8"])
def test_text_plain_is_a_form(content_type: str) -> None:
    """BX24.js sends forms as text/plain."""
    body = b"auth=T&&&params[select][0]=ID&"
    assert decode(body, content_type) == {"auth": "T", "params": {"select": ["ID"]}}


@pytest.mark.parametrize("content_type", ["", "text/plain;charset=UTF-8"])
@pytest.mark.parametrize("body", [b' {"id":1}', b"[]", b'\xef\xbb\xbf{"id":1}'])
def test_json_as_text_plain_is_refused(content_type: str, body: bytes) -> None:
    """A portal takes it for a form and finds no parameters."""
    with pytest.raises(MalformedJson, match="Send the header Content-Type: application/json"):
        decode(body, content_type)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'\xef\xbb\xbf{"id":1}', "begins with a byte order mark"),
        (b'{"a":"\xcf\xf0\xe8"}', "is not UTF-8"),
        ('{"a":1}'.encode("utf-16"), "is not JSON"),
    ],
)
@pytest.mark.parametrize("content_type", [JSON, "application/json; charset=windows-1251"])
def test_json_is_utf8_without_byte_order_mark(body: bytes, text: str, content_type: str) -> None:
    with pytest.raises(MalformedJson, match=text):
        decode(body, content_type)


@pytest.mark.parametrize(
    ("charset", "value", "text"),
    [
        ("", "Привет Ä".encode(), "Привет Ä"),
        ("; charset=UTF-8", "Привет Ä".encode(), "Привет Ä"),
        ("; charset=us-ascii", b"a", "a"),
        ("; charset=windows-1251", "Привет".encode("cp1251"), "Привет"),
        ('; Charset="CP1251"', "Привет".encode("cp1251"), "Привет"),
        ("; charset=ISO-8859-1", "Größe".encode("latin-1"), "Größe"),
        ("; charset=latin1", "Größe".encode("latin-1"), "Größe"),
        ("; charset=windows-1252", "5 €".encode("cp1252"), "5 €"),
    ],
)
def test_forms_are_read_by_their_charset(charset: str, value: bytes, text: str) -> None:
    escaped = "".join(f"%{byte:02X}" for byte in value).encode()
    for sent in (b"a[" + value + b"]=" + value, b"a[" + escaped + b"]=" + escaped):
        assert decode(sent, FORM + charset) == {"a": {text: text}}
        assert decode(sent, "text/plain" + charset) == {"a": {text: text}}
    long = b"x" * 70_000
    assert decode(b"a=" + long + value, FORM + charset) == {"a": long.decode() + text}
    named = part('Content-Disposition: form-data; name="a"', value) + b"--XX--\r\n"
    assert decode(named, MULTIPART + charset) == {"a": text}
    header = f'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain{charset}'
    assert decode(part(header, value) + b"--XX--\r\n", MULTIPART) == {"a": text}


@pytest.mark.parametrize("content_type", [FORM, "text/plain", f"{FORM}; charset=utf-8", f"{FORM}; charset=us-ascii"])
@pytest.mark.parametrize("body", [b"a=\xcf\xf0", b"a=%CF%F0", b"%CF=1", b"a[%CF]=1", b"a=" + b"x" * 70_000 + b"%CF"])
def test_forms_of_other_bytes_are_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(BadRequestBody, match=r"no text in utf-8: cf.* Send UTF-8, or name the character set"):
        decode(body, content_type)


def test_other_bytes_in_queries_and_parts_are_refused() -> None:
    with pytest.raises(BadRequestBody, match="no text in utf-8"):
        decode(b"", FORM, query=b"a=%CF%F0")
    for headers in ('form-data; name="a"', 'form-data; name="a"; filename="a.txt"'):
        body = part(f"Content-Disposition: {headers}", b"\xcf").replace(b"a.txt", b"\xcf.txt") + b"--XX--\r\n"
        with pytest.raises(BadRequestBody, match="no text in utf-8"):
            decode(body, MULTIPART)


@pytest.mark.parametrize("charset", ["utf-16", "koi8-r", "none-such", "rot13"])
def test_forms_in_other_character_sets_are_refused(charset: str) -> None:
    with pytest.raises(BadRequestBody, match=f"'{charset}' are not read"):
        decode(b"a=1", f"{FORM}; charset={charset}")


@pytest.mark.parametrize("body", [b"5", b'"a"', b"true", b"1.5"])
def test_json_other_than_an_object_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedJson, match="not an object"):
        decode(body)


def test_a_form_sent_as_json_is_named() -> None:
    with pytest.raises(MalformedJson, match=r"begins with 'id=1'.*Send a JSON object"):
        decode(b"id=1")


def test_json_with_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(MalformedJson):
        decode(b'{"a":"\\ud800"}')


@pytest.mark.parametrize("count", [MAX_DEPTH, 500, 150_000])
def test_deep_json_is_refused(count: int) -> None:
    """Neither the decoder nor later code overflows the stack."""
    with pytest.raises(BadRequestBody, match="deeper than 64"):
        decode(b'{"a":' + b"[" * count + b"]" * count + b"}")


def test_json_as_deep_as_allowed_is_read() -> None:
    inner = MAX_DEPTH - 1
    assert decode(b'{"a":' + b"[" * inner + b"]" * inner + b', "b": [[],[]]}')["b"] == [[], []]


def test_unclosed_deep_json_is_refused() -> None:
    with pytest.raises((BadRequestBody, MalformedJson)):
        decode(b"[" * 200_000)


def test_another_content_type_is_refused() -> None:
    with pytest.raises(BadRequestBody, match=r"'application/xml' holds no parameters.*application/json"):
        decode(b"<a/>", "application/xml; charset=utf-8")


def test_another_content_type_without_a_body_is_ignored() -> None:
    assert decode(b"", "application/xml", b"id=1") == {"id": "1"}


def test_the_body_overrides_single_parameters_of_the_query() -> None:
    """Parameters that SDKs add to the query (bx24_request_id) are kept."""
    assert decode(b'{"a":{"y":2}}', query=b"a[x]=1&bx24_request_id=r") == {"a": {"y": 2}, "bx24_request_id": "r"}


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("", {}),
        ("&&", {}),
        ("=1&[a]=2& =3", {}),
        ("a", {"a": ""}),
        ("a=b=c", {"a": "b=c"}),
        ("a=1&a=2", {"a": "2"}),
        ("a=x+y%20z%2B", {"a": "x y z+"}),
        ("a+b=1&c.d=2", {"a b": "1", "c.d": "2"}),
        ("+a=1", {"a": "1"}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[1]=x&a[0]=y", {"a": {"1": "x", "0": "y"}}),
        ("a[5]=x&a[]=y", {"a": {"5": "x", "6": "y"}}),
        ("a[01]=x&a[]=y", {"a": {"01": "x", "0": "y"}}),
        ("a[0][k]=v&a[0][l]=w&a[1][k]=u", {"a": [{"k": "v", "l": "w"}, {"k": "u"}]}),
        ("a[b][]=1", {"a": {"b": ["1"]}}),
        ("a[][k]=1&a[][k]=2", {"a": [{"k": "1"}, {"k": "2"}]}),
        ("a%5Bb%5D%5B0%5D=1", {"a": {"b": ["1"]}}),
        ("a[b=1", {"a_b": "1"}),
        ("a[b[c=1", {"a_b_c": "1"}),
        ("a[b][c=1", {"a": {"b": "1"}}),
        ("a[b]c=1", {"a": {"b": "1"}}),
        ("a[b]c[d]=1", {"a": {"b": "1"}}),
        ("a[ b]=1", {"a": {"b": "1"}}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
        ("a[b]=1&a=2", {"a": "2"}),
        ("a[b]=1&a[b][c]=2", {"a": {"b": {"c": "2"}}}),
        ("a=%00", {"a": ""}),  # databases cannot store NUL
        ("0=a&1=b", {"0": "a", "1": "b"}),
        ("params[filter][%3DDELETED]=N", {"params": {"filter": {"=DELETED": "N"}}}),
        ("params[filter][=DELETED]=N", {"params": {"filter": "DELETED]=N"}}),  # PHP cuts at the first "=" too
        ("params[filter][%3E%3DID]=7", {"params": {"filter": {">=ID": "7"}}}),
        ("a[9999999999999999999999]=x&a[]=y", {"a": {"9999999999999999999999": "x", "0": "y"}}),
    ],
)
def test_php_brackets(text: str, params: dict[str, Any]) -> None:
    assert parse_query(text) == params
    assert parse_query(text.encode()) == params
    assert decode(text.encode(), FORM) == params


def test_too_many_values_are_refused() -> None:
    parse_query("a[]=1&" * MAX_PAIRS)
    with pytest.raises(BadRequestBody, match=f"has more than {MAX_PAIRS} values"):
        parse_query("a[]=1&" * (MAX_PAIRS + 1))


def test_too_deep_brackets_are_refused() -> None:
    assert "a" in parse_query("a" + "[b]" * (MAX_DEPTH - 1) + "=1")
    with pytest.raises(BadRequestBody, match="deeper than 64"):
        parse_query("a" + "[b]" * MAX_DEPTH + "=1")


def part(headers: str, data: bytes) -> bytes:
    return b"--XX\r\n" + headers.encode() + b"\r\n\r\n" + data + b"\r\n"


def field(name: str, value: str) -> bytes:
    return part(f'Content-Disposition: form-data; name="{name}"', value.encode())


def test_multipart_fields_and_files() -> None:
    body = (
        field("lid", "5")
        + field("fields[TITLE]", "Übung")
        + field("sel[]", "A")
        + field("sel[]", "B")
        + part(
            'Content-Disposition: form-data; name="pic[0]"; filename="C:\\dir\\Ж.png"\r\nContent-Type: IMAGE/png; x=1',
            b"\x00\r\n\xff",
        )
        + part('Content-Disposition: form-data; name="plain"; filename="../a.txt"', b"")
        + part('Content-Disposition: form-data; name="none"; filename=""', b"")
        + b"--XX--\r\n"
    )
    assert decode(body, MULTIPART) == {
        "lid": "5",
        "fields": {"TITLE": "Übung"},
        "sel": ["A", "B"],
        "pic": [UploadedFile("Ж.png", "image/png", b"\x00\r\n\xff")],
        "plain": UploadedFile("a.txt", "application/octet-stream", b""),
    }


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (field("a", "1"), MULTIPART, "before its closing boundary"),
        (b"junk", MULTIPART, "cannot be read"),
        (field("a", "1") + b"--XX--", "multipart/form-data", "lacks its boundary"),
        (field("a", "1") + b"--XX--", f"multipart/form-data; boundary={'x' * 300}", "cannot be read"),
        (field("a", "1") * (MAX_PAIRS + 1) + b"--XX--", MULTIPART, "values"),
        (field("a" + "[b]" * MAX_DEPTH, "1") + b"--XX--", MULTIPART, "deeper"),
    ],
    ids=["truncated", "junk", "no boundary", "long boundary", "many", "deep"],
)
def test_unreadable_multipart_is_refused(body: bytes, content_type: str, text: str) -> None:
    with pytest.raises(BadRequestBody, match=text):
        decode(body, content_type)


# --- round trips ---

PLAIN = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
KEYS = st.text(st.characters(exclude_characters="[]\0", exclude_categories=["Cs"]), min_size=1, max_size=6).filter(
    lambda key: not key.startswith(" ")
)
VALUES = st.recursive(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(KEYS, inner, min_size=1, max_size=3),
    max_leaves=12,
)


def http_build_query(value: Any, name: str = "", *, literal: bool) -> list[str]:
    """Encode as PHP's function of that name does (empty arrays vanish)."""
    if isinstance(value, str):
        escape = quote if literal else quote_plus
        return [f"{escape(name, safe='[]' if literal else '')}={escape(value, safe='')}"]
    members = value.items() if isinstance(value, dict) else enumerate(value)
    return [
        pair
        for key, member in members
        for pair in http_build_query(member, f"{name}[{key}]" if name else str(key), literal=literal)
    ]


def php_shape(value: Any) -> Any:
    """Return a PHP array as a list if its keys are 0..n-1 in order, or else as a dict."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return [php_shape(member) for member in value]
    members = {key: php_shape(member) for key, member in value.items()}
    return list(members.values()) if list(members) == [str(index) for index in range(len(members))] else members


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_what_php_builds_comes_back(params: dict[str, Any], literal: bool) -> None:
    query = "&".join(http_build_query(params, literal=literal))
    assert parse_query(query) == {key: php_shape(value) for key, value in params.items()}


@settings(deadline=None)
@given(st.dictionaries(PLAIN, st.recursive(st.none() | st.integers(-9, 9) | PLAIN, st.lists)))
def test_json_comes_back(params: dict[str, Any]) -> None:
    body = json.dumps(params, ensure_ascii=True).encode()
    assert decode(body) == params


@settings(deadline=None)
@given(st.text() | st.text().map(str.encode))
def test_any_query_is_read(text: str | bytes) -> None:
    """Any query becomes a plain dict of plain values."""
    params = parse_query(text)
    assert type(params) is dict
    assert json.loads(json.dumps(params)) == params


@settings(deadline=None)
@given(st.binary(), st.sampled_from([JSON, FORM, MULTIPART, "", "text/plain"]))
def test_any_body_is_read_or_refused_in_words(body: bytes, content_type: str) -> None:
    try:
        params = decode(body, content_type)
    except (MalformedJson, BadRequestBody) as error:
        assert str(error).endswith(".")  # noqa: PT017  # both outcomes are right, each has its own assertion
    else:
        assert type(params) is dict
