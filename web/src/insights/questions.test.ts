import { describe, expect, test } from "vitest";
import type { Catalog, Spec } from "../api/shapes";
import { DEFAULTS, type FunnelSpec } from "./funnel/spec";
import {
  asking,
  brokenDown,
  complete,
  converted,
  same,
  selectors,
  shortened,
  starting,
  titleOf,
} from "./questions";
import type { TrendsSpec } from "./trends/spec";

const NOW = new Date("2024-06-15T12:00:00Z");

function catalog(lastSeen: string): Catalog {
  const event = (name: string, count: number) => ({ name, count, last_seen: lastSeen });
  return {
    events: [event("$page", 90), event("Viewed", 50), event("Bought", 10)],
    properties: [],
    event_total: 150,
    person_total: 20,
  };
}

const funnel: FunnelSpec = {
  ...DEFAULTS,
  kind: "funnel",
  steps: [{ event: "Viewed" }, { event: "Bought" }],
  window: { count: 7, unit: "day" },
};

describe("where a question starts", () => {
  test("a funnel starts with the two commonest events that are the product's own", () => {
    const spec = starting("funnel", catalog("2024-06-15T00:00:00Z"), NOW) as FunnelSpec;
    expect(selectors(spec).map((step) => step.event)).toEqual(["Viewed", "Bought"]);
    expect(spec.period).toEqual({ from: "-30d" });
  });

  test("a project whose events are old starts with all of them, by month", () => {
    const spec = starting("trends", catalog("2014-09-01T00:00:00Z"), NOW) as TrendsSpec;
    expect(spec.period).toEqual({ from: "all", to: "2014-09-01" });
    expect(spec.interval).toBe("month");
  });
});

test("retention of old events starts with their last year, by month", () => {
  const old = starting("retention", catalog("2012-02-29T00:00:00Z"), NOW);
  expect(old).toMatchObject({
    period: { from: "2011-02-28", to: "2012-02-29" },
    interval: "month",
  });
});

describe("addresses", () => {
  test("a question comes back from its short form unchanged", () => {
    const spec = brokenDown(
      { ...funnel, window: { count: 3, unit: "hour" } },
      { of: "event", name: "plan" },
    );
    expect(complete("funnel", shortened(spec))).toEqual(spec);
  });

  test("defaults are not spelled out", () => {
    expect(shortened({ ...funnel, window: { count: 14, unit: "day" } })).toEqual({
      kind: "funnel",
      steps: [{ event: "Viewed" }, { event: "Bought" }],
    });
  });

  test("a series without a measure counts events", () => {
    const spec = complete("trends", {
      kind: "trends",
      series: [{ event: "Bought" }],
    }) as TrendsSpec;
    expect(spec.series[0]?.measure).toEqual({ of: "total" });
  });

  test("the habits of another product are written out, and no longer named", () => {
    const tile = { ...funnel, like: "mixpanel", anchor: "first" };
    const spec = complete("funnel", tile) as FunnelSpec;
    expect([spec.like, spec.anchor]).toEqual(["cairn", "first"]);
  });

  test.each([
    ["another kind", { kind: "trends", series: [{}] }],
    ["too few steps", { kind: "funnel", steps: [{}] }],
    ["no question", "funnel"],
  ])("%s is refused", (_, raw) => {
    expect(complete("funnel", raw)).toBeNull();
  });
});

describe("what can be asked", () => {
  test("conditions without a value and empty formulas wait", () => {
    const waiting = {
      property: { of: "event" as const, name: "plan" },
      operator: "is" as const,
      values: [],
    };
    const spec: Spec = {
      ...(starting("trends", catalog("2024-06-15T00:00:00Z"), NOW) as TrendsSpec),
      filter: { all: [waiting] },
      formulas: [" A * 2 ", "  "],
    };
    const { spec: asked } = asking(spec);
    expect(asked).toMatchObject({ filter: null, formulas: ["A * 2"] });
  });

  test("a measure of a property that is not chosen yet is not asked", () => {
    const spec = complete("trends", { kind: "trends", series: [{ measure: { of: "average" } }] });
    expect(asking(spec as Spec)).toEqual({
      spec: null,
      missing: "Choose the property to measure.",
    });
  });
});

describe("turning one kind into another", () => {
  test("events, filter, period and breakdown stay", () => {
    const filter = {
      property: { of: "event" as const, name: "plan" },
      operator: "is" as const,
      values: ["pro"],
    };
    const from = brokenDown({ ...funnel, filter }, { of: "person", name: "country" });
    const to = converted(from, "trends") as TrendsSpec;
    expect(selectors(to)).toEqual(funnel.steps);
    expect([to.filter, to.breakdown, to.period]).toEqual([filter, from.breakdown, from.period]);
  });

  test("one event makes a funnel of two steps", () => {
    const trend = complete("trends", { kind: "trends", series: [{ event: "Viewed" }] }) as Spec;
    expect((converted(trend, "funnel") as FunnelSpec).steps).toHaveLength(2);
  });

  test("a funnel becomes the return of those who did its first step", () => {
    expect(converted(funnel, "retention")).toMatchObject({
      start: { event: "Viewed" },
      returning: { event: "Bought" },
    });
  });
});

test("the order of members makes no difference", () => {
  const { window, ...rest } = funnel;
  expect(same(funnel, { window, ...rest })).toBe(true);
  expect(same(funnel, { ...funnel, window: { count: 8, unit: "day" } })).toBe(false);
});

test("what the server writes out makes no difference", () => {
  const asked = {
    kind: "trends",
    series: [{ event: "Viewed", measure: { of: "persons" } }],
  } as Spec;
  const measure = { of: "persons", property: null, per: "event" };
  const kept = { ...asked, show: "lines", series: [{ event: "Viewed", filter: null, measure }] };
  expect(same(asked, kept as Spec)).toBe(true);
  const perPerson = { ...measure, of: "average", per: "person" };
  expect(same(asked, { ...kept, series: [{ event: "Viewed", measure: perPerson }] } as Spec)).toBe(
    false,
  );
});

test("titles say what is asked", () => {
  expect(titleOf(funnel)).toBe("Viewed to Bought");
  expect(titleOf(converted(funnel, "retention"))).toBe("Who comes back after Viewed");
});
