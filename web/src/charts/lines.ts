/** Lines as they are drawn: which colour each has, and which are shown at first. */

import type { Line, Lines } from "../api/shapes";
import { bucketTick, bucketTitle } from "./format";
import { COLORS, type Scheme, seriesColor } from "./palette";
import type { Stroke, Tick } from "./plot";

const PREVIOUS = " (period before)";

/** A line of this period with its colour, its index in the view, and the same line of the period before. */
export interface Track {
  line: Line;
  index: number;
  colorIndex: number;
  before: Line | null;
  beforeIndex: number;
}

/** Pairs each line with the same line of the period before. Lines without a present come last. */
export function tracks(lines: readonly Line[]): Track[] {
  const before = new Map(
    lines.flatMap((line, index) => (line.previous ? [[line.label, index] as const] : [])),
  );
  const now = lines.flatMap((line, index) => (line.previous ? [] : [{ line, index }]));
  return now.map(({ line, index }, colorIndex) => {
    const beforeIndex = before.get(line.label + PREVIOUS) ?? -1;
    return { line, index, colorIndex, before: lines[beforeIndex] ?? null, beforeIndex };
  });
}

/** Which tracks are hidden until the reader asks: those after the last colour of the palette. */
export function hiddenAtFirst(all: readonly Track[]): ReadonlySet<string> {
  return new Set(all.slice(COLORS).map((track) => track.line.label));
}

/** A stroke, and the index in the view of the line it draws. */
export interface DrawnLine extends Stroke {
  index: number;
}

/** Returns what to draw, the period before beneath the present. */
export function strokes(
  all: readonly Track[],
  hidden: ReadonlySet<string>,
  scheme: Scheme,
): DrawnLine[] {
  const shown = all.filter((track) => !hidden.has(track.line.label));
  const past = shown.flatMap(({ before, beforeIndex, colorIndex }) =>
    before ? [drawn(before, beforeIndex, colorIndex, scheme)] : [],
  );
  return [
    ...past,
    ...shown.map(({ line, index, colorIndex }) => drawn(line, index, colorIndex, scheme)),
  ];
}

function drawn(line: Line, index: number, colorIndex: number, scheme: Scheme): DrawnLine {
  const { label, values, unit, previous } = line;
  return { index, label, values, unit, color: seriesColor(colorIndex, scheme), dashed: previous };
}

/** Returns the marks of the horizontal axis. */
export function ticks(chart: Lines): Tick[] {
  return chart.times.map((time) => ({
    mark: bucketTick(time, chart.interval),
    title: bucketTitle(time, chart.interval),
  }));
}

/** Returns the line whose value at an index is nearest to a height, among those that are drawn. */
export function nearest(
  lines: readonly DrawnLine[],
  index: number,
  height: number,
): DrawnLine | null {
  let best: DrawnLine | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const value = line.values[index];
    if (value === null || value === undefined) continue;
    const away = Math.abs(value - height);
    if (away <= distance) [best, distance] = [line, away];
  }
  return best;
}
