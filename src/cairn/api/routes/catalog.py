"""What questions can name, and what was rejected."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from cairn.api.entry import Reader
from cairn.api.errors import documented
from cairn.api.shapes import (
    CatalogEvent,
    CatalogProperty,
    CatalogShape,
    RejectionList,
    RejectionShape,
    Values,
    ValueShape,
)
from cairn.core.clock import moment

router = APIRouter(prefix="/api/projects/{project_id}", tags=["catalog"])


@router.get("/catalog", operation_id="get_catalog", responses=documented(401, 403, 404))
def get_catalog(entry: Reader) -> CatalogShape:
    """Return every event and property that the project has seen."""
    catalog = entry.opened.browser.catalog()
    return CatalogShape(
        events=[
            CatalogEvent(name=event.name, count=event.count, last_seen=moment(event.last_us))
            for event in catalog.events
        ],
        properties=[CatalogProperty(of=prop.of, name=prop.name) for prop in catalog.properties],
        event_total=catalog.event_total,
        person_total=catalog.person_total,
    )


@router.get("/catalog/values", operation_id="get_values", responses=documented(400, 401, 403, 404))
def get_values(
    entry: Reader,
    name: Annotated[str, Query(min_length=1, max_length=200, description="The property.")],
    of: Annotated[
        Literal["event", "person", "account"], Query(description="Whose property it is.")
    ] = "event",
    event: Annotated[
        str, Query(max_length=200, description="Only values on this event; empty for all.")
    ] = "",
    search: Annotated[
        str, Query(max_length=200, description="Only values that contain this text.")
    ] = "",
) -> Values:
    """Return the commonest values of a property."""
    found = entry.opened.browser.values(of, name, event or None, search)
    return Values(values=[ValueShape(value=item.value, count=item.count) for item in found])


@router.get("/rejections", operation_id="list_rejections", responses=documented(400, 401, 403, 404))
def list_rejections(
    entry: Reader,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> RejectionList:
    """List what arrived and could not become an event, newest first, with the reasons."""
    page = entry.opened.browser.rejections(limit, offset)
    return RejectionList(
        total=page.total,
        rejections=[
            RejectionShape(
                received=moment(item.received_us),
                reason=item.reason,
                hint=item.hint,
                payload=item.payload,
            )
            for item in page.rejections
        ],
    )
