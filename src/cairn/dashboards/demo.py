"""The dashboards of the demos. Their periods are fixed, as their data ends on a fixed day."""

from __future__ import annotations

from cairn.dashboards.dashboard import Draft, Tile
from cairn.insights.funnel.spec import FunnelSpec, Window
from cairn.insights.retention.spec import RetentionSpec
from cairn.insights.trends.spec import Measure, Series, TrendsSpec
from cairn.query.filters import Condition, Property, Selector
from cairn.query.periods import Period


def _period(first: str, last: str) -> Period:
    return Period.model_validate({"from": first, "to": last})


def _property(name: str) -> Property:
    return Property(name=name)


def cross_validated() -> Draft:
    """Return the dashboard of the Stack Exchange data: a site of questions and answers that grows."""
    years = _period("2010-08-01", "2014-08-31")
    experts = Condition(
        property=Property(of="person", name="Reputation"), operator="at_least", values=(5000,)
    )
    return Draft(
        name="Cross Validated",
        description="Four years of stats.stackexchange.com: who joins, who asks, who answers, and "
        "who stays. Data: Stack Exchange, CC BY-SA.",
        tiles=(
            Tile(
                id="contributors",
                title="People who ask and people who answer",
                width=8,
                spec=TrendsSpec(
                    series=(
                        Series(event="question", label="Asking", measure=Measure(of="persons")),
                        Series(event="answer", label="Answering", measure=Measure(of="persons")),
                    ),
                    period=years,
                    interval="month",
                ),
            ),
            Tile(
                id="signups",
                title="Sign-ups",
                width=4,
                spec=TrendsSpec(
                    series=(Series(event="signup", label="Sign-ups"),),
                    period=_period("2013-09-01", "2014-08-31"),
                    interval="month",
                    compare=True,
                ),
            ),
            Tile(
                id="first-question",
                title="From sign-up over a question to answering others, within 30 days",
                width=7,
                height=5,
                spec=FunnelSpec(
                    steps=(
                        Selector(event="signup", label="Sign-up"),
                        Selector(event="question", label="Question"),
                        Selector(event="answer", label="Answer"),
                    ),
                    window=Window(count=30, unit="day"),
                    period=years,
                ),
            ),
            Tile(
                id="supply",
                title="Answers per question",
                width=5,
                height=5,
                spec=TrendsSpec(
                    series=(
                        Series(event="answer", label="Answers"),
                        Series(event="question", label="Questions"),
                    ),
                    formulas=("A / B",),
                    period=years,
                    interval="month",
                ),
            ),
            Tile(
                id="askers-return",
                title="Who is back, months after the first question",
                width=12,
                height=6,
                spec=RetentionSpec(
                    start=Selector(event="question", label="Question"),
                    returning=Selector(),
                    interval="month",
                    columns=12,
                    period=_period("2012-09-01", "2013-08-31"),
                ),
            ),
            Tile(
                id="experts",
                title="Answers by people of 5,000 reputation and more",
                width=6,
                spec=TrendsSpec(
                    series=(
                        Series(event="answer", filter=experts, label="By experts"),
                        Series(event="answer", label="All answers"),
                    ),
                    formulas=("A / B * 100",),
                    period=years,
                    interval="month",
                ),
            ),
            Tile(
                id="scores",
                title="How well answers are received",
                width=6,
                spec=TrendsSpec(
                    series=(
                        Series(
                            event="answer",
                            label="Median score",
                            measure=Measure(of="median", property=_property("Score")),
                        ),
                        Series(
                            event="answer",
                            label="Average score",
                            measure=Measure(of="average", property=_property("Score")),
                        ),
                    ),
                    period=years,
                    interval="month",
                ),
            ),
        ),
    )


def game_launch() -> Draft:
    """Return the dashboard of the game launch: a month of new players and those who play again."""
    month = _period("2016-04-27", "2016-05-27")
    return Draft(
        name="Game launch",
        description="The first month of a mobile game, day by day.",
        tiles=(
            Tile(
                id="players",
                title="Players",
                width=8,
                spec=TrendsSpec(
                    series=(
                        Series(event="newPlayer", label="New", measure=Measure(of="persons")),
                        Series(event="gameStarted", label="Playing", measure=Measure(of="persons")),
                    ),
                    period=month,
                ),
            ),
            Tile(
                id="stickiness",
                title="Share of the week's players who play on a day, in percent",
                width=4,
                spec=TrendsSpec(
                    series=(
                        Series(event="gameStarted", measure=Measure(of="daily_active")),
                        Series(event="gameStarted", measure=Measure(of="weekly_active")),
                    ),
                    formulas=("A / B * 100",),
                    period=month,
                ),
            ),
            Tile(
                id="retention",
                title="Who plays again, days after the first event",
                width=12,
                height=6,
                spec=RetentionSpec(columns=15, period=month),
            ),
        ),
    )


def simulated_product(first: str, last: str) -> Draft:
    """Return the dashboard of the simulated product, for the days that were simulated."""
    period = _period(first, last)
    steps = (
        Selector(event="signup", label="Sign-up"),
        Selector(event="activated", label="Activation"),
        Selector(event="subscribed", label="Subscription"),
    )
    return Draft(
        name="Simulated product",
        description="Half a year of a software product whose true rates are known: "
        "62 % activate within a day, and mobile users leave more than twice as fast as desktop "
        "users.",
        tiles=(
            Tile(
                id="active",
                title="Active people",
                width=8,
                spec=TrendsSpec(
                    series=(
                        Series(label="Weekly", measure=Measure(of="weekly_active")),
                        Series(label="Monthly", measure=Measure(of="monthly_active")),
                    ),
                    period=period,
                    interval="week",
                ),
            ),
            Tile(
                id="revenue",
                title="Payments",
                width=4,
                spec=TrendsSpec(
                    series=(
                        Series(
                            event="invoice_paid",
                            label="Paid",
                            measure=Measure(of="sum", property=_property("amount")),
                        ),
                    ),
                    breakdown=_property("plan"),
                    period=period,
                    interval="month",
                ),
            ),
            Tile(
                id="conversion",
                title="From sign-up to subscription within a week, by campaign",
                width=7,
                height=5,
                spec=FunnelSpec(
                    steps=steps,
                    window=Window(count=7, unit="day"),
                    breakdown=_property("$utm_campaign"),
                    period=period,
                ),
            ),
            Tile(
                id="features",
                title="Features in use",
                width=5,
                height=5,
                spec=TrendsSpec(
                    series=(
                        Series(event="feature_used", label="People", measure=Measure(of="persons")),
                    ),
                    breakdown=_property("feature"),
                    period=period,
                    interval="week",
                ),
            ),
            Tile(
                id="retention",
                title="Who still uses it, weeks after the first time, by device",
                width=12,
                height=6,
                spec=RetentionSpec(
                    start=Selector(event="feature_used", label="Use of a feature"),
                    interval="week",
                    columns=13,
                    breakdown=_property("$device"),
                    period=period,
                ),
            ),
            Tile(
                id="errors",
                title="Errors per person, by release",
                width=12,
                spec=TrendsSpec(
                    series=(
                        Series(
                            event="error_shown", label="Errors", measure=Measure(of="per_person")
                        ),
                    ),
                    breakdown=_property("$app_version"),
                    limit=6,
                    period=period,
                    interval="week",
                ),
            ),
        ),
    )
