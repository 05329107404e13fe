import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";

export const DEFAULTS = {
  ...SHARED,
  period: { from: "-12m" },
  currency: null,
  base: "USD",
  rates: [],
  subscription: null,
  interval: "month",
  refund: null,
  cancellation: null,
  expires: { count: 45, unit: "day" },
  movement_of: "subscription",
  show: "movements",
} satisfies Partial<SpecOf<"revenue">>;

export type RevenueSpec = Whole<SpecOf<"revenue">, typeof DEFAULTS>;
