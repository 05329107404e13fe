"""What a client put into the body of a request, whatever its headers say."""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

import msgspec

from cairn.core.errors import InvalidInput, TooLarge

GZIP = b"\x1f\x8b"


def plain(body: bytes, limit: int) -> bytes:
    """Return the body without compression, which is recognised by its first bytes.

    Raises TooLarge when it is longer than `limit`, without unpacking the rest.
    """
    if body.startswith(GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            body = unpacker.decompress(body, limit + 1)
        except zlib.error as error:
            raise InvalidInput(
                f"the body starts like gzip but cannot be unpacked: {error}",
                hint="Send the body whole, or without compression.",
            ) from error
        if not unpacker.eof and len(body) <= limit:
            raise InvalidInput(
                f"the gzip body ends after {len(body)} bytes, before it is complete",
                hint="Send the body whole, or without compression.",
            )
    if len(body) > limit:
        raise TooLarge(
            f"the body is longer than {limit // 1024} KB",
            hint="Send fewer events in one request, or shorter ones.",
        )
    return body


def repaired(body: bytes) -> bytes:
    """Return strict JSON for what other languages take for JSON, such as NaN and lone surrogates.

    Raises InvalidInput when it is not JSON in that wider sense either.
    """
    try:
        value = json.loads(body.decode("utf-8", "replace"), strict=False)
        return msgspec.json.encode(_strict(value))
    except (ValueError, RecursionError, OverflowError) as error:
        raise InvalidInput(
            f"the body is not JSON: {error}",
            hint="Send one JSON object in UTF-8, as the Segment libraries do.",
        ) from error


def _strict(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_strict(key): _strict(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_strict(inner) for inner in value]
    return value
