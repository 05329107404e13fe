/** Looking at a whole dashboard over another period than its tiles were saved with. */

import type { Period, Spec } from "../api/shapes";
import { withPeriod } from "../insights/questions";

/** Returns a question over another period, in intervals that suit its length. */
export function over(spec: Spec, period: Period | null, now: Date): Spec {
  return period === null ? spec : withPeriod(spec, period, now);
}

/** Returns the period that an address asks for. */
export function periodIn(search: { from?: string; to?: string }): Period | null {
  if (search.from === undefined) return null;
  return search.to === undefined ? { from: search.from } : { from: search.from, to: search.to };
}

/** Returns what an address says to ask for a period. */
export function searchFor(period: Period | null): { from?: string; to?: string } {
  if (period === null) return {};
  return period.to ? { from: period.from, to: period.to } : { from: period.from };
}
