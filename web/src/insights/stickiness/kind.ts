import { IconMagnet } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { startingPeriod } from "../periods";
import { ANY_EVENT, nameOf, usableSelector } from "../selections";
import { DEFAULTS, type StickinessSpec } from "./spec";

export const stickiness: InsightKind<StickinessSpec> = {
  name: "stickiness",
  title: "Stickiness",
  noun: "stickiness",
  says: "On how many days, or how often, people do something",
  Icon: IconMagnet,
  tile: { width: 6, height: 4 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const period = startingPeriod(catalog, now);
    const interval = period.to ? "month" : "day";
    return { ...DEFAULTS, kind: "stickiness", series: [ANY_EVENT], period, interval };
  },
  read: (spec) => ({ ...spec, series: spec.series?.length ? spec.series : [ANY_EVENT] }),
  asking: (spec) => ({
    spec: { ...spec, filter: usable(spec.filter), series: spec.series.map(usableSelector) },
    missing: null,
  }),
  selectors: (spec) => [...spec.series],
  from: ({ selectors, interval, ...interest }) => ({
    ...DEFAULTS,
    kind: "stickiness",
    ...interest,
    series: selectors.slice(0, 10),
    interval,
  }),
  titleOf: ({ series, of, interval }) =>
    of === "events"
      ? `How often people do ${series.map(nameOf).join(", ")}`
      : `On how many ${interval}s people do ${series.map(nameOf).join(", ")}`,
  meaning: ({ of, interval, minimum, cumulative, per, at_least }) => {
    if (of === "events") {
      return [
        `Each bar is the number of people with ${cumulative ? "at least " : ""}that many events in the period.`,
      ];
    }
    const enough = minimum > 1 ? ` with at least ${minimum} events` : "";
    if (per) {
      return [
        `Each point is the share of the people active in that ${per} who were so on at least ${at_least} of its ${interval}s${enough}.`,
      ];
    }
    return [
      `Each bar is the number of people who did it in ${cumulative ? "at least" : "exactly"} that many ${interval}s of the period${enough}.`,
    ];
  },
  splitMeaning: "A person has one value: that on their first such event in the period.",
  Editor: lazy(() => import("./StickinessEditor")),
};
