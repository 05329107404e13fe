"""The dashboard that a new project starts with."""

from __future__ import annotations

from cairn.dashboards.dashboard import Draft, Tile
from cairn.insights.retention.spec import RetentionSpec
from cairn.insights.trends.spec import Measure, Series, TrendsSpec
from cairn.query.filters import Property
from cairn.query.periods import Period


def default_dashboard() -> Draft:
    """Return a dashboard that says something true of any product: who is there, who returns."""
    month = Period.model_validate({"from": "-30d"})
    quarter = Period.model_validate({"from": "-11w"})
    return Draft(
        name="Overview",
        description="How many people use the product, what they do, and whether they come back.",
        tiles=(
            Tile(
                id="active",
                title="Active people",
                width=8,
                spec=TrendsSpec(
                    series=(
                        Series(label="Daily", measure=Measure(of="daily_active")),
                        Series(label="Weekly", measure=Measure(of="weekly_active")),
                        Series(label="Monthly", measure=Measure(of="monthly_active")),
                    ),
                    period=month,
                ),
            ),
            Tile(
                id="events",
                title="Events",
                width=4,
                spec=TrendsSpec(series=(Series(label="Events"),), period=month, compare=True),
            ),
            Tile(
                id="retention",
                title="Who comes back, week by week",
                width=8,
                height=6,
                spec=RetentionSpec(interval="week", period=quarter),
            ),
            Tile(
                id="platforms",
                title="People by platform",
                width=4,
                height=6,
                spec=TrendsSpec(
                    series=(Series(label="People", measure=Measure(of="persons")),),
                    period=month,
                    interval="week",
                    breakdown=Property(name="$platform"),
                ),
            ),
        ),
    )
