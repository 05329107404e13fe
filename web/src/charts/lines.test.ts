import { expect, test } from "vitest";
import type { Line, Lines } from "../api/shapes";
import { hiddenAtFirst, nearest, strokes, ticks, tracks } from "./lines";
import { plotLines } from "./plot";

function line(label: string, values: (number | null)[], previous = false): Line {
  const points = values.map((_, bucket) => ({
    kind: "trends" as const,
    series: 0,
    bucket,
    previous,
  }));
  return { label, values, total: null, points, total_point: null, unit: "count", previous };
}

test("a line of the period before has the colour of its present, whatever the order", () => {
  const paired = tracks([
    line("Web", [1]),
    line("App", [2]),
    line("App (period before)", [3], true),
    line("Web (period before)", [4], true),
  ]);
  expect(paired.map((track) => track.before?.values[0])).toEqual([4, 3]);
  const drawn = strokes(paired, new Set(), "light");
  const colorOf = (label: string) => drawn.find((stroke) => stroke.label === label)?.color;
  expect(colorOf("App")).toBe(colorOf("App (period before)"));
  expect(colorOf("App")).not.toBe(colorOf("Web"));
});

test("the groups of one series go by their values", () => {
  const grouped = tracks([
    line("Bought, people: web", [1]),
    line("Bought, people: app: beta", [2]),
  ]);
  expect(grouped.map((track) => track.name)).toEqual(["web", "app: beta"]);
  const mixed = tracks([line("Bought: web", [1]), line("Viewed: web", [2])]);
  expect(mixed.map((track) => track.name)).toEqual(["Bought: web", "Viewed: web"]);
});

test("two lines of the same name stay two lines", () => {
  const paired = tracks([
    line("A", [1]),
    line("A", [2]),
    line("A (period before)", [3], true),
    line("A (period before)", [4], true),
  ]);
  expect(paired.map((track) => track.before?.values[0])).toEqual([3, 4]);
  expect(strokes(paired, new Set([0]), "light").map((stroke) => stroke.values[0])).toEqual([4, 2]);
});

test("the period before lies beneath the present", () => {
  const drawn = strokes(
    tracks([line("A", [1]), line("A (period before)", [2], true)]),
    new Set(),
    "light",
  );
  expect(drawn.map((stroke) => stroke.dashed)).toEqual([true, false]);
});

test("lines after the eighth are hidden at first, with their past", () => {
  const many = tracks(Array.from({ length: 10 }, (_, i) => line(`Group ${i}`, [i])));
  const hidden = hiddenAtFirst(many);
  expect([...hidden]).toEqual([8, 9]);
  expect(strokes(many, hidden, "light")).toHaveLength(8);
});

test("a click opens the line that is nearest to it", () => {
  const drawn = strokes(
    tracks([line("Low", [1, null]), line("High", [10, 12])]),
    new Set(),
    "light",
  );
  expect(nearest(drawn, 0, 3)?.label).toBe("Low");
  expect(nearest(drawn, 0, 8)?.label).toBe("High");
  expect(nearest(drawn, 1, 0)?.label).toBe("High");
  expect(nearest([], 0, 0)).toBeNull();
});

test("ticks name their buckets", () => {
  const chart: Lines = {
    type: "lines",
    interval: "month",
    stacked: false,
    times: ["2024-05-01T00:00:00+02:00"],
    lines: [],
    partial_from: null,
  };
  expect(ticks(chart)).toEqual([{ mark: "May 2024", title: "May 2024" }]);
});

test("the part that is not over yet is dashed and meets the certain part", () => {
  const drawn = strokes(tracks([line("A", [1, 2, 3])]), new Set(), "light");
  const option = plotLines({
    ticks: ["a", "b", "c"].map((mark) => ({ mark, title: mark })),
    strokes: drawn,
    partialFrom: 2,
    scheme: "light",
    compact: false,
  });
  const series = option.series as { data: (number | null)[]; lineStyle: { type: unknown } }[];
  expect(series.map((part) => part.data)).toEqual([
    [1, 2, null],
    [null, 2, 3],
  ]);
  expect(series[0]?.lineStyle.type).toBe("solid");
  expect(series[1]?.lineStyle.type).not.toBe("solid");
});
