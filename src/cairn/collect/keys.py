"""Which project a write key belongs to, as the receiver asks it."""

from __future__ import annotations

import binascii
from typing import Protocol


class Keys(Protocol):
    """Knows the write keys of all projects."""

    def project_of(self, key: str) -> str | None:
        """Return the id of the key's project, or None when there is no such key."""


def key_in_header(authorization: bytes | None) -> str | None:
    """Return the write key of an Authorization header: basic with the key as name, or bearer.

    >>> key_in_header(b"Basic a2V5Og=="), key_in_header(b"Bearer key"), key_in_header(b"Digest x")
    ('key', 'key', None)
    """
    if not authorization:
        return None
    scheme, _, value = authorization.partition(b" ")
    if scheme.lower() == b"bearer":
        return value.strip().decode("utf-8", "replace") or None
    if scheme.lower() != b"basic":
        return None
    try:
        name = binascii.a2b_base64(value).split(b":", 1)[0]
    except ValueError:
        return None
    return name.decode("utf-8", "replace") or None
