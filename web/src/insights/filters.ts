/** Filters as values: nested groups of conditions, and the words for them. */

import type { All, Any, Condition, Filter, InCohort, Operator, Property } from "../api/shapes";

export type Group = All | Any;
export type Join = "all" | "any";

/** The words for each operator, and whether it takes no value, text, or a number. */
export const OPERATORS: Record<
  Operator,
  { words: string; takes: "nothing" | "values" | "text" | "number" }
> = {
  is: { words: "is", takes: "values" },
  is_not: { words: "is not", takes: "values" },
  contains: { words: "contains", takes: "text" },
  not_contains: { words: "does not contain", takes: "text" },
  matches: { words: "matches pattern", takes: "text" },
  not_matches: { words: "does not match pattern", takes: "text" },
  greater: { words: "is greater than", takes: "number" },
  at_least: { words: "is at least", takes: "number" },
  less: { words: "is less than", takes: "number" },
  at_most: { words: "is at most", takes: "number" },
  is_set: { words: "is set", takes: "nothing" },
  is_not_set: { words: "is not set", takes: "nothing" },
};

/** Whether a filter holds other filters. */
export function isGroup(filter: Filter): filter is Group {
  return "all" in filter || "any" in filter;
}

/** Whether a filter asks who is in a cohort. */
export function isCohort(filter: Filter): filter is InCohort {
  return "cohort" in filter;
}

/** Returns how a group joins its parts. */
export function joinOf(group: Group): Join {
  return "all" in group ? "all" : "any";
}

/** Returns the filters in a group. */
export function partsOf(group: Group): readonly Filter[] {
  return "all" in group ? group.all : group.any;
}

/** Returns a group of filters. */
export function joined(join: Join, parts: readonly Filter[]): Group {
  return join === "all" ? { all: [...parts] } : { any: [...parts] };
}

/** Returns a filter as a group, so that conditions can be added to it. */
export function asGroup(filter: Filter | null | undefined): Group {
  if (!filter) return { all: [] };
  return isGroup(filter) ? filter : { all: [filter] };
}

/** Returns a group with one of its parts changed, or removed by null; null when nothing is left. */
export function withPart(group: Group, index: number, part: Filter | null): Group | null {
  const parts = partsOf(group).flatMap((old, i) => (i === index ? (part ? [part] : []) : [old]));
  return parts.length ? joined(joinOf(group), parts) : null;
}

/** Returns a condition on a property that waits for its values. */
export function condition(property: Property): Condition {
  return { property, operator: "is", values: [] };
}

/** Returns the filter that keeps the people of a cohort, which is chosen like a property. */
export function leafOf(cohort: Property): InCohort {
  return { cohort: cohort.name, in: true };
}

/** Returns a condition with another operator; values stay where they fit. */
export function withOperator(old: Condition, operator: Operator): Condition {
  const { values: given = [] } = old;
  const { takes } = OPERATORS[operator];
  const fit = takes === "nothing" ? [] : takes === "number" ? given.filter(isNumeric) : given;
  const values = takes === "values" || takes === "nothing" ? fit : fit.slice(0, 1);
  return { ...old, operator, values };
}

/** Whether a condition says all that its operator needs. */
export function isComplete({ property, operator = "is", values = [] }: Condition): boolean {
  if (!property.name) return false;
  const { takes } = OPERATORS[operator];
  if (takes === "nothing") return true;
  const given = values.filter((value) => value !== "");
  return given.length > 0 && (takes !== "number" || given.every(isNumeric));
}

/**
 * Returns a filter without the conditions that are not complete yet and the groups that are empty;
 * null when nothing is left.
 */
export function usable(filter: Filter | null | undefined): Filter | null {
  if (!filter) return null;
  if (isCohort(filter)) return filter;
  if (!isGroup(filter)) return isComplete(filter) ? filter : null;
  const parts = partsOf(filter).flatMap((part) => usable(part) ?? []);
  return parts.length ? joined(joinOf(filter), parts) : null;
}

/** Returns how many conditions a filter has. */
export function conditionsIn(filter: Filter | null | undefined): number {
  if (!filter) return 0;
  if (!isGroup(filter)) return 1;
  return partsOf(filter).reduce((sum, part) => sum + conditionsIn(part), 0);
}

/** Returns the words for a property: context columns lose their dollar sign. */
export function propertyTitle(property: Property): string {
  return property.name.replace(/^\$/, "").replaceAll("_", " ") || "property";
}

function isNumeric(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
}
