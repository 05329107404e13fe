/** Questions of any kind as values: where they start, how they turn into each other, when they can be asked. */

import type { Catalog, Interval, Kind, Period, Property, Selector, Spec } from "../api/shapes";
import { type Asking, type Interest, SHARED } from "./kind";
import { kindNamed, kindOf } from "./kinds";
import type { Divider } from "./ranges";
import { FIRST_LIMIT, LIMIT } from "./selections";

const ALWAYS_WRITTEN = ["kind", "series", "steps"];

/** Returns the question that a kind starts with, about what the project has seen. */
export function starting(kind: Kind, catalog: Catalog, now: Date): Spec {
  return kindOf({ kind }).starting(catalog, now);
}

/**
 * Returns a question with every default written out, from what an address or a tile holds; null
 * when it is no question of this kind.
 */
export function complete(kind: Kind, raw: unknown): Spec | null {
  if (!isRecord(raw) || raw.kind !== kind) return null;
  const known = kindOf({ kind });
  const period = { ...SHARED.period, ...(isRecord(raw.period) ? raw.period : {}) };
  // Every option is written out from here on, so the habits of another product are no part of it.
  const { like: _, ...options } = raw;
  return known.read({ ...known.defaults, ...options, period } as Spec);
}

/** Returns a question without what it says by default, so that addresses stay short. */
export function shortened(spec: Spec): Spec {
  const plain = kindNamed(spec.kind)?.defaults ?? {};
  const kept = Object.entries(clean(spec) as object).filter(([key, value]) => {
    if (ALWAYS_WRITTEN.includes(key)) return true;
    return JSON.stringify(value) !== JSON.stringify(clean(plain[key as keyof Spec]));
  });
  return Object.fromEntries(kept) as unknown as Spec;
}

/** Returns a value without members that are null. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, clean(inner)]),
  );
}

/** Returns the question without what is not finished yet, or says what it lacks. */
export function asking(spec: Spec): Asking {
  return kindOf(spec).asking(spec);
}

/** Returns the same interest as a question of another kind: its events, filters, period and breakdown. */
export function converted(spec: Spec, kind: Kind): Spec {
  return spec.kind === kind ? spec : kindOf({ kind }).from(interestOf(spec));
}

function interestOf(spec: Spec): Interest {
  return {
    period: { ...SHARED.period, ...spec.period },
    filter: spec.filter ?? null,
    actor: spec.actor ?? "person",
    breakdown: plainly(breakdownOf(spec)[0]),
    limit: ("limit" in spec ? spec.limit : null) ?? LIMIT,
    selectors: selectors(spec),
    interval: intervalOf(spec),
  };
}

/** Returns the properties that a question is split by. */
export function breakdownOf(spec: Spec): Divider[] {
  if (!("breakdown" in spec) || !spec.breakdown) return [];
  return [spec.breakdown].flat();
}

function intervalOf(spec: Spec): Interval {
  const interval = "interval" in spec ? spec.interval : null;
  return interval === "hour" || interval === "week" || interval === "month" ? interval : "day";
}

function plainly(divider: Divider | undefined): Property | null {
  return divider ? { of: divider.of ?? "event", name: divider.name } : null;
}

/** Returns every selection of events in a question, in order. */
export function selectors(spec: Spec): Selector[] {
  return kindOf(spec).selectors(spec);
}

/** Returns a question split by properties, or by none. */
export function brokenDown<S extends Spec>(spec: S, by: Divider | readonly Divider[] | null): S {
  const dividers = by === null ? [] : [by].flat();
  const had = breakdownOf(spec).length > 0;
  const kept = ("limit" in spec ? spec.limit : null) ?? LIMIT;
  const limit = had || dividers.length === 0 ? kept : FIRST_LIMIT;
  return { ...spec, breakdown: dividers.length > 1 ? dividers : (dividers[0] ?? null), limit };
}

/** Returns a question over another period, in intervals that suit its length. */
export function withPeriod<S extends Spec>(spec: S, period: Period, now: Date): S {
  return (kindOf(spec).over?.(spec, period, now) as S | undefined) ?? { ...spec, period };
}

/** Returns words for the title of a tile. */
export function titleOf(spec: Spec): string {
  const split = breakdownOf(spec).map((property) => property.name);
  return kindOf(spec).titleOf(spec) + (split.length ? ` by ${split.join(" and ")}` : "");
}

/** Returns the one event that a question is about, null when it is about several or any. */
export function onlyEvent(spec: Spec): string | null {
  const events = new Set(selectors(spec).map((selector) => selector.event ?? null));
  const [only = null] = events.size === 1 ? events : [];
  return only;
}

/** Whether two questions are the same, however they are written. */
export function same(one: Spec, other: Spec): boolean {
  return spelled(one) === spelled(other);
}

function spelled(spec: Spec): string {
  return JSON.stringify(sorted(shortened(complete(spec.kind, spec) ?? spec)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
