import { IconRoute2 } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { startingPeriod } from "../periods";
import { ANY_EVENT, nameOf, ownEvents, usableSelector } from "../selections";
import { type AttributionSpec, DEFAULTS, MODELS } from "./spec";

export const attribution: InsightKind<AttributionSpec> = {
  name: "attribution",
  title: "Attribution",
  noun: "attribution",
  says: "Which channels bring people to what they do",
  Icon: IconRoute2,
  tile: { width: 6, height: 5 },
  defaults: DEFAULTS,
  starting: (catalog, now) => ({
    ...DEFAULTS,
    kind: "attribution",
    conversion: { event: ownEvents(catalog)[0] ?? null },
    period: startingPeriod(catalog, now),
  }),
  read: (spec) => (spec.conversion && spec.models.length > 0 ? spec : null),
  asking: (spec) => ({
    spec: {
      ...spec,
      filter: usable(spec.filter),
      conversion: usableSelector(spec.conversion),
      touch: usableSelector(spec.touch),
      spend: spec.spend.filter(({ channel }) => channel.trim() !== ""),
    },
    missing: null,
  }),
  selectors: ({ conversion, touch }) => [conversion, touch],
  from: ({ selectors, breakdown: _, interval: __, ...interest }) => ({
    ...DEFAULTS,
    kind: "attribution",
    ...interest,
    conversion: selectors[selectors.length - 1] ?? ANY_EVENT,
  }),
  titleOf: ({ conversion }) => `What leads to ${nameOf(conversion)}`,
  meaning: ({ models, lookback }) => [
    `Each conversion has one credit to share among its touches: the events with a channel in the ${lookback.count} ${lookback.unit}s before it, by the same person.`,
    ...models.map((model) => {
      const known = MODELS.find((each) => each.model === model);
      return known ? `${known.title}: ${known.says}` : model;
    }),
    "Conversions without touches credit no channel and have a row of their own.",
  ],
  splitMeaning: "",
  Editor: lazy(() => import("./AttributionEditor")),
};
