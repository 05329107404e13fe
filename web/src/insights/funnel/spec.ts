import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  window: { count: 14, unit: "day" },
  breakdown: null,
  limit: LIMIT,
} satisfies Partial<SpecOf<"funnel">>;

export type FunnelSpec = Whole<SpecOf<"funnel">, typeof DEFAULTS>;
