"""The built user interface: its files, and its first page for every other path."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from cairn.api.errors import nothing_here

STATIC = Path(__file__).parent.parent / "web" / "static"

_API = ("api", "v1", "openapi.json")
_FILES_ONLY = ("assets/", "reference/")
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Cairn</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem}
code{background:#8882;padding:.1em .3em;border-radius:4px}</style>
<h1>Cairn is running</h1>
<p>The user interface is not built yet. Run <code>make demo</code>, or <code>make web</code>, then
load this page again.</p>
<p>Everything else works: the <a href="/reference">API</a> answers, and events are being
collected.</p>
</html>
"""


class Interface:
    """Serves what no route of the API takes."""

    def __init__(self, static: Path) -> None:
        """Serve the files in a folder, which may come into being later."""
        self._static = static

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, the first page, or NotFound for what would be API."""
        request = Request(scope, receive)
        first = request.url.path.strip("/").partition("/")[0]
        if request.method not in ("GET", "HEAD") or first in _API:
            raise nothing_here(request.method, request.url.path)
        await self._response(request.url)(scope, receive, send)

    def _response(self, url: URL) -> Response:
        asked = url.path.strip("/")
        found = self._file(asked)
        if found is not None and asked != "index.html":
            hashed = asked.startswith("assets/")
            return FileResponse(
                found, headers={"cache-control": _FOREVER if hashed else _ASK_AGAIN}
            )
        if asked.startswith(_FILES_ONLY):
            raise nothing_here("GET", url.path)
        page = self._file("index.html")
        if page is None:
            return HTMLResponse(_NOT_BUILT, headers={"cache-control": _ASK_AGAIN})
        return FileResponse(page, headers={"cache-control": _ASK_AGAIN})

    def _file(self, name: str) -> Path | None:
        """Return the file of this name inside the folder, never one outside of it."""
        if not name or "\0" in name:
            return None
        try:
            path = (self._static / name).resolve()
            inside = path.is_relative_to(self._static.resolve()) and path.is_file()
        except OSError:
            return None
        return path if inside else None
