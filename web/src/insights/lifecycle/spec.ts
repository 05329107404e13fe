import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  event: { event: null },
  new: "first_event",
  interval: "day",
  breakdown: null,
  limit: LIMIT,
} satisfies Partial<SpecOf<"lifecycle">>;

export type LifecycleSpec = Whole<SpecOf<"lifecycle">, typeof DEFAULTS>;
