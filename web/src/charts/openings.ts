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
    const numbered = chart.lines[numberIn(key)];
    const named = table.rows.length === chart.times.length ? table.columns[column]?.label : null;
    const line = numbered ?? chart.lines.find(({ label }) => label === named);
    return opening(line?.points[row], line?.label);
  }
  if (chart.type === "bars") {
    const series = chart.series[numberIn(key)];
    return opening(
      series?.points[row],
      within(chart.categories[row], series?.label, chart.series.length),
    );
  }
  if (chart.type === "heat") {
    const hour = Number(/^hour_(\d+)$/.exec(key)?.[1] ?? Number.NaN);
    return opening(chart.points[row]?.[hour], `${chart.rows[row]}, ${chart.columns[hour]}`);
  }
  if (chart.type === "numbers") {
    const number = key === "total" ? chart.numbers[row] : undefined;
    return opening(number?.point, number?.label);
  }
  if (chart.type === "steps") {
    if (key !== "persons") return null;
    const size = chart.steps.length;
    const group = chart.groups[Math.floor(row / size)];
    const bar = group?.bars[row % size];
    return opening(bar?.point, within(chart.steps[row % size], group?.label, chart.groups.length));
  }
  if (chart.type !== "matrix") return null;
  const match = key === "people" ? 0 : Number(/^(?:hour|day|week|month)_(\d+)$/.exec(key)?.[1]);
  let at = row;
  for (const group of chart.groups) {
    const cohort = group.rows[at];
    if (cohort) return opening(cohort.cells[match]?.point, chart.columns[match]);
    at -= group.rows.length;
  }
  return null;
}

/** Returns which line or series a column of the table is about, NaN when none. */
function numberIn(key: string): number {
  return Number(/^line_(\d+)$/.exec(key)?.[1] ?? Number.NaN);
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
