import { IconRocket } from "@tabler/icons-react";
import { lazy } from "react";
import { Choose } from "../Choose";
import { usable } from "../filters";
import { IntervalSelect } from "../IntervalSelect";
import type { InsightKind } from "../kind";
import { fittingInterval, startingPeriod } from "../periods";
import { ANY_EVENT, nameOf, ownEvents, usableSelector } from "../selections";
import { type AdoptionSpec, DEFAULTS } from "./spec";

export const adoption: InsightKind<AdoptionSpec> = {
  name: "adoption",
  title: "Adoption",
  noun: "feature adoption",
  says: "How many take up a feature, how soon, and again",
  Icon: IconRocket,
  tile: { width: 6, height: 4 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const period = startingPeriod(catalog, now);
    return {
      ...DEFAULTS,
      kind: "adoption",
      feature: { event: ownEvents(catalog)[1] ?? ownEvents(catalog)[0] ?? null },
      period,
      interval: fittingInterval(period, "day", now),
    };
  },
  read: (spec) => (spec.feature ? spec : null),
  asking: (spec) => ({
    spec: { ...spec, filter: usable(spec.filter), feature: usableSelector(spec.feature) },
    missing: null,
  }),
  selectors: (spec) => [spec.feature],
  from: ({ selectors, ...interest }) => ({
    ...DEFAULTS,
    kind: "adoption",
    ...interest,
    feature: selectors[0] ?? ANY_EVENT,
  }),
  titleOf: ({ feature }) => `Adoption of ${nameOf(feature)}`,
  meaning: ({ among, early_days }) => [
    among === "active"
      ? "Asked of everyone with any event in the period."
      : "Asked of those whose first event ever lies in the period.",
    "Adopted: used it at all, also before the period.",
    `Early: first used it within ${early_days} days of their first event. Repeated: used it on two days or more.`,
    "The curve says how many had adopted it by the end of each interval.",
  ],
  splitMeaning: "Whoever adopted it counts under the value on their first use.",
  over: (spec, period, now) => ({
    ...spec,
    period,
    interval: fittingInterval(period, spec.interval, now),
  }),
  Editor: lazy(() => import("./AdoptionEditor")),
  Tools: ({ spec, onChange }) => (
    <>
      {spec.show === "curve" && (
        <IntervalSelect
          interval={spec.interval}
          onChange={(interval) => onChange({ ...spec, interval })}
        />
      )}
      <Choose
        label="Kind of chart"
        value={spec.show}
        choices={[
          ["curve", "Over time"],
          ["stages", "Stages"],
        ]}
        onChange={(show) => onChange({ ...spec, show })}
      />
    </>
  ),
};
