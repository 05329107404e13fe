"""The reference page of the API, from this server alone."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from cairn.api.interface import STATIC

router = APIRouter(prefix="/reference", include_in_schema=False)

_ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cairn API</title>
<link rel="stylesheet" href="/reference/swagger-ui.css"></head>
<body><div id="reference"></div>
<script src="/reference/swagger-ui-bundle.js"></script>
<script src="/reference/start.js"></script>
</body></html>
"""

_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Cairn API</title></head>
<body><p>The reference page comes with the built user interface (<code>make web</code>). The
document itself is at <a href="/openapi.json">/openapi.json</a>.</p></body></html>
"""

_START = """SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: async (request) => {
    if (request.method && request.method !== "GET") {
      const me = await (await fetch("/api/me")).json();
      if (me.csrf_token) request.headers["X-CSRF-Token"] = me.csrf_token;
    }
    return request;
  },
});
"""


@router.get("")
def page() -> HTMLResponse:
    """Show every route, field and error, and let a signed-in member try them."""
    built = all((STATIC / "reference" / name).is_file() for name in _ASSETS)
    return HTMLResponse(_PAGE if built else _NOT_BUILT)


@router.get("/start.js")
def start() -> Response:
    """Return the script that starts the page: scripts inside it are not allowed."""
    return Response(_START, media_type="text/javascript; charset=utf-8")
