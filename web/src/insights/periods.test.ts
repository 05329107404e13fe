import { expect, test } from "vitest";
import { daysIn, fittingInterval, periodTitle } from "./periods";

const NOW = new Date("2024-06-15T12:00:00");

test("periods have words", () => {
  expect(periodTitle({ from: "-7d" })).toBe("Last 7 days");
  expect(periodTitle({ from: "-1d", to: "-1d" })).toBe("Yesterday");
  expect(periodTitle({ from: "-11w" })).toBe("Last 11 weeks");
  expect(periodTitle({ from: "all", to: null })).toBe("All time");
  expect(periodTitle({ from: "2024-05-01", to: "2024-05-31" })).toBe("May 1, 2024 – May 31, 2024");
  expect(periodTitle({ from: "-14d", to: "-7d" })).toBe("14 days ago – 7 days ago");
});

test("both ends of a period count", () => {
  expect(daysIn({ from: "-7d" }, NOW)).toBe(8);
  expect(daysIn({ from: "2024-06-14", to: "2024-06-15" }, NOW)).toBe(2);
  expect(daysIn({ from: "-24h" }, NOW)).toBe(1);
  expect(daysIn({ from: "all" }, NOW)).toBeNull();
});

test("the interval changes only when it makes too few or too many points", () => {
  expect(fittingInterval({ from: "-30d" }, "day", NOW)).toBe("day");
  expect(fittingInterval({ from: "-30d" }, "week", NOW)).toBe("week");
  expect(fittingInterval({ from: "-24h" }, "day", NOW)).toBe("hour");
  expect(fittingInterval({ from: "-90d" }, "hour", NOW)).toBe("day");
  expect(fittingInterval({ from: "-5y" }, "day", NOW)).toBe("month");
  expect(fittingInterval({ from: "all" }, "day", NOW)).toBe("month");
  expect(fittingInterval({ from: "all" }, "week", NOW)).toBe("week");
});
