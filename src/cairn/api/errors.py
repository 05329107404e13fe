"""Every failure in the one JSON shape, whatever raised it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from cairn.api.shapes import ErrorBody
from cairn.core.errors import CairnError, InvalidInput, NotFound, Unavailable
from cairn.store.records.records import new_id

log = structlog.get_logger()

_SHOWN_CHARACTERS = 120
_CODES = {400: "invalid_input", 404: "not_found", 405: "method_not_allowed"}


def documented(*statuses: int, json: bool = True) -> dict[int | str, dict[str, Any]]:
    """Return the error responses of a route for its OpenAPI description.

    Errors are JSON also on a route whose other answers are not (`json=False`).
    """
    about = {
        400: "The request cannot be read; the message names the field and the value.",
        401: "There is no valid session or key on the request.",
        403: "The caller may not do this, or the X-CSRF-Token header is missing.",
        404: "There is no such thing, or not for this caller.",
        405: "This path does not know the method.",
        409: "It exists already, or was changed meanwhile.",
        413: "The request is longer than the documented limit.",
        429: "There were too many failed attempts; wait.",
        503: "The server cannot do this now.",
        504: "The question took longer than the configured limit.",
    }
    reference = {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}
    shape = (
        {"model": ErrorBody} if json else {"content": {"application/json": {"schema": reference}}}
    )
    responses: dict[int | str, dict[str, Any]] = {
        status: {**shape, "description": about[status]} for status in statuses
    }
    responses["default"] = {**shape, "description": "Any other failure."}
    return responses


def handle_errors(app: FastAPI) -> None:
    """Answer every failure below this app in the one shape."""
    app.add_exception_handler(CairnError, _cairn_error)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)


def error_response(error: CairnError) -> Response:
    """Return the answer for a failure."""
    headers = {}
    if isinstance(error, Unavailable):
        headers["retry-after"] = str(error.retry_after_seconds)
    return JSONResponse(error.as_json(), error.status, headers)


def unexpected(error: Exception, path: str) -> Response:
    """Log a failure that nobody foresaw, and return an answer that tells how to find it."""
    incident = new_id()
    log.error("unexpected failure", incident=incident, path=path, exc_info=error)
    return error_response(
        CairnError(
            f"something went wrong inside Cairn (incident {incident})",
            hint="Look for this incident in the server's log; `cairn doctor` may know more.",
        )
    )


def what_is_wrong(errors: Sequence[Any]) -> InvalidInput:
    """Return the first of pydantic's complaints as a message with the field and the value."""
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    if first["type"] == "json_invalid":
        return InvalidInput(
            f"the body is not valid JSON: {first.get('ctx', {}).get('error', '')}",
            hint="Send a JSON object with content-type application/json.",
        )
    value = first.get("input")
    shown = "" if first["type"] == "missing" else f", got {_short(value)}"
    more = f" There are {len(errors) - 1} more such problems." if len(errors) > 1 else ""
    return InvalidInput(
        f"{place or 'the body'}: {first['msg']}{shown}",
        hint=f"The API reference at /reference shows every field.{more}",
    )


async def _cairn_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, CairnError)
    return error_response(error)


async def _unreadable(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return error_response(what_is_wrong(error.errors()))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        return error_response(nothing_here(request.method, request.url.path))
    body = {
        "status": error.status_code,
        "code": _CODES.get(error.status_code, "refused"),
        "message": f"{request.method} {request.url.path[:_SHOWN_CHARACTERS]}: {error.detail}",
        "hint": "The API reference at /reference shows every path, method and field.",
    }
    return JSONResponse(body, error.status_code, error.headers)


def nothing_here(method: str, path: str) -> NotFound:
    """Return the failure of asking for a path that does not exist."""
    return NotFound(
        f"there is no {method} {path[:_SHOWN_CHARACTERS]}",
        hint="The API reference at /reference shows every path.",
    )


def _short(value: object) -> str:
    text = repr(value).encode("utf-8", "replace").decode()
    return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…"
