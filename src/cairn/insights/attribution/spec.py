"""The question of attribution: which channels bring people to what they do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cairn.insights.question import Question
from cairn.query.cohort import Gap
from cairn.query.filters import Condition, Frozen, Group, Property, Selector

MOST_RULES = 64

Model = Literal[
    "last",
    "first",
    "last_non_direct",
    "linear",
    "u_shaped",
    "j_shaped",
    "inverse_j",
    "time_decay",
    "custom",
    "participation",
    "markov",
    "shapley",
]
"""How the touches before a conversion share its credit."""


class ChannelRule(Frozen):
    """A channel, and the conditions that all hold for an event that comes by it.

    Without conditions it holds for every event; with `channel` null the event has no channel.
    """

    channel: str | None = Field(min_length=1, max_length=200)
    when: tuple[Condition, ...] = Field(default=(), max_length=20)


class Weights(Frozen):
    """The shares of the first touch, of all between together, and of the last.

    They are divided by the sum of those that apply: with two touches, by first + last (one half each
    when both are 0).
    """

    first: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    middle: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    last: float = Field(ge=0, le=1e6, allow_inf_nan=False)

    @model_validator(mode="after")
    def _share_something(self) -> Weights:
        if self.first + self.middle + self.last < 1e-6:
            raise ValueError("the weights of first, middle and last are all 0; make one positive")
        return self


class Spend(Frozen):
    """What a channel cost in the period, in the unit of the conversions' value."""

    channel: str = Field(min_length=1, max_length=200)
    cost: float = Field(ge=0, le=1e15, allow_inf_nan=False)


class AttributionSpec(Question):
    """Which channels bring people to a conversion, by one model or several side by side.

    Every event that `conversion` means, in the period, is a conversion. Its *touches* are the events
    that `touch` means, that have a channel, and that lie in the look-back before it, both ends
    included, by whoever converts. A model shares the conversion's one credit among its touches; a
    conversion without touches credits no channel. `value` is a number of the conversion that is
    shared alike.

    The channel of an event is named by the first of the `rules` that holds (by default the channel
    group of Google Analytics 4), or it is the value of a property. The `limit` channels that are part
    of the most conversions are shown (ties by touches, then by name), and the rest as one.
    """

    kind: Literal["attribution"] = "attribution"
    conversion: Selector
    value: Property | None = None
    touch: Selector = Selector()
    by: Literal["channel", "campaign", "source", "medium"] | Property = "channel"
    rules: tuple[ChannelRule, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_RULES, description="GA4's when null."
    )
    models: tuple[Model, ...] = Field(default=("last",), min_length=1, max_length=12)
    lookback: Gap = Gap(count=30)
    half_life: Gap = Gap(count=7)
    weights: Weights | None = Field(default=None, description="Those of the model 'custom'.")
    direct: tuple[Annotated[str, Field(max_length=200)], ...] = Field(
        default=("Direct", "direct", "(direct)", "(none)"),
        max_length=20,
        description="Channels that 'last_non_direct' passes over.",
    )
    spend: tuple[Spend, ...] = Field(default=(), max_length=200)
    limit: int = Field(default=25, ge=1, le=100)

    @model_validator(mode="after")
    def _fits_together(self) -> AttributionSpec:
        if len(set(self.models)) < len(self.models):
            raise ValueError(f"a model is named twice in {list(self.models)}; name each once")
        if ("custom" in self.models) != (self.weights is not None):
            lacks = "needs" if self.weights is None else "is needed for"
            raise ValueError(
                f"the model 'custom' {lacks} weights; give both, such as "
                '{"first": 30, "middle": 40, "last": 30}, or neither'
            )
        if self.rules is not None and self.by != "channel":
            raise ValueError(
                f"rules name a 'channel', but by is {self.by!r}; leave one of them out"
            )
        channels = [spend.channel for spend in self.spend]
        if len(set(channels)) < len(channels):
            raise ValueError(f"a channel is named twice in the spend table: {channels}")
        return self


class AttributionPoint(Frozen):
    """A number of an attribution: whoever converted and gave credit to a channel by a model.

    Without a channel: whoever converted. The channel with the value null is that of conversions
    without touches.
    """

    kind: Literal["attribution"] = "attribution"
    model: int = Field(default=0, ge=0, description="Index of the model, from 0.")
    channel: Group | None = None


class Credit(Frozen):
    """What one model gives a channel.

    `persons` counts who converted and gave it credit, `share` is of all conversions. The costs need
    spend: per conversion (`cac`), value per cost (`roas`) and gain per cost (`roi`).
    """

    persons: int
    conversions: float
    value: float
    share: float | None
    cac: float | None
    roas: float | None
    roi: float | None


class ChannelCredits(Frozen):
    """One channel: null for conversions without touches.

    `touches` counts its touches in the period, whether or not a conversion followed, and `reached`
    the conversions that it is part of. `credits` follow the order of the models.
    """

    channel: Group
    touches: int
    reached: int
    cost: float | None
    credits: tuple[Credit, ...]


class AttributionResult(Frozen):
    """The answer: all conversions, and the channels, those that are part of most first.

    `unconverted` counts those with touches in the period who did not convert in it.
    """

    persons: int
    conversions: int
    value: float
    unconverted: int
    channels: tuple[ChannelCredits, ...]
