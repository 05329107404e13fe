/** Steps as values: a selection of events, or several any of which takes the step. */

import type { Selector } from "../../api/shapes";
import { nameOf, usableSelector } from "../selections";
import type { FunnelSpec } from "./spec";

export type Step = FunnelSpec["steps"][number];

/** Returns the selections that take a step. */
export function waysOf(step: Step): Selector[] {
  return "any_of" in step ? step.any_of : [step];
}

/** Whether a step may be left out. */
export function isOptional(step: Step): boolean {
  return "any_of" in step && Boolean(step.optional);
}

/** Returns a step, as plain as it can be said. */
export function stepOf(ways: Selector[], optional: boolean, label?: string | null): Step {
  const [only] = ways;
  if (ways.length === 1 && only && !optional) return label ? { ...only, label } : only;
  return { any_of: ways, optional, ...(label ? { label } : {}) };
}

/** Returns the words for a step. */
export function stepName(step: Step | undefined): string {
  if (!step) return "Any event";
  if ("any_of" in step && step.label) return step.label;
  return waysOf(step).map(nameOf).join(" or ");
}

/** Returns a step without conditions that have no value yet. */
export function usableStep(step: Step): Step {
  if (!("any_of" in step)) return usableSelector(step);
  return { ...step, any_of: step.any_of.map(usableSelector), label: step.label?.trim() || null };
}
