import { expect, test } from "vitest";
import { ago, dateAndTime, duration, timeOfDay } from "./time";

const NOON = "2024-05-01T12:00:00Z";
const at = new Date(NOON).getTime();

test("an instant is shown on the clock of the project, wherever the reader is", () => {
  expect(timeOfDay(NOON, "Asia/Kolkata")).toBe("17:30:00");
  expect(timeOfDay(NOON, "America/New_York")).toBe("08:00:00");
});

test("an instant may fall on another date in another time zone", () => {
  expect(dateAndTime("2024-05-01T23:30:00Z", "Asia/Tokyo")).toContain("2");
  expect(dateAndTime("2024-05-01T23:30:00Z", "UTC")).toContain("1");
});

test("the past is told in its largest unit", () => {
  expect(ago(NOON, at + 40_000, "en")).toBe("now");
  expect(ago(NOON, at + 61_000, "en")).toBe("1 minute ago");
  expect(ago(NOON, at + 26 * 3_600_000, "en")).toBe("yesterday");
  expect(ago(NOON, at + 4 * 86_400_000, "en")).toBe("4 days ago");
});

test("a duration has at most two units", () => {
  expect(duration(0)).toBe("0 s");
  expect(duration(59.4)).toBe("59 s");
  expect(duration(125)).toBe("2 min");
  expect(duration(3600)).toBe("1 h");
  expect(duration(7500)).toBe("2 h 5 min");
});
