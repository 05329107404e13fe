import { IconFilter } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { fittingInterval, startingPeriod } from "../periods";
import { ANY_EVENT, ownEvents, usableSelector } from "../selections";
import { FunnelTools } from "./FunnelTools";
import { DEFAULTS, type FunnelSpec } from "./spec";
import { stepName, usableStep, waysOf } from "./steps";

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
    spec: {
      ...spec,
      filter: usable(spec.filter),
      steps: spec.steps.map(usableStep),
      exclusions: spec.exclusions
        .filter(({ selector }) => selector.event || usable(selector.filter))
        .map((each) => ({
          ...each,
          selector: usableSelector(each.selector),
        })),
    },
    missing: null,
  }),
  selectors: (spec) => spec.steps.flatMap(waysOf),
  from: ({ selectors, ...interest }) => {
    const [first = ANY_EVENT, second = first] = selectors;
    const steps = selectors.length >= 2 ? selectors : [first, second];
    return { ...DEFAULTS, kind: "funnel", ...interest, steps };
  },
  titleOf: ({ steps }) => `${stepName(steps[0])} to ${stepName(steps[steps.length - 1])}`,
  meaning: (spec) => {
    const { count = 14, unit = "day" } = spec.window;
    const window = `${count} ${unit}${count === 1 ? "" : "s"}`;
    const { order, anchor, complete_after_period, count: counted } = spec;
    return [
      {
        ordered:
          "A person counts at a step when, after some event of step 1, they did every step up to this one in order.",
        strict:
          "A person counts at a step when the events right after step 1 were the steps up to this one, with nothing in between.",
        any: "A person counts at the second bar when they did two different steps, at the third when they did three, in whatever order.",
      }[order],
      anchor === "first" ? "Only the first event of step 1 begins an attempt." : "",
      `All of that must happen within ${window} of that first event, and ${complete_after_period ? "begin within the period" : "within the period"}.`,
      counted === "totals"
        ? "Every attempt counts; the next begins when one is over."
        : "Each person counts once, with the attempt that went furthest.",
      spec.exclusions.length > 0
        ? spec.on_exclusion === "remove"
          ? "An attempt in which an excluded event happened does not count at all."
          : "An attempt ends where an excluded event happened, and keeps the steps before."
        : "",
      spec.hold.length > 0
        ? `All steps of an attempt have the same ${spec.hold.map((each) => each.name).join(", ")}.`
        : "",
      "Times run from step to step along that attempt.",
    ].filter(Boolean);
  },
  splitMeaning:
    "Each person has one value: the first (or last, if chosen so) that is set on their events in the funnel.",
  over: (spec, period, now) =>
    spec.show === "trend"
      ? { ...spec, period, interval: fittingInterval(period, spec.interval, now) }
      : { ...spec, period },
  Tools: FunnelTools,
  Editor: lazy(() => import("./FunnelEditor")),
};
