import { describe, expect, test } from "vitest";
import type { Bars, BigNumber, Flow } from "../api/shapes";
import { barMarks } from "./BarsChart";
import { heightFor, liesDown } from "./bars";
import { median } from "./DotsChart";
import { flowMarks, nodeColors, widthFor } from "./flow";
import type { DrawnLine } from "./lines";
import { standing } from "./lines";
import { stepped } from "./MarkedChart";
import { tone } from "./NumbersChart";
import { otherColor } from "./palette";
import { ranked } from "./places";

function bars(categories: string[], ...labels: string[]): Bars {
  const series = labels.map((label) => ({
    label,
    values: categories.map((_, i) => i),
    points: categories.map(() => null),
    unit: "count" as const,
  }));
  return { type: "bars", title: "", categories, series };
}

const flow: Flow = {
  type: "flow",
  nodes: [
    { step: 0, label: "home", value: 10, point: null },
    { step: 1, label: "home", value: 4, point: null },
    { step: 1, label: "rest", value: 6, point: null, other: true },
  ],
  links: [
    { source: 0, target: 1, value: 4, average_seconds: null, point: null },
    { source: 0, target: 2, value: 6, average_seconds: null, point: null },
  ],
};

describe("walking along marks", () => {
  const rows = [[1, 2, 3], [4]];

  test("the first key goes to the first mark, the ends hold", () => {
    expect(stepped(rows, null, "ArrowRight")).toEqual({ row: 0, column: 0 });
    expect(stepped(rows, { row: 0, column: 2 }, "ArrowRight")).toEqual({ row: 0, column: 2 });
    expect(stepped(rows, { row: 0, column: 0 }, "ArrowLeft")).toEqual({ row: 0, column: 0 });
  });

  test("rows follow each other in a circle, a shorter one at its end", () => {
    expect(stepped(rows, { row: 0, column: 2 }, "ArrowDown")).toEqual({ row: 1, column: 0 });
    expect(stepped(rows, { row: 1, column: 0 }, "ArrowDown")).toEqual({ row: 0, column: 0 });
  });

  test("other keys and empty charts lead nowhere", () => {
    expect(stepped(rows, null, "Tab")).toBeNull();
    expect(stepped([], null, "ArrowRight")).toBeNull();
  });
});

test("bars with long names lie down and grow with their number", () => {
  expect(liesDown(bars(["1", "2", "3"], "People"))).toBe(false);
  const long = bars(
    Array.from({ length: 40 }, (_, i) => `A page with a long name ${i}`),
    "People",
  );
  expect(liesDown(long)).toBe(true);
  expect(heightFor(long, 300)).toBeGreaterThan(1000);
});

test("a bar says its category and, when there are several, its series", () => {
  expect(barMarks(bars(["1 day"], "People"))[0]?.[0]?.spoken).toBe("1 day: 0");
  expect(barMarks(bars(["1 day"], "Web", "App"))[1]?.[0]?.spoken).toBe("1 day · App: 0");
});

test("the same words have the same colour at every step, and the rest has its own", () => {
  const [first, second, rest] = nodeColors(flow, "light");
  expect(second).toBe(first);
  expect(rest).toBe(otherColor("light"));
});

test("a flow is walked node by node, each before what leaves it", () => {
  expect(flowMarks(flow).map((mark) => mark.label)).toEqual([
    "home, step 1",
    "home → home",
    "home → rest",
    "home, step 2",
    "rest, step 2",
  ]);
});

test("a flow is as wide as its steps are many", () => {
  expect(widthFor({ ...flow, nodes: flow.nodes.slice(0, 1) })).toBeLessThan(widthFor(flow));
});

test("the middle of an even number of values lies between two of them", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBe(0);
});

test("whether a change is good depends on what is wanted", () => {
  const number = { label: "", value: 2, previous: 1, unit: "count", point: null } as BigNumber;
  expect(tone(number)).toBe("better");
  expect(tone({ ...number, lower_is_better: true })).toBe("worse");
  expect(tone({ ...number, value: 1 })).toBe("same");
  expect(tone({ ...number, previous: null })).toBe("same");
});

test("the largest country comes first", () => {
  const places = [
    { code: "NL", value: 2, point: null },
    { code: "DE", value: 5, point: null },
    { code: "AT", value: 2, point: null },
  ];
  expect(ranked(places).map((place) => place.code)).toEqual(["DE", "AT", "NL"]);
});

test("a height in a stack belongs to the value that it lies in, above or below zero", () => {
  const line = (label: string, value: number) =>
    ({ label, values: [value] }) as unknown as DrawnLine;
  const lines = [line("new", 3), line("dormant", -2), line("back", 4)];
  expect(standing(lines, 0, 2)?.label).toBe("new");
  expect(standing(lines, 0, 5)?.label).toBe("back");
  expect(standing(lines, 0, -1)?.label).toBe("dormant");
  expect(standing(lines, 0, 9)).toBeNull();
});
