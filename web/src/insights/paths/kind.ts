import { IconRoute } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { startingPeriod } from "../periods";
import { ANY_EVENT, usableSelector } from "../selections";
import { DEFAULTS, PAUSE, type PathsSpec } from "./spec";

export const paths: InsightKind<PathsSpec> = {
  name: "paths",
  title: "Paths",
  noun: "path",
  says: "What people do after what, step by step",
  Icon: IconRoute,
  tile: { width: 12, height: 6 },
  defaults: DEFAULTS,
  starting: (catalog, now) => ({
    ...DEFAULTS,
    kind: "paths",
    events: [ANY_EVENT],
    within: PAUSE,
    period: startingPeriod(catalog, now),
  }),
  read: (spec) => ({
    ...spec,
    events: spec.events?.length ? spec.events : [ANY_EVENT],
    within: spec.within ?? PAUSE,
  }),
  asking: (spec) => ({
    spec: {
      ...spec,
      filter: usable(spec.filter),
      events: spec.events.map(usableSelector),
      except_events: spec.except_events.map(usableSelector),
      replacements: spec.replacements.filter(({ pattern }) => pattern),
      start: spec.start?.trim() || null,
      end: spec.end?.trim() || null,
    },
    missing: null,
  }),
  selectors: (spec) => [...spec.events],
  from: ({ period, filter, actor, selectors }) => ({
    ...DEFAULTS,
    kind: "paths",
    period,
    filter,
    actor,
    events: [ANY_EVENT],
    within: PAUSE,
    start: selectors[0]?.event ?? null,
  }),
  titleOf: ({ start, end }) =>
    start && end
      ? `Paths from ${start} to ${end}`
      : start
        ? `Paths from ${start}`
        : end
          ? `Paths to ${end}`
          : "Paths",
  meaning: ({ within, collapse, count, start, end, top }) =>
    [
      "reach_seconds" in within
        ? `A path is what somebody does within ${minutes(within.reach_seconds)} of its first event.`
        : `A path is what somebody does until a pause of ${minutes(within.pause_seconds)}.`,
      start ? `It begins with the first ${start} in it.` : "",
      end ? `It ends with the first ${end} in it${start ? " after that" : ""}.` : "",
      collapse ? "The same thing several times in a row is one step." : "",
      count === "paths" ? "Numbers count paths." : "Numbers count each person once per step.",
      `The ${top} largest moves choose what is shown at each step; Other holds all the rest, so that what flows in also flows out or ends.`,
    ].filter(Boolean),
  splitMeaning: "",
  Editor: lazy(() => import("./PathsEditor")),
};

function minutes(seconds = 1800): string {
  if (seconds % 60 !== 0) return `${seconds} seconds`;
  return seconds === 60 ? "a minute" : `${seconds / 60} minutes`;
}
