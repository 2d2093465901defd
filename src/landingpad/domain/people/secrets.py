"""Secrets: creation and hashing of codes and passwords."""

import hashlib
import secrets
import string
from random import Random

CODE_ALPHABET = string.ascii_lowercase + string.digits  # clients accept [A-Za-z0-9]+ only
CODE_LENGTH = 32


def new_code(random: Random | None = None, length: int = CODE_LENGTH) -> str:
    """Return a new code. With `random` it is reproducible, for portals made from a seed."""
    choice = random.choice if random is not None else secrets.choice
    return "".join(choice(CODE_ALPHABET) for _ in range(length))


def hashed(secret: str) -> str:
    """Return the stored hash of a code, which is long and random and so needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return the stored hash of a password that a person chose."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Say whether a password matches its stored hash."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    try:
        return PasswordHasher().verify(stored, password)
    except VerificationError:
        return False
