"""An answer to a question, with everything a reader needs to trust it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field

from cairn.insights.adoption.spec import AdoptionResult, AdoptionSpec
from cairn.insights.attribution.spec import AttributionResult, AttributionSpec
from cairn.insights.engagement.spec import EngagementResult, EngagementSpec
from cairn.insights.funnel.spec import FunnelResult, FunnelSpec
from cairn.insights.lifecycle.spec import LifecycleResult, LifecycleSpec
from cairn.insights.paths.spec import PathsResult, PathsSpec
from cairn.insights.retention.spec import RetentionResult, RetentionSpec
from cairn.insights.revenue.spec import RevenueResult, RevenueSpec
from cairn.insights.sessions.spec import SessionsResult, SessionsSpec
from cairn.insights.stickiness.spec import StickinessResult, StickinessSpec
from cairn.insights.trends.spec import TrendsResult, TrendsSpec
from cairn.insights.usage.spec import UsageResult, UsageSpec
from cairn.insights.view import View
from cairn.query.filters import Frozen

Spec = Annotated[
    TrendsSpec
    | FunnelSpec
    | RetentionSpec
    | LifecycleSpec
    | AttributionSpec
    | StickinessSpec
    | UsageSpec
    | EngagementSpec
    | PathsSpec
    | AdoptionSpec
    | SessionsSpec
    | RevenueSpec,
    Discriminator("kind"),
]
Result = (
    TrendsResult
    | FunnelResult
    | RetentionResult
    | LifecycleResult
    | AttributionResult
    | StickinessResult
    | UsageResult
    | EngagementResult
    | PathsResult
    | AdoptionResult
    | SessionsResult
    | RevenueResult
)


class Meta(Frozen):
    """Where the numbers come from. Times are ISO 8601 in the project's zone."""

    engine: str
    took_ms: float
    time_zone: str
    fresh_until: str | None = Field(description="When the newest event in the answer arrived.")
    data_version: int
    period_from: str
    period_to: str = Field(description="End of the period, excluded.")


class Answer(Frozen):
    """The result for programs, the view for readers, and the question that they answer."""

    kind: str
    spec: Spec
    result: Result
    view: View
    meta: Meta
