import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  among: "active",
  show: "curve",
  interval: "day",
  early_days: 7,
  breakdown: null,
  limit: LIMIT,
} satisfies Partial<SpecOf<"adoption">>;

export type AdoptionSpec = Whole<SpecOf<"adoption">, typeof DEFAULTS>;
