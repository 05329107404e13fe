"""What is true of the simulated product, so that a test can ask whether Cairn finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _conversion() -> Mapping[str, float]:
    return {"search": 0.22, "newsletter": 0.34, "partner": 0.28, "social": 0.10, "none": 0.18}


def _churn() -> Mapping[str, float]:
    return {"desktop": 0.06, "mobile": 0.14, "tablet": 0.10}


@dataclass(frozen=True, slots=True)
class Truth:
    """The rates by which people behave, and how many there are of each kind.

    A simulated number differs from these only by chance. Rates are of people, from 0 to 1.
    """

    activation: float = 0.62
    """Of those who do `signup`, the share who do `activated` within one day. Nobody does later."""

    conversion: Mapping[str, float] = field(default_factory=_conversion)
    """Of the activated who came by a campaign, the share who do `subscribed` within seven days of
    their `signup`."""

    late_conversion: float = 0.04
    """Of the activated who did not convert by then, the share who do 8 to 21 days after `signup`."""

    weekly_churn: Mapping[str, float] = field(default_factory=_churn)
    """Of those on a device who do `feature_used` in a calendar week, the share who never do again."""

    campaigns: Mapping[str, float] = field(
        default_factory=lambda: {
            "search": 0.34, "newsletter": 0.12, "partner": 0.08, "social": 0.21, "none": 0.25,
        }
    )  # fmt: skip
    devices: Mapping[str, float] = field(
        default_factory=lambda: {"desktop": 0.58, "mobile": 0.34, "tablet": 0.08}
    )
    countries: Mapping[str, float] = field(
        default_factory=lambda: {
            "US": 0.31, "DE": 0.14, "GB": 0.12, "FR": 0.09, "IN": 0.09, "BR": 0.07, "CA": 0.06,
            "NL": 0.04, "JP": 0.03, "AU": 0.03, "ES": 0.02,
        }
    )  # fmt: skip
    plans: Mapping[str, float] = field(
        default_factory=lambda: {"starter": 0.56, "team": 0.33, "business": 0.11}
    )
    """The plans that subscribers take. Before that everyone is on `free`."""

    prices: Mapping[str, float] = field(
        default_factory=lambda: {"starter": 29.0, "team": 99.0, "business": 299.0}
    )
    people_per_account: int = 4

    @property
    def conversion_of_activated(self) -> float:
        """Return the share of all activated people who subscribe within seven days of signing up."""
        return sum(share * self.conversion[name] for name, share in self.campaigns.items())

    @property
    def conversion_of_signups(self) -> float:
        """Return the last step of the funnel signup, activated, subscribed with a 7-day window."""
        return self.activation * self.conversion_of_activated

    def weekly_retention(self, weeks: int) -> float:
        """Return the share of the activated who do `feature_used` so many calendar weeks later."""
        return sum(
            share * (1 - self.weekly_churn[name]) ** weeks for name, share in self.devices.items()
        )
