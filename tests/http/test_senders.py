"""Counts of messages by sender."""

import pytest

from landingpad.http import senders
from landingpad.http.senders import Senders, sender_of

MINUTE_MS = 60_000


def admitted(counts: Senders, address: str, now_ms: int, *, tries: int = 100, is_hasty: bool = False) -> int:
    return sum(counts.admit(1, address, now_ms, is_hasty=is_hasty) for _ in range(tries))


def test_a_minute_and_an_hour() -> None:
    counts = Senders(10)
    assert [admitted(counts, "192.0.2.1", minute * MINUTE_MS) for minute in range(7)] == [10] * 6 + [0]
    assert admitted(counts, "192.0.2.1", 61 * MINUTE_MS) == 10
    assert admitted(counts, "192.0.2.2", 6 * MINUTE_MS) == 10, "another sender"
    assert counts.admit(2, "192.0.2.1", 6 * MINUTE_MS, is_hasty=False), "another site"


def test_hasty_messages_count_twice() -> None:
    assert admitted(Senders(10), "192.0.2.1", 0, is_hasty=True) == 5
    assert admitted(Senders(1), "192.0.2.1", 0, is_hasty=True) == 1, "never none at all"


def test_without_a_limit() -> None:
    assert admitted(Senders(0), "192.0.2.1", 0) == 100


def test_what_is_taken_back_does_not_count() -> None:
    counts = Senders(2)
    assert admitted(counts, "192.0.2.1", 0) == 2
    counts.take_back(1, "192.0.2.1")
    assert admitted(counts, "192.0.2.1", 0) == 1
    counts.forget()
    assert admitted(counts, "192.0.2.1", 0) == 2


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    counts = Senders(2)
    assert admitted(counts, "192.0.2.1", 10**12) == 2
    assert admitted(counts, "192.0.2.1", 10**11) == 2


def test_the_number_of_senders_in_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "_MOST_SENDERS", 3)
    counts = Senders(1)
    for number in range(10):
        assert counts.admit(1, f"192.0.2.{number}", 0, is_hasty=False)
    assert not counts.admit(1, "192.0.2.9", 0, is_hasty=False)
    assert counts.admit(1, "192.0.2.1", 0, is_hasty=False), "forgotten long ago"


@pytest.mark.parametrize(
    ("one", "other", "are_equal"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("unknown", "unknown", True),
        ("", "127.0.0.1", False),
    ],
)
def test_senders(one: str, other: str, are_equal: bool) -> None:  # a column of the table
    assert (sender_of(one) == sender_of(other)) is are_equal
