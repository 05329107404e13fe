/** Questions as values: where they start, how they turn into each other, and when they can be asked. */

import type {
  Catalog,
  FunnelSpec,
  Kind,
  Measure,
  MeasureOf,
  Period,
  Property,
  RetentionSpec,
  Selector,
  Series,
  Spec,
  TrendsSpec,
} from "../api/shapes";
import { usable } from "./filters";
import { fittingInterval, startingPeriod, startingYear } from "./periods";

export const KINDS: readonly Kind[] = ["trends", "funnel", "retention"];

/** How many groups a breakdown shows at first: with all others together, as many as there are colours. */
export const FIRST_LIMIT = 7;

const LIMIT = 25;
const NEEDS_PROPERTY: readonly MeasureOf[] = [
  "sum",
  "average",
  "minimum",
  "maximum",
  "median",
  "p75",
  "p90",
  "p95",
  "p99",
];

/** Whether a measure is taken of a property. */
export function needsProperty(of: MeasureOf): boolean {
  return NEEDS_PROPERTY.includes(of);
}

/** Returns the question that a kind starts with, about what the project has seen. */
export function starting(kind: Kind, catalog: Catalog, now: Date): Spec {
  const period = startingPeriod(catalog, now);
  const names = catalog.events.map((event) => event.name).filter((name) => !name.startsWith("$"));
  if (kind === "trends") {
    return {
      ...trends(period),
      interval: fittingInterval(period, "day", now),
    };
  }
  if (kind === "funnel") {
    const [first = null, second = first] = names;
    return { ...funnel(period), steps: [{ event: first }, { event: second }] };
  }
  const year = startingYear(catalog, now);
  return { ...retention(year), interval: year.to ? "month" : "day" };
}

function trends(period: Period): TrendsSpec {
  return {
    kind: "trends",
    series: [{ event: null, measure: { of: "persons" } }],
    formulas: [],
    period,
    interval: "day",
    filter: null,
    actor: "person",
    breakdown: null,
    limit: LIMIT,
    compare: false,
  };
}

function funnel(period: Period): FunnelSpec {
  return {
    kind: "funnel",
    steps: [{ event: null }, { event: null }],
    window: { count: 14, unit: "day" },
    period,
    filter: null,
    actor: "person",
    breakdown: null,
    limit: LIMIT,
  };
}

function retention(period: Period): RetentionSpec {
  return {
    kind: "retention",
    start: { event: null },
    returning: null,
    cohort: "first_time",
    match: "on",
    interval: "day",
    columns: 8,
    period,
    filter: null,
    actor: "person",
    breakdown: null,
    limit: LIMIT,
  };
}

/**
 * Returns a question with every default written out, from what an address or a tile holds; null
 * when it is no question of this kind.
 */
export function complete(kind: Kind, raw: unknown): Spec | null {
  if (!isRecord(raw) || raw.kind !== kind) return null;
  const period = isRecord(raw.period) ? (raw.period as Period) : { from: "-30d" };
  if (kind === "trends") {
    const spec = { ...trends(period), ...raw, period } as TrendsSpec;
    if (!Array.isArray(spec.series) || spec.series.length === 0) return null;
    const series = spec.series.map((item) => ({ ...item, measure: measureOf(item) }));
    return { ...spec, series };
  }
  if (kind === "funnel") {
    const spec = { ...funnel(period), ...raw, period } as FunnelSpec;
    const enough = Array.isArray(spec.steps) && spec.steps.length >= 2;
    return enough ? { ...spec, window: { ...funnel(period).window, ...spec.window } } : null;
  }
  return { ...retention(period), ...raw, period } as RetentionSpec;
}

function measureOf(series: Partial<Series>): Measure {
  return { of: "total", ...series.measure };
}

