import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  of: "intervals",
  interval: "day",
  minimum: 1,
  cumulative: false,
  per: null,
  at_least: 3,
  bins: [],
  breakdown: null,
  limit: LIMIT,
} satisfies Partial<SpecOf<"stickiness">>;

export type StickinessSpec = Whole<SpecOf<"stickiness">, typeof DEFAULTS> & {
  series: NonNullable<SpecOf<"stickiness">["series"]>;
};
