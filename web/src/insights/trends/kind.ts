import { IconChartLine } from "@tabler/icons-react";
import { lazy } from "react";
import type { MeasureOf } from "../../api/shapes";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { fittingInterval, startingPeriod } from "../periods";
import { nameOf, usableSelector } from "../selections";
import { lacksProperty } from "./measures";
import { DEFAULTS, type TrendsSpec } from "./spec";
import { TrendsTools } from "./TrendsTools";

const MEASURES: Partial<Record<MeasureOf, string>> = {
  total: "Each point is the number of events in that stretch of time.",
  persons:
    "Each point is the number of different people who did the event. A person who did it on two days counts on both, and once in the total.",
  daily_active: "Each point is the number of different people who did the event on that day.",
  weekly_active:
    "Each point is the number of different people who did the event in the 7 days that end there.",
  first_time:
    "Each point is the number of people whose first event of this name, ever, was in that stretch of time and satisfies the conditions.",
  active_28_days:
    "Each point is the number of different people who did the event in the 28 days that end there.",
  distinct: "Each point is the number of different values of the property.",
  sessions:
    "Each point is the number of visits in which the event happened: as the app divides them, or parted by pauses of 30 minutes.",
  accounts: "Each point is the number of different accounts whose people did the event.",
  monthly_active:
    "Each point is the number of different people who did the event in the 30 days that end there.",
  per_person: "Each point is the number of events divided by the number of people who did them.",
};

export const trends: InsightKind<TrendsSpec> = {
  name: "trends",
  title: "Trends",
  noun: "trend",
  says: "How much and how many, over time",
  Icon: IconChartLine,
  tile: { width: 6, height: 4 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const period = startingPeriod(catalog, now);
    return {
      ...DEFAULTS,
      kind: "trends",
      series: [{ event: null, measure: { of: "persons" } }],
      period,
      interval: fittingInterval(period, "day", now),
    };
  },
  read: (spec) => {
    if (!Array.isArray(spec.series) || spec.series.length === 0) return null;
    const series = spec.series.map((item) => {
      const { per, ...measure } = { of: "total" as const, ...item.measure };
      return { ...item, measure: per === "person" ? { ...measure, per } : measure };
    });
    return { ...spec, series };
  },
  asking: (spec) => {
    if (spec.series.some(({ measure = {} }) => lacksProperty(measure)))
      return { spec: null, missing: "Choose the property to measure." };
    const formulas = spec.formulas.map((text) => text.trim()).filter(Boolean);
    const series = spec.series.map(usableSelector);
    return { spec: { ...spec, filter: usable(spec.filter), series, formulas }, missing: null };
  },
  selectors: (spec) => spec.series.map(({ measure: _, ...selector }) => selector),
  from: ({ selectors, breakdown, limit, ...interest }) => ({
    ...DEFAULTS,
    kind: "trends",
    ...interest,
    breakdown,
    limit,
    series: selectors.map((selector) => ({ ...selector, measure: { of: "persons" } })),
  }),
  titleOf: (spec) => spec.formulas.filter(Boolean)[0] ?? spec.series.map(nameOf).join(", "),
  meaning: (spec) => {
    if (spec.series.some(({ measure }) => measure?.per === "person")) {
      return [
        "The measure is taken over people: of how many events each has in that stretch of time, or of the sum of the property over each one's events.",
      ];
    }
    const measures = [...new Set(spec.series.map((series) => series.measure?.of ?? "total"))];
    const words = measures.map(
      (of) =>
        MEASURES[of] ??
        "The measure is taken over the values of the property that are numbers; others are left out.",
    );
    if (spec.formulas.some((text) => text.trim())) {
      words.push("A formula is worked out point by point; dividing by zero gives 0.");
    }
    if (spec.compare) {
      words.push(
        spec.compare === true
          ? "It is compared with the equally long period that ends where this one begins."
          : "It is compared with the same period that long ago, by the calendar.",
      );
    }
    if (spec.cumulative) {
      words.push("Values add up from the start of the period; whoever comes back counts once.");
    }
    if (spec.moving_average) {
      words.push(
        `Each point is the mean of the last ${spec.moving_average} intervals, of fewer at the start.`,
      );
    }
    return words;
  },
  splitMeaning:
    "Each event is counted under its own value of the property; person and account properties are read as they are now.",
  over: (spec, period, now) => ({
    ...spec,
    period,
    interval: fittingInterval(period, spec.interval, now),
  }),
  Editor: lazy(() => import("./TrendsEditor")),
  Tools: TrendsTools,
};
