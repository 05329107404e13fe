import { IconCalendarRepeat } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { startingPeriod } from "../periods";
import { ANY_EVENT, nameOf, usableSelector } from "../selections";
import { DEFAULTS, type UsageSpec } from "./spec";

export const usage: InsightKind<UsageSpec> = {
  name: "usage",
  title: "Usage interval",
  noun: "usage interval",
  says: "After how long people usually come back",
  Icon: IconCalendarRepeat,
  tile: { width: 6, height: 4 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const period = startingPeriod(catalog, now);
    return { ...DEFAULTS, kind: "usage", period: period.to ? period : { from: "-90d" } };
  },
  read: (spec) => spec,
  asking: (spec) => ({
    spec: { ...spec, filter: usable(spec.filter), event: usableSelector(spec.event) },
    missing: null,
  }),
  selectors: (spec) => [spec.event],
  from: ({ selectors, period, filter, actor }) => ({
    ...DEFAULTS,
    kind: "usage",
    period,
    filter,
    actor,
    event: selectors[0] ?? ANY_EVENT,
  }),
  titleOf: ({ event }) => `How often people come back to ${nameOf(event)}`,
  meaning: ({ interval, share }) => [
    `A person's usual gap is the median of the ${interval}s between one active ${interval} and the next.`,
    "Each bar is the number of people with that gap; the last holds all longer ones.",
    `The natural interval is the shortest gap within which ${Math.round(share * 100)} % of them come back. Whoever was active only once has no gap.`,
  ],
  splitMeaning: "",
  Editor: lazy(() => import("./UsageEditor")),
};
