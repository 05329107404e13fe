"""What surrounds every request: a size limit, safe headers, and an answer whatever happens."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cairn.api.errors import error_response, unexpected
from cairn.core.errors import TooLarge

BODY_LIMIT = 2 << 20
"""The longest request body in bytes; a dashboard with sixty large questions fits."""

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Frame:
    """Wraps the application. Scripts come from this server only; no other site may frame it."""

    def __init__(self, app: ASGIApp) -> None:
        """Surround an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        taken = 0
        body_is_too_long = False

        async def limited() -> Message:
            nonlocal taken, body_is_too_long
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_LIMIT:
                body_is_too_long = True
                raise _too_large()
            return message

        async def framed(message: Message) -> None:
            nonlocal started
            if body_is_too_long and not started:
                return  # whatever reading the body made of it, the answer below is the right one
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            if _announced(scope) > BODY_LIMIT:
                raise _too_large()
            await self._app(scope, limited, framed)
            if body_is_too_long:
                raise _too_large()
        except TooLarge as error:
            if started:
                raise
            body_is_too_long = False
            await error_response(error)(scope, receive, framed)
        except Exception as error:
            if started:
                raise
            await unexpected(error, scope["path"])(scope, receive, framed)


def _too_large() -> TooLarge:
    return TooLarge(
        f"the body is longer than {BODY_LIMIT >> 20} MB", hint="Send less in one request."
    )


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
