"""Secrets: how they are made, and what is kept of them."""

import hashlib
import secrets
import string
from random import Random

CODE_ALPHABET = string.ascii_lowercase + string.digits  # clients accept [A-Za-z0-9]+ only
CODE_LENGTH = 32


def new_code(random: Random | None = None, length: int = CODE_LENGTH) -> str:
    """Return a new code; from `random` where a portal made from a seed must be the same each time."""
    choice = random.choice if random is not None else secrets.choice
    return "".join(choice(CODE_ALPHABET) for _ in range(length))


def hashed(secret: str) -> str:
    """Return what is stored of a code: it is long and random, so that no salt is needed to hide it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return what is stored of a password that a person chose."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Say whether this is the password that was stored."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    try:
        return PasswordHasher().verify(stored, password)
    except VerificationError:
        return False
