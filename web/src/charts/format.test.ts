import { expect, test } from "vitest";
import {
  bucketTick,
  bucketTitle,
  formatChange,
  formatSeconds,
  formatShort,
  formatValue,
  momentTitle,
} from "./format";

test("each unit has its own form, and nothing is a dash", () => {
  expect(formatValue(1234567, "count")).toBe("1,234,567");
  expect(formatValue(0.12345, "share")).toBe("12.3%");
  expect(formatValue(2.345, "number")).toBe("2.35");
  expect(formatValue(null, "count")).toBe("–");
  expect(formatValue("web", "text")).toBe("web");
});

test("durations keep their two largest units", () => {
  expect(formatSeconds(0.25)).toBe("0.25 s");
  expect(formatSeconds(45)).toBe("45 s");
  expect(formatSeconds(59.7)).toBe("60 s");
  expect(formatSeconds(90)).toBe("1 min 30 s");
  expect(formatSeconds(7200)).toBe("2 h");
  expect(formatSeconds(2 * 86_400 + 3 * 3_600 + 59)).toBe("2 d 3 h");
  expect(formatSeconds(86_400 - 1)).toBe("24 h");
  expect(formatSeconds(200.4 * 86_400)).toBe("200 d");
});

test("the axis shortens large numbers", () => {
  expect(formatShort(950, "count")).toBe("950");
  expect(formatShort(12_300, "count")).toBe("12.3K");
  expect(formatShort(0.5, "share")).toBe("50%");
});

test("a change against nothing is a dash", () => {
  expect(formatChange(120, 100)).toBe("+20%");
  expect(formatChange(100, 100)).toBe("0%");
  expect(formatChange(5, 0)).toBe("–");
});

test("buckets show the wall clock of the project, not of the reader", () => {
  expect(bucketTitle("2024-05-01T00:00:00+02:00", "day")).toBe("Wed, May 1, 2024");
  expect(bucketTitle("2024-05-01T00:00:00+02:00", "month")).toBe("May 2024");
  expect(bucketTitle("2024-04-29T00:00:00-07:00", "week")).toBe("Week of Apr 29, 2024");
  expect(bucketTick("2024-05-01T13:00:00+02:00", "hour")).toBe("01:00 PM");
  expect(bucketTick("2024-05-01T00:00:00+02:00", "hour")).toBe("May 1");
  expect(momentTitle("2024-05-01T00:00:00+02:00")).toBe("May 1, 2024");
});
