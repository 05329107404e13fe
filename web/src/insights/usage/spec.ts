import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";

export const DEFAULTS = {
  ...SHARED,
  period: { from: "-90d" },
  event: { event: null },
  interval: "day",
  share: 0.8,
  bars: 30,
} satisfies Partial<SpecOf<"usage">>;

export type UsageSpec = Whole<SpecOf<"usage">, typeof DEFAULTS>;
