import { IconRefresh } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import { IntervalSelect } from "../IntervalSelect";
import type { InsightKind } from "../kind";
import { fittingInterval, startingPeriod } from "../periods";
import { ANY_EVENT, nameOf, usableSelector } from "../selections";
import { DEFAULTS, type LifecycleSpec } from "./spec";

export const lifecycle: InsightKind<LifecycleSpec> = {
  name: "lifecycle",
  title: "Lifecycle",
  noun: "lifecycle",
  says: "Who is new, stays, comes back and leaves",
  Icon: IconRefresh,
  tile: { width: 6, height: 4 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const period = startingPeriod(catalog, now);
    return {
      ...DEFAULTS,
      kind: "lifecycle",
      period,
      interval: fittingInterval(period, "week", now),
    };
  },
  read: (spec) => spec,
  asking: (spec) => ({
    spec: { ...spec, filter: usable(spec.filter), event: usableSelector(spec.event) },
    missing: null,
  }),
  selectors: (spec) => [spec.event],
  from: ({ selectors, ...interest }) => ({
    ...DEFAULTS,
    kind: "lifecycle",
    ...interest,
    event: selectors[0] ?? ANY_EVENT,
  }),
  titleOf: ({ event }) => `Lifecycle of ${nameOf(event)}`,
  meaning: ({ interval, new: counted }) => [
    counted === "first_event"
      ? `New: their first event of any kind, ever, was in that ${interval}.`
      : `New: the first event that fits this question, ever, was in that ${interval}.`,
    `Returning: active in that ${interval} and in the one before. Resurrecting: active after at least one ${interval} away.`,
    `Dormant, below zero: active in the ${interval} before and not in this one. They count once, in the first ${interval} without them.`,
  ],
  splitMeaning:
    "A person has one value: that on their first event from the interval before the period on.",
  over: (spec, period, now) => ({
    ...spec,
    period,
    interval: fittingInterval(period, spec.interval, now),
  }),
  Editor: lazy(() => import("./LifecycleEditor")),
  Tools: ({ spec, onChange }) => (
    <IntervalSelect
      interval={spec.interval}
      onChange={(interval) => onChange({ ...spec, interval })}
    />
  ),
};
