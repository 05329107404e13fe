/** What ECharts is asked to draw: a value in, its option out. */

import type {
  BarSeriesOption,
  HeatmapSeriesOption,
  LineSeriesOption,
  MapSeriesOption,
  SankeySeriesOption,
  ScatterSeriesOption,
} from "echarts/charts";
import type {
  GridComponentOption,
  TooltipComponentOption,
  VisualMapComponentOption,
} from "echarts/components";
import type { ComposeOption } from "echarts/core";
import type { Unit } from "../api/shapes";
import { formatShort, formatValue } from "./format";
import { ink, type Scheme } from "./palette";

export type Option = ComposeOption<
  | LineSeriesOption
  | BarSeriesOption
  | HeatmapSeriesOption
  | MapSeriesOption
  | SankeySeriesOption
  | ScatterSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | VisualMapComponentOption
>;

/** A line as it is drawn. `dashed` lines stand behind the others. */
export interface Stroke {
  label: string;
  values: readonly (number | null)[];
  unit: Unit;
  color: string;
  dashed?: boolean | undefined;
}

/** A place on the horizontal axis: its short mark, and its name in full. */
export interface Tick {
  mark: string;
  title: string;
}

export interface Plot {
  ticks: readonly Tick[];
  strokes: readonly Stroke[];
  partialFrom: number | null;
  scheme: Scheme;
  compact: boolean;
  /** Values stand on each other as bars, or as areas when filled. */
  stacked?: boolean;
  filled?: boolean;
}

export const FONT = "'Inter Variable', system-ui, sans-serif";

/** Returns the option that draws lines; from `partialFrom` on they are dashed. */
export function plotLines(plot: Plot): Option {
  const { ticks, strokes, partialFrom, scheme, compact, stacked = false, filled = false } = plot;
  const colors = ink(scheme);
  const unit = strokes[0]?.unit ?? "number";
  const alone = strokes.filter((stroke) => !stroke.dashed).length === 1;
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: { left: 4, right: 12, top: 12, bottom: 4, outerBoundsMode: "same" },
    tooltip: {
      ...tip(scheme),
      trigger: "axis",
      axisPointer: {
        type: stacked && !filled ? "shadow" : "line",
        lineStyle: { color: colors.faint, width: 1, type: "solid" },
      },
      formatter: (params) => tooltip(plot, indexOf(params)),
    },
    xAxis: {
      type: "category",
      boundaryGap: ticks.length === 1 || (stacked && !filled),
      data: ticks.map((tick) => tick.mark),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colors.line } },
      axisLabel: {
        color: colors.faint,
        fontSize: 12,
        hideOverlap: true,
        margin: 10,
        ...(ticks.length > 1 ? { alignMinLabel: "left", alignMaxLabel: "right" } : {}),
      },
    },
    yAxis: {
      type: "value",
      splitNumber: compact ? 3 : 4,
      splitLine: { lineStyle: { color: colors.line, width: 1 } },
      axisLabel: {
        color: colors.faint,
        fontSize: 12,
        formatter: (value: number) => formatShort(value, unit),
      },
      ...(unit === "count" ? { minInterval: 1 } : {}),
    },
    series: strokes.flatMap((stroke) =>
      stacked && !stroke.dashed
        ? [filled ? area(stroke) : column(stroke, partialFrom)]
        : parts(stroke, partialFrom, alone),
    ),
  };
}

/** Returns a stroke as bars that stand on those before it; what is not over yet is paler. */
function column({ label, values, color }: Stroke, partialFrom: number | null): BarSeriesOption {
  return {
    type: "bar",
    name: label,
    color,
    stack: "all",
    barMaxWidth: 48,
    barCategoryGap: "18%",
    emphasis: { disabled: true },
    data: values.map((value, i) =>
      partialFrom !== null && i >= partialFrom ? { value, itemStyle: { opacity: 0.5 } } : value,
    ),
  };
}

/** Returns a stroke as an area that stands on those before it. */
function area({ label, values, color }: Stroke): LineSeriesOption {
  return {
    type: "line",
    name: label,
    color,
    stack: "all",
    symbol: "none",
    lineStyle: { width: 1 },
    areaStyle: { color, opacity: 0.7 },
    emphasis: { disabled: true },
    data: [...values],
  };
}

/** Returns how every tooltip looks. */
export function tip(scheme: Scheme): TooltipComponentOption {
  const colors = ink(scheme);
  return {
    confine: true,
    appendTo: "body",
    transitionDuration: 0,
    backgroundColor: colors.surface,
    borderColor: colors.line,
    padding: 12,
    textStyle: { color: colors.text, fontSize: 12, fontFamily: FONT },
  };
}

