import { IconFilter } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { startingPeriod } from "../periods";
import { ANY_EVENT, nameOf, ownEvents, usableSelector } from "../selections";
import { DEFAULTS, type FunnelSpec } from "./spec";

export const funnel: InsightKind<FunnelSpec> = {
  name: "funnel",
  title: "Funnel",
  noun: "funnel",
  says: "How many go from step to step",
  Icon: IconFilter,
  tile: { width: 6, height: 5 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const [first = null, second = first] = ownEvents(catalog);
    return {
      ...DEFAULTS,
      kind: "funnel",
      steps: [{ event: first }, { event: second }],
      period: startingPeriod(catalog, now),
    };
  },
  read: (spec) => {
    const enough = Array.isArray(spec.steps) && spec.steps.length >= 2;
    return enough ? { ...spec, window: { ...DEFAULTS.window, ...spec.window } } : null;
  },
  asking: (spec) => ({
    spec: { ...spec, filter: usable(spec.filter), steps: spec.steps.map(usableSelector) },
    missing: null,
  }),
  selectors: (spec) => [...spec.steps],
  from: ({ selectors, interval: _, ...interest }) => {
    const [first = ANY_EVENT, second = first] = selectors;
    const steps = selectors.length >= 2 ? selectors : [first, second];
    return { ...DEFAULTS, kind: "funnel", ...interest, steps };
  },
  titleOf: ({ steps }) => `${nameOf(steps[0])} to ${nameOf(steps[steps.length - 1])}`,
  meaning: (spec) => {
    const { count = 14, unit = "day" } = spec.window;
    const window = `${count} ${unit}${count === 1 ? "" : "s"}`;
    return [
      "A person counts at a step when, after some event of step 1, they did every step up to this one in order.",
      `All of that must happen within ${window} of that first event, and within the period.`,
      "Each person counts once, with the attempt that went furthest.",
      "Times run from step to step along that attempt.",
    ];
  },
  splitMeaning:
    "Each person has one value: the first that is set on any of their events in the funnel.",
  Editor: lazy(() => import("./FunnelEditor")),
};
