/** What a series counts, and of which property. */

import type { Measure, MeasureOf } from "../../api/shapes";

/** The measures that are a statistic of numbers, which people can have one each of too. */
const STATISTICS: readonly MeasureOf[] = [
  "average",
  "minimum",
  "maximum",
  "median",
  "p75",
  "p90",
  "p95",
  "p99",
];

/** Whether a measure can be taken of the events of each person instead of single events. */
export function canBePerPerson(of: MeasureOf | undefined): boolean {
  return of !== undefined && STATISTICS.includes(of);
}

/** The measures that add up over time. */
const ADDITIVE: readonly MeasureOf[] = [
  "total",
  "persons",
  "first_time",
  "distinct",
  "sessions",
  "accounts",
  "sum",
];

/** Whether a measure can be shown from the start of the period on. */
export function addsUp(of: MeasureOf | undefined): boolean {
  return of === undefined || ADDITIVE.includes(of);
}

const OF_PROPERTY: readonly MeasureOf[] = ["sum", "distinct", ...STATISTICS];

/** Whether a measure is taken of a property. */
export function takesProperty(of: MeasureOf | undefined): boolean {
  return of !== undefined && OF_PROPERTY.includes(of);
}

/** Whether a measure lacks the property that it is taken of. */
export function lacksProperty({ of, property, per }: Measure): boolean {
  return takesProperty(of) && per !== "person" && !property?.name;
}
