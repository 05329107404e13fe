import { IconClockPlay } from "@tabler/icons-react";
import { lazy } from "react";
import { usable } from "../filters";
import { IntervalSelect } from "../IntervalSelect";
import type { InsightKind } from "../kind";
import { fittingInterval, startingPeriod } from "../periods";
import { DEFAULTS, isOverall, MEASURES, type SessionsSpec } from "./spec";

export const sessions: InsightKind<SessionsSpec> = {
  name: "sessions",
  title: "Sessions",
  noun: "question about sessions",
  says: "How many visits, how long, and how they begin and end",
  Icon: IconClockPlay,
  tile: { width: 6, height: 4 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const period = startingPeriod(catalog, now);
    return {
      ...DEFAULTS,
      kind: "sessions",
      period,
      interval: fittingInterval(period, "day", now),
    };
  },
  read: (spec) => spec,
  asking: (spec) => ({ spec: { ...spec, filter: usable(spec.filter) }, missing: null }),
  selectors: () => [],
  from: ({ selectors: _, ...interest }) => ({ ...DEFAULTS, kind: "sessions", ...interest }),
  titleOf: ({ measure }) => MEASURES[measure].title,
  meaning: ({ measure, pause_seconds, bounce_seconds }) =>
    [
      `${MEASURES[measure].title}: ${MEASURES[measure].says}`,
      measure === "bounce_rate" ? `Soon means in less than ${bounce_seconds} seconds.` : "",
      `A session is what the app calls one; where it says nothing, events with no pause longer than ${pause_seconds / 60} minutes. It counts where it begins, as a whole.`,
    ].filter(Boolean),
  splitMeaning: "A session counts under the value of its first event.",
  over: (spec, period, now) => ({
    ...spec,
    period,
    interval: fittingInterval(period, spec.interval, now),
  }),
  Editor: lazy(() => import("./SessionsEditor")),
  Tools: ({ spec, onChange }) =>
    isOverall(spec.measure) ? null : (
      <IntervalSelect
        interval={spec.interval}
        onChange={(interval) => onChange({ ...spec, interval })}
      />
    ),
};
