/** What the numbers of a question mean, in words. */

import type { FunnelSpec, MeasureOf, RetentionSpec, Spec, TrendsSpec } from "../api/shapes";
import { conditionsIn } from "./filters";
import { selectors } from "./questions";

const MEASURES: Partial<Record<MeasureOf, string>> = {
  total: "Each point is the number of events in that stretch of time.",
  persons:
    "Each point is the number of different people who did the event. A person who did it on two days counts on both, and once in the total.",
  daily_active: "Each point is the number of different people who did the event on that day.",
  weekly_active:
    "Each point is the number of different people who did the event in the 7 days that end there.",
  monthly_active:
    "Each point is the number of different people who did the event in the 30 days that end there.",
  per_person: "Each point is the number of events divided by the number of people who did them.",
};

/** Returns the definition of a question's numbers, a sentence or two at a time. */
export function meaning(spec: Spec): string[] {
  const words =
    spec.kind === "trends"
      ? ofTrends(spec)
      : spec.kind === "funnel"
        ? ofFunnel(spec)
        : ofRetention(spec);
  const conditions =
    conditionsIn(spec.filter) +
    selectors(spec).reduce((sum, selector) => sum + conditionsIn(selector.filter), 0);
  if (conditions > 0) {
    words.push("Only events that satisfy the conditions are counted; values compare as text.");
  }
  if (spec.breakdown) words.push(ofBreakdown(spec));
  if (selectors(spec).some((selector) => !selector.event)) {
    words.push("Any event means everything people did, without identify, group and alias calls.");
  }
  return words;
}

function ofTrends(spec: TrendsSpec): string[] {
  const measures = [...new Set(spec.series.map((series) => series.measure.of))];
  const words = measures.map(
    (of) =>
      MEASURES[of] ??
      "The measure is taken over the values of the property that are numbers; others are left out.",
  );
  if (spec.formulas.some((text) => text.trim())) {
    words.push("A formula is worked out point by point; dividing by zero gives 0.");
  }
  if (spec.compare) {
    words.push("The dashed line is the equally long period that ends where this one begins.");
  }
  return words;
}

function ofFunnel(spec: FunnelSpec): string[] {
  const { count, unit } = spec.window;
  const window = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return [
    "A person counts at a step when, after some event of step 1, they did every step up to this one in order.",
    `All of that must happen within ${window} of that first event, and within the period.`,
    "Each person counts once, with the attempt that went furthest.",
    "Times run from step to step along that attempt.",
  ];
}

function ofRetention(spec: RetentionSpec): string[] {
  const { cohort, match, interval } = spec;
  return [
    cohort === "first_time"
      ? `Each row holds the people whose first start ever was in that ${interval}.`
      : `Each row holds the people who started in that ${interval}; one person can be in several rows.`,
    match === "on"
      ? `A column shows how many of them came back exactly that many ${interval}s later.`
      : `A column shows how many of them came back that many ${interval}s later, or at any time after.`,
    `A return in the starting ${interval} itself is not counted. Hatched cells are not over yet.`,
    "The average weighs rows by their size and leaves out what is not over yet.",
  ];
}

function ofBreakdown(spec: Spec): string {
  if (spec.kind === "trends") {
    return "Each event is counted under its own value of the property; person and account properties are read as they are now.";
  }
  if (spec.kind === "funnel") {
    return "Each person has one value: the first that is set on any of their events in the funnel.";
  }
  return "A person is counted under the value on their first start event of the interval.";
}