/** Returns a line as its certain part and, dashed, the part that is not over yet. */
function parts(stroke: Stroke, partialFrom: number | null, alone: boolean): LineSeriesOption[] {
  const { values } = stroke;
  const cut = stroke.dashed || partialFrom === null ? values.length : partialFrom;
  const base: LineSeriesOption = {
    type: "line",
    name: stroke.label,
    color: stroke.color,
    symbol: "circle",
    symbolSize: 6,
    showSymbol: values.length === 1,
    emphasis: { disabled: true },
    z: stroke.dashed ? 2 : 3,
  };
  const solid: LineSeriesOption = {
    ...base,
    data: values.map((value, i) => (i < cut ? value : null)),
    lineStyle: {
      width: stroke.dashed ? 1.5 : 2,
      type: stroke.dashed ? [4, 4] : "solid",
      opacity: stroke.dashed ? 0.6 : 1,
    },
    ...(alone && !stroke.dashed ? { areaStyle: { color: stroke.color, opacity: 0.07 } } : {}),
  };
  if (cut >= values.length) return [solid];
  const open: LineSeriesOption = {
    ...base,
    data: values.map((value, i) => (i >= cut - 1 ? value : null)),
    lineStyle: { width: 2, type: [3, 4] },
    showSymbol: values.length - cut === 1 && cut === 0,
    ...(alone ? { areaStyle: { color: stroke.color, opacity: 0.04 } } : {}),
  };
  return [solid, open];
}

/** Returns the option that draws bars between marks, for durations. */
export function plotBars(
  bars: readonly { mark: string; title: string; value: number }[],
  color: string,
  scheme: Scheme,
  noun: string,
): Option {
  const colors = ink(scheme);
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: { left: 4, right: 12, top: 12, bottom: 4, outerBoundsMode: "same" },
    tooltip: {
      ...tip(scheme),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (params) => {
        const bar = bars[indexOf(params)];
        return box(bar?.title ?? "", [
          { color, label: noun, value: formatValue(bar?.value ?? 0, "count") },
        ]);
      },
    },
    xAxis: {
      type: "category",
      data: bars.map((bar) => bar.mark),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colors.line } },
      axisLabel: { color: colors.faint, fontSize: 12, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      minInterval: 1,
      splitNumber: 3,
      splitLine: { lineStyle: { color: colors.line } },
      axisLabel: {
        color: colors.faint,
        fontSize: 12,
        formatter: (value: number) => formatShort(value, "count"),
      },
    },
    series: [
      {
        type: "bar",
        color,
        barCategoryGap: "12%",
        itemStyle: { borderRadius: [2, 2, 0, 0] },
        data: bars.map((bar) => bar.value),
      },
    ],
  };
}

export function indexOf(params: unknown): number {
  const first: unknown = Array.isArray(params) ? params[0] : params;
  return (first as { dataIndex?: number } | undefined)?.dataIndex ?? 0;
}

const MOST_ROWS = 12;

export interface Row {
  color: string;
  label: string;
  value: string;
  dashed?: boolean;
}

function tooltip(plot: Plot, index: number): HTMLElement {
  const rows = plot.strokes
    .map((stroke) => ({ stroke, value: stroke.values[index] ?? null }))
    .filter(({ value }) => value !== null)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const shown = rows.slice(0, MOST_ROWS).map(({ stroke, value }) => ({
    color: stroke.color,
    label: stroke.label,
    value: formatValue(value, stroke.unit),
    dashed: stroke.dashed ?? false,
  }));
  const more = rows.length - shown.length;
  const open = plot.partialFrom !== null && index >= plot.partialFrom;
  const foot = [
    more > 0 ? `and ${more} more` : "",
    open ? "Not over yet: this can still grow" : "",
  ].filter(Boolean);
  return box(plot.ticks[index]?.title ?? "", shown, foot);
}

/** Builds a tooltip out of text nodes, so that no name of an event can become markup. */
export function box(
  title: string,
  rows: readonly Row[],
  foot: readonly string[] = [],
): HTMLElement {
  const root = document.createElement("div");
  root.append(part("div", title, "font-weight:600;margin-bottom:6px"));
  for (const row of rows) {
    const line = part("div", "", "display:flex;align-items:center;gap:8px;line-height:20px");
    const style = row.dashed ? "dashed" : "solid";
    line.append(
      part("span", "", `width:12px;border-top:2px ${style} ${row.color};flex:none`),
      part("span", row.label, "flex:1;max-width:240px;overflow:hidden;text-overflow:ellipsis"),
      part("span", row.value, "font-weight:600;font-variant-numeric:tabular-nums;margin-left:16px"),
    );
    root.append(line);
  }
  for (const text of foot) root.append(part("div", text, "opacity:.7;margin-top:4px"));
  return root;
}

function part(tag: string, text: string, style: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  element.setAttribute("style", style);
  return element;
}
