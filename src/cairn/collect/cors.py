"""The headers that let any website send its events and read the answer.

The origin is reflected rather than answered with `*`, which browsers refuse when the request
carries credentials, as some libraries and every beacon do.
"""

from __future__ import annotations

Headers = list[tuple[bytes, bytes]]


def cors_headers(origin: bytes | None) -> Headers:
    """Return the headers for an answer to a request from `origin`; none without an origin."""
    if origin is None:
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", b"Retry-After"),
        (b"vary", b"Origin"),
    ]


def preflight_headers(origin: bytes | None, wanted: bytes | None) -> Headers:
    """Return the headers for the question a browser asks before it sends."""
    return [
        *cors_headers(origin),
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-allow-headers", wanted or b"authorization, content-type"),
        (b"access-control-max-age", b"86400"),
    ]
