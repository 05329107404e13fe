import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  order: "ordered",
  window: { count: 14, unit: "day" },
  anchor: "every",
  complete_after_period: false,
  exclusions: [],
  on_exclusion: "remove",
  hold: [],
  count: "uniques",
  percentiles: [],
  show: "steps",
  interval: "day",
  breakdown: null,
  attribution: "first_touch",
  limit: LIMIT,
} satisfies Partial<SpecOf<"funnel">>;

export type FunnelSpec = Whole<SpecOf<"funnel">, typeof DEFAULTS>;
