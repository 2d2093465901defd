"""Sign-in with a login and a password."""

import threading
from collections import OrderedDict
from functools import cached_property

from landingpad.domain.people.secrets import hash_password, verify_password
from landingpad.store.db.engine import Database, Tx
from landingpad.store.people import people
from landingpad.store.records import Person

_MOST_FAILURES = 10
_MOST_OF_ADDRESS = 50
_FAILURE_MS = 300_000
_REMEMBERED = 10_000


class TooManyFailuresError(Exception):
    """Too many wrong passwords."""


class SignIn:
    """Checks passwords and limits guessing."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._failures: OrderedDict[tuple[int, str, str], list[int]] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def _nobody(self) -> str:
        return hash_password("a password that nobody has")

    def check(self, portal_id: int, login: str, password: str, address: str, now_ms: int) -> Person | None:
        """Return the user, or None if login or password is wrong or the user is blocked.

        Call it in a thread, since it uses 0.1 s of CPU.

        Raises:
            TooManyFailuresError: ten wrong passwords within five minutes for this login from this address, or fifty
                from this address for any login.

        """
        key, of_address = (portal_id, login.lower(), address), (portal_id, "", address)
        if self._recent(key, now_ms) >= _MOST_FAILURES or self._recent(of_address, now_ms) >= _MOST_OF_ADDRESS:
            raise TooManyFailuresError
        found = self._db.read_here(lambda tx: people.by_login(tx, portal_id, login))
        # An unknown login takes as long as a known one.
        known_hash = found[1] if found is not None and found[1] else self._nobody
        is_right = verify_password(known_hash, password)
        if found is None or not is_right or not found[1] or not found[0].is_active:
            self._remember_failure(key, now_ms)
            self._remember_failure(of_address, now_ms)
            return None
        with self._lock:
            self._failures.pop(key, None)
        person = found[0]

        def remember(tx: Tx) -> None:
            people.update(tx, portal_id, person.id, last_login_at=now_ms)

        self._db.write_here(remember, portal_id=portal_id)
        return person

    def _recent(self, key: tuple[int, str, str], now_ms: int) -> int:
        with self._lock:
            return sum(moment + _FAILURE_MS > now_ms for moment in self._failures.get(key, ()))

    def _remember_failure(self, key: tuple[int, str, str], now_ms: int) -> None:
        with self._lock:
            self._failures.setdefault(key, []).append(now_ms)
            del self._failures[key][:-_MOST_OF_ADDRESS]
            self._failures.move_to_end(key)
            while len(self._failures) > _REMEMBERED:
                self._failures.popitem(last=False)
