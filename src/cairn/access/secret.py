"""Secrets that are shown once and kept only as hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_BYTES = 32


def new_token() -> str:
    """Return a secret of 256 random bits, safe in URLs and headers."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """Return what is kept of a token: enough to recognise it, too little to use it.

    A plain hash is enough because tokens are random; passwords get argon2.
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def csrf_token(session_token: str) -> str:
    """Return the token that a session's own pages send along and other sites cannot know."""
    return hmac.new(session_token.encode("utf-8", "replace"), b"cairn csrf", "sha256").hexdigest()


def matches(given: str, expected: str) -> bool:
    """Return whether two secrets are equal, taking equally long either way."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
