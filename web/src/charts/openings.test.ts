import { expect, test } from "vitest";
import type { Column, Unit, View } from "../api/shapes";
import { openingAt } from "./openings";

function column(key: string, unit: Unit = "count"): Column {
  return { key, label: key, unit };
}

function view(chart: View["chart"], keys: string[]): View {
  return {
    sentence: "",
    chart,
    table: { columns: keys.map((key) => column(key)), rows: [] },
    table_first: false,
    notes: [],
    docs: "",
  };
}

const bar = (step: number, value: string) => ({
  persons: 1,
  share_of_first: 1,
  share_of_previous: null,
  average_seconds: null,
  median_seconds: null,
  point: { kind: "funnel" as const, step, dropped: false, group: { value, other: false } },
  dropped_persons: 0,
  dropped_point: null,
});

test("the rows of a funnel run group by group, step by step", () => {
  const group = (label: string) => ({
    label,
    bars: [bar(0, label), bar(1, label)],
    average_seconds: null,
    median_seconds: null,
    histogram: [],
  });
  const funnel = view(
    { type: "steps", steps: ["Signs up", "Pays"], groups: [group("web"), group("app")] },
    ["group", "step", "persons", "share_of_first"],
  );
  expect(openingAt(funnel, 3, 2)).toEqual({ point: bar(1, "app").point, label: "Pays · app" });
  expect(openingAt(funnel, 3, 3)).toBeNull();
});

test("the rows of a matrix run cohort by cohort through the groups", () => {
  const cell = (row: number, column: number, value: string) => ({
    share: 1,
    persons: 1,
    complete: true,
    point: { kind: "retention" as const, row, column, group: { value, other: false } },
  });
  const group = (label: string) => ({
    label,
    average: [1, 1],
    rows: [0, 1].map((row) => ({
      label: "2024-05-01",
      size: 1,
      cells: [cell(row, 0, label), cell(row, 1, label)],
    })),
  });
  const matrix = view(
    {
      type: "matrix",
      interval: "day",
      columns: ["Day 0", "Day 1"],
      groups: [group("a"), group("b")],
    },
    ["start", "people", "day_1"],
  );
  expect(openingAt(matrix, 0, 0)).toBeNull();
  expect(openingAt(matrix, 2, 1)?.point).toEqual(cell(0, 0, "b").point);
  expect(openingAt(matrix, 3, 2)?.point).toEqual(cell(1, 1, "b").point);
});

test("a number of a line opens its point, and the time opens nothing", () => {
  const point = { kind: "trends" as const, series: 0, bucket: 0, previous: false };
  const trend = view(
    {
      type: "lines",
      interval: "day",
      stacked: false,
      times: ["2024-05-01T00:00:00+00:00"],
      lines: [
        {
          label: "A / B",
          values: [2],
          total: 2,
          points: [null],
          total_point: null,
          unit: "number",
          previous: false,
        },
        {
          label: "A",
          values: [1],
          total: 1,
          points: [point],
          total_point: null,
          unit: "count",
          previous: false,
        },
      ],
      partial_from: null,
    },
    ["time", "line_0", "line_1"],
  );
  expect(openingAt(trend, 0, 0)).toBeNull();
  expect(openingAt(trend, 0, 1)).toBeNull();
  expect(openingAt(trend, 0, 2)).toEqual({ point, label: "A" });
});
