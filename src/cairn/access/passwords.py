"""Passwords, as argon2id hashes."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from cairn.core.errors import InvalidInput

LEAST_CHARACTERS = 8
MOST_CHARACTERS = 256

_hasher = PasswordHasher()


def hash_of(password: str) -> str:
    """Return what is kept of a password. Raises InvalidInput when it is too short or too long."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise InvalidInput(
            f"the password has {len(password)} characters",
            hint=f"Use {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters.",
        )
    return _hasher.hash(password.encode("utf-8", "surrogatepass"))


def is_right(password: str, kept: str | None) -> bool:
    """Return whether this is the password; as slow for nobody's as for somebody's."""
    given = password.encode("utf-8", "surrogatepass")
    try:
        return _hasher.verify(kept or _nobody(), given) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Return a hash to check against when there is nobody, so that it takes as long."""
    return _hasher.hash("the password of nobody")