/** Returns a question without what it says by default, so that addresses stay short. */
export function shortened(spec: Spec): Spec {
  const plain: Spec =
    spec.kind === "trends"
      ? trends({ from: "-30d" })
      : spec.kind === "funnel"
        ? funnel({ from: "-30d" })
        : retention({ from: "-30d" });
  const kept = Object.entries(clean(spec) as object).filter(([key, value]) => {
    if (key === "kind" || key === "series" || key === "steps") return true;
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

/** What can be asked of a question that is still being written, or what it lacks. */
export type Asking = { spec: Spec; missing: null } | { spec: null; missing: string };

/** Leaves out conditions without a value and empty formulas, and says when that is not enough. */
export function asking(spec: Spec): Asking {
  const filter = usable(spec.filter);
  if (spec.kind === "funnel") {
    return { spec: { ...spec, filter, steps: spec.steps.map(usableSelector) }, missing: null };
  }
  if (spec.kind === "retention") {
    const returning = spec.returning ? usableSelector(spec.returning) : null;
    return {
      spec: { ...spec, filter, start: usableSelector(spec.start), returning },
      missing: null,
    };
  }
  const lacking = spec.series.find(
    ({ measure }) => needsProperty(measure.of) && !measure.property?.name,
  );
  if (lacking) return { spec: null, missing: "Choose the property to measure." };
  const series = spec.series.map((item) => ({ ...usableSelector(item), measure: item.measure }));
  const formulas = spec.formulas.map((text) => text.trim()).filter(Boolean);
  return { spec: { ...spec, filter, series, formulas }, missing: null };
}

function usableSelector(selector: Selector): Selector {
  const { event = null, filter, label } = selector;
  return { event, filter: usable(filter), label: label?.trim() || null };
}

/** Returns the same interest as a question of another kind: its events, filters, period and breakdown. */
export function converted(spec: Spec, kind: Kind): Spec {
  if (spec.kind === kind) return spec;
  const [first = { event: null }, second = first] = selectors(spec);
  const shared = {
    filter: spec.filter ?? null,
    breakdown: spec.breakdown ?? null,
    limit: spec.limit,
  };
  if (kind === "funnel") {
    const steps = selectors(spec);
    return {
      ...funnel(spec.period),
      ...shared,
      steps: steps.length >= 2 ? steps : [first, second],
    };
  }
  if (kind === "retention") {
    const interval = "interval" in spec && spec.interval !== "hour" ? spec.interval : "day";
    const returning = second === first ? null : second;
    return { ...retention(spec.period), ...shared, start: first, returning, interval };
  }
  return {
    ...trends(spec.period),
    ...shared,
    series: selectors(spec).map((selector) => ({ ...selector, measure: { of: "persons" } })),
    interval: "interval" in spec ? spec.interval : "day",
  };
}

/** Returns every selection of events in a question, in order. */
export function selectors(spec: Spec): Selector[] {
  if (spec.kind === "trends") return spec.series.map(({ measure: _, ...selector }) => selector);
  if (spec.kind === "funnel") return [...spec.steps];
  return spec.returning ? [spec.start, spec.returning] : [spec.start];
}

/** Returns a question split by a property, or by none. */
export function brokenDown<S extends Spec>(spec: S, property: Property | null): S {
  const limit = spec.breakdown || !property ? spec.limit : FIRST_LIMIT;
  return { ...spec, breakdown: property, limit };
}

/** Returns words for the title of a tile. */
export function titleOf(spec: Spec): string {
  const names = selectors(spec).map((selector) => selector.label || selector.event || "Any event");
  const split = spec.breakdown ? ` by ${spec.breakdown.name}` : "";
  if (spec.kind === "funnel") return `${names[0]} to ${names[names.length - 1]}${split}`;
  if (spec.kind === "retention") return `Who comes back after ${names[0]}${split}`;
  return (spec.formulas.filter(Boolean)[0] ?? names.join(", ")) + split;
}

/** Returns the letter by which formulas name a series. */
export function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** Whether two questions are the same, however they are written. */
export function same(one: Spec, other: Spec): boolean {
  return JSON.stringify(sorted(shortened(one))) === JSON.stringify(sorted(shortened(other)));
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
