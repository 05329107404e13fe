"""The routes, one file per noun. `ROUTERS` is the whole API."""

from __future__ import annotations

from cairn.api.routes import (
    catalog,
    cohorts,
    dashboards,
    events,
    keys,
    live,
    members,
    people,
    projects,
    query,
    session,
    sql,
    status,
)

ROUTERS = (
    session.router,
    members.router,
    projects.router,
    keys.router,
    query.router,
    sql.router,
    catalog.router,
    people.router,
    events.router,
    live.router,
    dashboards.router,
    cohorts.router,
    status.router,
)
