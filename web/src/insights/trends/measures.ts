/** What a series counts, and of which property. */

import type { MeasureOf } from "../../api/shapes";

const OF_PROPERTY: readonly MeasureOf[] = [
  "sum",
  "average",
  "minimum",
  "maximum",
  "median",
  "p75",
  "p90",
  "p95",
  "p99",
];

/** Whether a measure is taken of a property. */
export function needsProperty(of: MeasureOf | undefined): boolean {
  return of !== undefined && OF_PROPERTY.includes(of);
}
