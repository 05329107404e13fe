import { IconRepeat } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { startingYear } from "../periods";
import { ANY_EVENT, nameOf, usableSelector } from "../selections";
import { DEFAULTS, type RetentionSpec } from "./spec";

export const retention: InsightKind<RetentionSpec> = {
  name: "retention",
  title: "Retention",
  noun: "retention",
  says: "How many of those who start come back",
  Icon: IconRepeat,
  tile: { width: 12, height: 6 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const period = startingYear(catalog, now);
    return { ...DEFAULTS, kind: "retention", period, interval: period.to ? "month" : "day" };
  },
  read: (spec) => spec,
  asking: (spec) => {
    const { of = "persons", property } = spec.measure;
    if (of !== "persons" && !property?.name) {
      return { spec: null, missing: "Choose the property that cells show." };
    }
    return {
      spec: {
        ...spec,
        filter: usable(spec.filter),
        start: usableSelector(spec.start),
        returning: spec.returning ? usableSelector(spec.returning) : null,
      },
      missing: null,
    };
  },
  selectors: ({ start, returning }) => (returning ? [start, returning] : [start]),
  from: ({ selectors, interval, ...interest }) => {
    const [start = ANY_EVENT, second] = selectors;
    return {
      ...DEFAULTS,
      kind: "retention",
      ...interest,
      start,
      returning: second ?? null,
      interval,
    };
  },
  titleOf: ({ start }) => `Who comes back after ${nameOf(start)}`,
  meaning: ({ cohort, match, interval, clock, minimum }) => [
    {
      first_time: `Each row holds the people whose first start that fits the conditions was in that ${interval}.`,
      first_ever: `Each row holds the people whose very first event of that name was in that ${interval} and fits the conditions.`,
      recurring: `Each row holds the people who started in that ${interval}; one person can be in several rows.`,
    }[cohort],
    {
      on: `A column shows how many of them came back exactly that many ${interval}s later.`,
      on_or_after: `A column shows how many of them came back that many ${interval}s later, or at any time after.`,
      on_or_before: `A column shows how many of them had come back by the end of that ${interval}.`,
      streak: `A column shows how many of them came back in every ${interval} up to it.`,
    }[match],
    ...(minimum > 1 ? [`They must have come back at least ${minimum} times.`] : []),
    ...(clock === "rolling"
      ? [`A ${interval} begins with each person's own start, not with the calendar.`]
      : []),
    `A return in the starting ${interval} itself is not counted. Hatched cells are not over yet.`,
    "The average weighs rows by their size and leaves out what is not over yet.",
  ],
  splitMeaning: "A person is counted under the value on their first start event of the interval.",
  Editor: lazy(() => import("./RetentionEditor")),
};
