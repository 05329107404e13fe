import { expect, test } from "vitest";
import { splitBy, trendOf } from "./questions";

const NOW = new Date("2024-06-15T12:00:00Z");
const seen = { events: [{ name: "Bought", count: 3, last_seen: "2024-06-14T12:00:00Z" }] };

test("an event leads to the people who did it", () => {
  expect(trendOf("Bought", seen, NOW)).toMatchObject({
    kind: "trends",
    series: [{ event: "Bought", measure: { of: "persons" } }],
    period: { from: "-30d" },
    interval: "day",
  });
});

test("a property leads to people by its values, over all time when the data is old", () => {
  const old = { events: [{ name: "Bought", count: 3, last_seen: "2014-06-14T12:00:00Z" }] };
  expect(splitBy({ of: "person", name: "country" }, old, NOW)).toMatchObject({
    breakdown: { of: "person", name: "country" },
    period: { from: "all" },
    interval: "month",
  });
});
