import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  measure: "sessions",
  pause_seconds: 1800,
  bounce_seconds: 10,
  by: null,
  interval: "day",
  breakdown: null,
  limit: LIMIT,
} satisfies Partial<SpecOf<"sessions">>;

export type SessionsSpec = Whole<SpecOf<"sessions">, typeof DEFAULTS>;
export type SessionsMeasure = SessionsSpec["measure"];

/** What can be asked of sessions: its words, and what it means. */
export const MEASURES: Record<SessionsMeasure, { title: string; says: string }> = {
  sessions: { title: "Number of sessions", says: "How many began in each interval." },
  average_length: {
    title: "Average length",
    says: "The seconds from the first event to the last, on average.",
  },
  median_length: {
    title: "Median length",
    says: "Half of the sessions are shorter, half are longer.",
  },
  p90_length: { title: "90th percentile of length", says: "One session in ten is longer." },
  events_per_session: { title: "Events per session", says: "On average." },
  bounce_rate: {
    title: "Bounce rate",
    says: "The share of sessions with exactly one page or screen that end soon.",
  },
  average_time_spent: {
    title: "Average time spent",
    says: "The lengths of each person's sessions added up, on average over people.",
  },
  median_time_spent: {
    title: "Median time spent",
    says: "The lengths of each person's sessions added up; half of the people spent less.",
  },
  entries: { title: "What sessions begin with", says: "Sessions by their first event." },
  exits: { title: "What sessions end with", says: "Sessions by their last event." },
  lengths: { title: "Sessions by length", says: "How many are how long." },
};

/** Whether a measure divides the sessions of the period, instead of following them over time. */
export function isOverall(measure: SessionsMeasure): boolean {
  return measure === "entries" || measure === "exits" || measure === "lengths";
}
