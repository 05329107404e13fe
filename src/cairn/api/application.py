"""The ASGI application: routes, errors, limits, headers, and the user interface behind them."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from cairn import __version__
from cairn.api import docs, interface, reference
from cairn.api.errors import handle_errors
from cairn.api.frame import Frame
from cairn.api.routes import ROUTERS
from cairn.api.workspace import Workspace

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_ABOUT = """\
Product analytics that a team owns. Ask questions with `POST /api/projects/{project_id}/query`.

Every error has one shape: `status`, `code`, `message` (what happened, with the value) and `hint`
(what to do next). Browsers use the session cookie with the `X-CSRF-Token` header; programs send
`Authorization: Bearer <API key>`.
"""


def application(
    workspace: Workspace | None = None,
    static: Path = interface.STATIC,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """Return the application; without a workspace it can only describe itself."""
    app = FastAPI(
        title="Cairn",
        summary="Self-hosted product analytics",
        description=_ABOUT,
        version=__version__,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        lifespan=lifespan or _plain,
    )
    app.state.workspace = workspace
    app.state.stopping = threading.Event()
    for router in ROUTERS:
        app.include_router(_summed_up(router))
    app.include_router(reference.router)
    app.include_router(docs.router)
    handle_errors(app)
    app.add_middleware(Frame)
    app.router.default = GZipMiddleware(interface.Interface(static), minimum_size=1_024)
    return app


def _summed_up(router: APIRouter) -> APIRouter:
    """Give each route the first line of its docstring as its summary."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.summary = route.description.partition("\n")[0]
    return router


@asynccontextmanager
async def _plain(_app: FastAPI) -> AsyncIterator[None]:
    yield


def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the API."""
    return application().openapi()
