import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  start: { event: null },
  returning: null,
  cohort: "first_time",
  match: "on",
  minimum: 1,
  clock: "calendar",
  interval: "day",
  columns: 8,
  brackets: [],
  measure: { of: "persons" },
  breakdown: null,
  limit: LIMIT,
} satisfies Partial<SpecOf<"retention">>;

export type RetentionSpec = Whole<SpecOf<"retention">, typeof DEFAULTS>;
