"""Events as they were stored, for taking them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from cairn.api.answers import calendar_of
from cairn.api.entry import Reader
from cairn.api.errors import documented
from cairn.collect.wire.write import written
from cairn.core.errors import InvalidInput
from cairn.query.periods import Calendar, Period, resolve
from cairn.store.export import Exporter

router = APIRouter(prefix="/api/projects/{project_id}/events", tags=["events"])

_LINES_AT_ONCE = 500

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One message of the Segment spec a line. `cairn import` reads it. The header "
        "`X-Event-Count` says how many there are.",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


@router.get(
    "",
    operation_id="export_events",
    response_class=StreamingResponse,
    responses={**_STREAM, **documented(400, 401, 403, 404, json=False)},
)
def export_events(
    entry: Reader,
    from_: Annotated[
        str, Query(alias="from", max_length=40, description="First day or time, as in a period.")
    ] = "all",
    to: Annotated[
        str | None, Query(max_length=40, description="Last day or time, as in a period.")
    ] = None,
    event: Annotated[
        list[Annotated[str, Query(max_length=200)]] | None,
        Query(max_length=100, description="Only events of these names."),
    ] = None,
) -> StreamingResponse:
    """Stream events in order of arrival, as messages that make them again."""
    exporter, names = entry.opened.exporter, event or ()
    bounds = _bounds(from_, to, calendar_of(entry.project, entry.workspace.clock()))
    pieces = _lines(exporter, bounds, names)
    first = next(pieces, b"")  # what can go wrong does so before the answer begins
    return StreamingResponse(
        chain((first,), pieces),
        media_type="application/x-ndjson",
        headers={"x-event-count": str(exporter.count(*bounds, names))},
    )


def _bounds(first: str, last: str | None, calendar: Calendar) -> tuple[int | None, int | None]:
    if first == "all" and last is None:
        return None, None
    try:
        period = Period.model_validate({"from": first, "to": last})
    except ValidationError as error:
        raise InvalidInput(
            f"the period cannot be read: {error.errors()[0]['msg']}",
            hint="Write from=2024-05-01&to=2024-05-31, or from=-7d.",
        ) from error
    span = resolve(period, calendar, 0)
    return span.start_us, span.end_us


def _lines(
    exporter: Exporter, bounds: tuple[int | None, int | None], names: Sequence[str]
) -> Iterator[bytes]:
    lines = (written(found) for found in exporter.events(*bounds, names))
    while piece := list(islice(lines, _LINES_AT_ONCE)):
        yield b"\n".join(piece) + b"\n"
