import { expect, test } from "vitest";
import type { FunnelSpec } from "../insights/funnel/spec";
import type { TrendsSpec } from "../insights/trends/spec";
import { over, periodIn, searchFor } from "./period";

const now = new Date("2024-05-01T12:00:00Z");
const funnel = {
  kind: "funnel",
  steps: [{}, {}],
  period: { from: "-30d" },
} as unknown as FunnelSpec;
const trend = {
  kind: "trends",
  series: [{}],
  interval: "hour",
  period: { from: "-1d" },
} as unknown as TrendsSpec;

test("without another period a question is as it was saved", () => {
  expect(over(funnel, null, now)).toBe(funnel);
});

test("a question over another period asks the rest as before", () => {
  expect(over(funnel, { from: "-7d" }, now)).toEqual({ ...funnel, period: { from: "-7d" } });
});

test("a trend by the hour is not drawn by the hour over a year", () => {
  const year = over(trend, { from: "-12m" }, now) as TrendsSpec;
  expect(year.interval).not.toBe("hour");
});

test("a period goes into the address and comes back", () => {
  for (const period of [null, { from: "-7d" }, { from: "2024-01-01", to: "2024-02-01" }]) {
    expect(periodIn(searchFor(period))).toEqual(period);
  }
});
