import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";
import { LIMIT } from "../selections";

export const DEFAULTS = {
  ...SHARED,
  value: null,
  touch: { event: null },
  by: "channel",
  models: ["last"],
  lookback: { count: 30, unit: "day" },
  half_life: { count: 7, unit: "day" },
  weights: null,
  spend: [],
  limit: LIMIT,
} satisfies Partial<SpecOf<"attribution">>;

export type AttributionSpec = Whole<SpecOf<"attribution">, typeof DEFAULTS>;

export type Model = AttributionSpec["models"][number];

/** Every way to share the credit of a conversion, with what it does. */
export const MODELS: readonly { model: Model; title: string; says: string }[] = [
  { model: "last", title: "Last touch", says: "All to the last touch." },
  { model: "first", title: "First touch", says: "All to the first touch." },
  {
    model: "last_non_direct",
    title: "Last non-direct",
    says: "All to the last touch that is not a direct visit.",
  },
  { model: "linear", title: "Linear", says: "The same to every touch." },
  { model: "u_shaped", title: "U-shaped", says: "40 % each to first and last." },
  { model: "j_shaped", title: "J-shaped", says: "20 % to the first, 60 % to the last." },
  { model: "inverse_j", title: "Inverse J", says: "60 % to the first, 20 % to the last." },
  { model: "time_decay", title: "Time decay", says: "Half for each half-life before it." },
  { model: "custom", title: "Custom", says: "The shares that you set." },
  { model: "participation", title: "Participation", says: "All of it to every touch." },
  {
    model: "markov",
    title: "Markov",
    says: "By how many conversions would be lost without the channel.",
  },
  {
    model: "shapley",
    title: "Shapley",
    says: "By what the channel adds to each set of others.",
  },
];
