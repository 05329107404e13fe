import { IconChartDots } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { startingPeriod } from "../periods";
import { usableSelector } from "../selections";
import { DEFAULTS, type EngagementSpec } from "./spec";

export const engagement: InsightKind<EngagementSpec> = {
  name: "engagement",
  title: "Engagement",
  noun: "engagement matrix",
  says: "How many use each feature, and how often",
  Icon: IconChartDots,
  tile: { width: 6, height: 5 },
  defaults: DEFAULTS,
  starting: (catalog, now) => ({
    ...DEFAULTS,
    kind: "engagement",
    period: startingPeriod(catalog, now),
  }),
  read: (spec) => spec,
  asking: (spec) => ({
    spec: { ...spec, filter: usable(spec.filter), features: spec.features.map(usableSelector) },
    missing: null,
  }),
  selectors: (spec) => [...spec.features],
  from: ({ period, filter, actor, selectors }) => ({
    ...DEFAULTS,
    kind: "engagement",
    period,
    filter,
    actor,
    features: selectors.filter(({ event }) => event).length > 1 ? selectors : [],
  }),
  titleOf: () => "Reach and frequency of features",
  meaning: ({ frequency }) => [
    "Reach, across: the share of the active people who used the feature in the period.",
    frequency === "times"
      ? "Frequency, up: how many times each of those who used it did, on average."
      : "Frequency, up: on how many days each of those who used it did, on average.",
    "The dashed lines are the medians: to the right is what many use, above what few or many use often.",
  ],
  splitMeaning: "",
  Editor: lazy(() => import("./EngagementEditor")),
};
