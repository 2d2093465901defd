from typing import Any

import pytest

from landingpad.network.forms import form_body


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ({}, b""),
        ({"a": None, "b": [], "c": {}}, b""),
        ({"a": True, "b": False, "c": 0, "d": ""}, b"a=1&b=0&c=0&d="),
        ({"a": {"b": [1, {"c d": "x y"}]}}, b"a[b][0]=1&a[b][1][c+d]=x+y"),
        ({"a&b": "c=d"}, b"a%26b=c%3Dd"),
        ({"event": "X", "auth": {"d": "ä&"}}, b"event=X&auth[d]=%C3%A4%26"),
    ],
)
def test_forms_are_encoded_as_php_reads_them(form: dict[str, Any], body: bytes) -> None:
    assert form_body(form) == body
