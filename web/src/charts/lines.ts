/** Lines as they are drawn: which colour each has, and which are shown at first. */

import type { Line, Lines } from "../api/shapes";
import { bucketTick, bucketTitle } from "./format";
import { COLORS, type Scheme, seriesColor } from "./palette";
import type { Stroke, Tick } from "./plot";

/** What the label of the same line in the comparison period ends with. */
const PREVIOUS = / \([^()]* before\)$/;

/** A line of this period with its colour, its index in the view, and the same line of the period before. */
export interface Track {
  line: Line;
  /** Its label without what all labels begin with. */
  name: string;
  index: number;
  colorIndex: number;
  before: Line | null;
  beforeIndex: number;
}

/** Pairs each line of the present with the same line of the period before. Labels may repeat. */
export function tracks(lines: readonly Line[]): Track[] {
  const before = new Map<string, number[]>();
  for (const [index, line] of lines.entries()) {
    if (!line.previous) continue;
    const label = line.label.replace(PREVIOUS, "");
    before.set(label, [...(before.get(label) ?? []), index]);
  }
  const now = lines.flatMap((line, index) => (line.previous ? [] : [{ line, index }]));
  const cut = sharedStart(now.map(({ line }) => line.label));
  return now.map(({ line, index }, colorIndex) => {
    const beforeIndex = before.get(line.label)?.shift() ?? -1;
    const name = line.label.slice(cut);
    return { line, name, index, colorIndex, before: lines[beforeIndex] ?? null, beforeIndex };
  });
}

/** Returns the length of the words before a colon that all labels begin with, as groups of one series do. */
function sharedStart(labels: readonly string[]): number {
  const [first = ""] = labels;
  const end = first.indexOf(": ") + 2;
  const shared =
    end > 1 && labels.length > 1 && labels.every((each) => each.startsWith(first.slice(0, end)));
  return shared ? end : 0;
}

/** The indexes of the lines that are hidden until the reader asks: those after the last colour of the palette. */
export function hiddenAtFirst(all: readonly Track[]): ReadonlySet<number> {
  return new Set(all.slice(COLORS).map((track) => track.index));
}

/** A stroke, and the index in the view of the line it draws. */
export interface DrawnLine extends Stroke {
  index: number;
}

/** Returns what to draw, the period before beneath the present. */
export function strokes(
  all: readonly Track[],
  hidden: ReadonlySet<number>,
  scheme: Scheme,
): DrawnLine[] {
  const shown = all.filter((track) => !hidden.has(track.index));
  const past = shown.flatMap(({ line, before, name, beforeIndex, colorIndex }) =>
    before
      ? [
          drawn(
            before,
            name + before.label.slice(line.label.length),
            beforeIndex,
            colorIndex,
            scheme,
          ),
        ]
      : [],
  );
  return [
    ...past,
    ...shown.map(({ line, name, index, colorIndex }) =>
      drawn(line, name, index, colorIndex, scheme),
    ),
  ];
}

function drawn(
  line: Line,
  label: string,
  index: number,
  colorIndex: number,
  scheme: Scheme,
): DrawnLine {
  const { values, unit, previous = false } = line;
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

/** Returns the value at an index that a height lies in, when values stand on each other. */
export function standing(
  lines: readonly DrawnLine[],
  index: number,
  height: number,
): DrawnLine | null {
  let [above, below] = [0, 0];
  for (const line of lines) {
    const value = line.values[index] ?? 0;
    if (value > 0 && height >= above && height < above + value) return line;
    if (value < 0 && height < below && height >= below + value) return line;
    if (value > 0) above += value;
    else below += value;
  }
  return null;
}
