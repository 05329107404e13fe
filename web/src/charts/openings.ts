/** Which cells of a view's table open the people behind them. */

import type { Point, View } from "../api/shapes";

export interface Opening {
  point: Point;
  label: string;
}

/** Returns what a cell of the table opens, null when nobody stands behind it. */
export function openingAt(view: View, row: number, column: number): Opening | null {
  const { chart, table } = view;
  const key = table.columns[column]?.key ?? "";
  if (chart.type === "lines") {
    const line = chart.lines[Number(/^line_(\d+)$/.exec(key)?.[1] ?? Number.NaN)];
    return opening(line?.points[row], line?.label);
  }
  if (chart.type === "steps") {
    if (key !== "persons") return null;
    const size = chart.steps.length;
    const group = chart.groups[Math.floor(row / size)];
    const bar = group?.bars[row % size];
    return opening(bar?.point, within(chart.steps[row % size], group?.label, chart.groups.length));
  }
  if (chart.type !== "matrix") return null;
  const match = key === "people" ? 0 : Number(/^(?:day|week|month)_(\d+)$/.exec(key)?.[1]);
  let at = row;
  for (const group of chart.groups) {
    const cohort = group.rows[at];
    if (cohort) return opening(cohort.cells[match]?.point, chart.columns[match]);
    at -= group.rows.length;
  }
  return null;
}

/** Returns a label with its group, unless there is only one group. */
export function within(
  label: string | undefined,
  group: string | undefined,
  groups: number,
): string {
  return groups > 1 && group ? `${label ?? ""} · ${group}` : (label ?? "");
}

function opening(point: Point | null | undefined, label: string | undefined): Opening | null {
  return point ? { point, label: label ?? "" } : null;
}
