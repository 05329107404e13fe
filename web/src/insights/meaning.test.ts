import { expect, test } from "vitest";
import type { Spec } from "../api/shapes";
import { meaning } from "./meaning";
import { brokenDown, complete } from "./questions";

function words(
  kind: Spec["kind"],
  raw: object,
  change: (spec: Spec) => Spec = (spec) => spec,
): string {
  return meaning(change(complete(kind, { kind, ...raw }) as Spec)).join(" ");
}

test("a funnel says its window", () => {
  const steps = [{ event: "a" }, { event: "b" }];
  expect(words("funnel", { steps, window: { count: 1, unit: "day" } })).toContain(
    "within 1 day of",
  );
  expect(words("funnel", { steps, window: { count: 2, unit: "hour" } })).toContain(
    "within 2 hours of",
  );
});

test("retention says which starts and which returns count", () => {
  expect(words("retention", { start: { event: "a" } })).toContain("first start that fits");
  expect(words("retention", { start: { event: "a" } })).toContain("exactly");
  expect(words("retention", { cohort: "recurring", match: "on_or_after" })).toMatch(
    /several rows.*any time after/,
  );
});

test("each measure is explained once", () => {
  const series = [
    { event: "a", measure: { of: "persons" } },
    { event: "b", measure: { of: "persons" } },
  ];
  expect(meaning(complete("trends", { kind: "trends", series }) as Spec)).toHaveLength(1);
});

test("what is not asked is not explained", () => {
  const series = [{ event: "a" }];
  const split = (spec: Spec) => brokenDown(spec, { of: "event", name: "plan" });
  expect(words("trends", { series })).not.toMatch(/conditions|dashed|Any event|property/);
  expect(words("trends", { series, compare: true })).toContain("period that ends where");
  expect(words("trends", { series: [{}] })).toContain("Any event");
  expect(words("trends", { series }, split)).toContain("its own value of the property");
});
