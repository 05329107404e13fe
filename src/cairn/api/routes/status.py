"""Whether the server is up, whether it can answer, and what it counts."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from cairn import __version__
from cairn.api.entry import Server
from cairn.api.errors import documented
from cairn.api.metrics import exposition
from cairn.api.shapes import Health, Readiness

router = APIRouter(tags=["status"])


@router.get("/healthz", operation_id="get_health", responses=documented())
def get_health() -> Health:
    """Say that the process is up."""
    return Health(version=__version__)


@router.get("/readyz", operation_id="get_readiness", responses=documented(503))
def get_readiness(workspace: Server) -> Readiness:
    """Say that questions can be answered: the records and every project are open."""
    return Readiness(projects=workspace.check())


@router.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=PlainTextResponse,
    responses=documented(json=False),
)
def get_metrics(workspace: Server) -> PlainTextResponse:
    """Return counters for Prometheus."""
    return PlainTextResponse(
        exposition(workspace), media_type="text/plain; version=0.0.4; charset=utf-8"
    )
