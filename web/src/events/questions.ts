/** The questions that a name in the catalog suggests. */

import type { Catalog, CatalogProperty, Spec } from "../api/shapes";
import { fittingInterval, startingPeriod } from "../insights/periods";
import { brokenDown, complete } from "../insights/questions";

type Seen = Pick<Catalog, "events">;

/** Returns how many people did an event over the time in which it occurred. */
export function trendOf(event: string | null, seen: Seen, now: Date): Spec {
  const period = startingPeriod(seen, now);
  const spec = {
    kind: "trends",
    series: [{ event, measure: { of: "persons" } }],
    period,
    interval: fittingInterval(period, "day", now),
  };
  return complete("trends", spec) as Spec;
}

/** Returns how many people there are by each value of a property. */
export function splitBy({ of, name }: CatalogProperty, seen: Seen, now: Date): Spec {
  return brokenDown(trendOf(null, seen, now), { of, name });
}
