import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";

export const DEFAULTS = {
  ...SHARED,
  features: [],
  top: 20,
  frequency: "times",
} satisfies Partial<SpecOf<"engagement">>;

export type EngagementSpec = Omit<Whole<SpecOf<"engagement">, typeof DEFAULTS>, "features"> & {
  features: NonNullable<SpecOf<"engagement">["features"]>;
};
