/** A cohort as a list of rules that all hold, or any of which does. */

import type { Condition, Definition, Selector } from "../api/shapes";
import { condition, isComplete, usable } from "../insights/filters";

export type Join = "all" | "any";

export interface DidRule {
  type: "did";
  /** Whether they did, or did not. */
  did: boolean;
  selector: Selector;
  operator: "at_least" | "at_most" | "exactly";
  times: number;
  /** How many days back; null is all time. */
  days: number | null;
}

export interface IsRule {
  type: "is";
  condition: Condition;
}

export interface InRule {
  type: "in";
  cohort: string;
  inside: boolean;
}

export type Rule = DidRule | IsRule | InRule;

export interface Rules {
  join: Join;
  rules: Rule[];
}

export const NEW_RULE: DidRule = {
  type: "did",
  did: true,
  selector: { event: null },
  operator: "at_least",
  times: 1,
  days: 30,
};

export const NEW_CONDITION: IsRule = {
  type: "is",
  condition: condition({ of: "person", name: "" }),
};

/** Returns the rules of a definition; null when it says more than rules can. */
export function rulesOf(definition: Definition): Rules | null {
  const join: Join = "any" in definition ? "any" : "all";
  const parts =
    "all" in definition ? definition.all : "any" in definition ? definition.any : [definition];
  const rules = parts.map(ruleOf);
  return rules.every((rule) => rule !== null) ? { join, rules } : null;
}

function ruleOf(part: Definition): Rule | null {
  if ("not" in part) {
    const inner = ruleOf(part.not);
    if (inner?.type === "did") return { ...inner, did: !inner.did };
    return inner?.type === "in" ? { ...inner, inside: !inner.inside } : null;
  }
  if ("cohort" in part) {
    if (typeof part.cohort !== "string") return null;
    return { type: "in", cohort: part.cohort, inside: part.in ?? true };
  }
  if ("property" in part) return { type: "is", condition: part };
  if (!("did" in part)) return null;
  const { of = "events", operator = "at_least", value = 1 } = part.amount ?? {};
  const within = part.within ?? null;
  if (of !== "events") return null;
  if (within && (!("last" in within) || (within.last.unit ?? "day") !== "day")) return null;
  const days = within && "last" in within ? within.last.count : null;
  return { type: "did", did: true, selector: part.did, operator, times: value, days };
}

/** Returns the definition that rules make, without those that are not finished; null when none is. */
export function definitionOf({ join, rules }: Rules): Definition | null {
  const parts = rules.flatMap((rule) => partOf(rule) ?? []);
  if (parts.length === 0) return null;
  return join === "all" ? { all: parts } : { any: parts };
}

function partOf(rule: Rule): Definition | null {
  if (rule.type === "in") return { cohort: rule.cohort, in: rule.inside };
  if (rule.type === "is") return isComplete(rule.condition) ? rule.condition : null;
  const { selector, operator, times, days } = rule;
  const did: Definition = {
    did: { event: selector.event ?? null, filter: usable(selector.filter) },
    amount: { of: "events", operator, value: times },
    within: days === null ? null : { last: { count: days, unit: "day" } },
  };
  return rule.did ? did : { not: did };
}
