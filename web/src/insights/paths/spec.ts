import type { SpecOf } from "../../api/shapes";
import { SHARED, type Whole } from "../kind";

type Spec = SpecOf<"paths">;

export const DEFAULTS = {
  ...SHARED,
  except_events: [],
  by: null,
  by_on: [],
  replacements: [],
  groups: [],
  only_items: [],
  except_items: [],
  collapse: true,
  start: null,
  end: null,
  steps: 5,
  top: 50,
  expand: [],
  count: "paths",
} satisfies Partial<Spec>;

export type PathsSpec = Whole<Spec, typeof DEFAULTS> & {
  events: NonNullable<Spec["events"]>;
  within: NonNullable<Spec["within"]>;
};

/** How long a pause ends a path, unless the question says otherwise. */
export const PAUSE = { pause_seconds: 1800 };
