import { IconChartLine } from "@tabler/icons-react";
import { lazy } from "react";
import type { MeasureOf } from "../../api/shapes";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { fittingInterval, startingPeriod } from "../periods";
import { nameOf, usableSelector } from "../selections";
import { needsProperty } from "./measures";
import { DEFAULTS, type TrendsSpec } from "./spec";
import { TrendsTools } from "./TrendsTools";

const MEASURES: Partial<Record<MeasureOf, string>> = {
  total: "Each point is the number of events in that stretch of time.",
  persons:
    "Each point is the number of different people who did the event. A person who did it on two days counts on both, and once in the total.",
  daily_active: "Each point is the number of different people who did the event on that day.",
  weekly_active:
    "Each point is the number of different people who did the event in the 7 days that end there.",
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
    const series = spec.series.map((item) => ({
      ...item,
      measure: { of: "total" as const, ...item.measure },
    }));
    return { ...spec, series };
  },
  asking: (spec) => {
    const lacking = spec.series.find(
      ({ measure }) => needsProperty(measure?.of) && !measure?.property?.name,
    );
    if (lacking) return { spec: null, missing: "Choose the property to measure." };
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
      words.push("The dashed line is the equally long period that ends where this one begins.");
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
