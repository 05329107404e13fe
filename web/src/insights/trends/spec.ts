import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  formulas: [],
  interval: "day",
  breakdown: null,
  limit: LIMIT,
  cumulative: false,
  moving_average: null,
  compare: false,
  sample: null,
  show: "lines",
} satisfies Partial<SpecOf<"trends">>;

export type TrendsSpec = Whole<SpecOf<"trends">, typeof DEFAULTS>;
