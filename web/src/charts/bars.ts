/** Bars by category, as ECharts is asked to draw them. */

import type { Bars } from "../api/shapes";
import { formatShort, formatValue } from "./format";
import { ink, type Scheme, seriesColor } from "./palette";
import { box, FONT, indexOf, type Option, tip } from "./plot";

const LONG = 12;
const MANY = 14;

/** Whether bars lie on their side, so that long names can be read. */
export function liesDown({ categories }: Bars): boolean {
  const lengths = categories.map((category) => category.length).sort((a, b) => a - b);
  const typical = lengths[Math.floor(lengths.length * 0.8)] ?? 0;
  const counted = categories.filter((category) => /^\d/.test(category)).length;
  if (counted > categories.length / 2) return typical > 2 * LONG;
  return typical > LONG || (typical > 4 && categories.length > MANY);
}

/** Returns the height that bars on their side need, to be read one by one. */
export function heightFor(chart: Bars, least: number): number {
  if (!liesDown(chart)) return least;
  const rows = chart.stacked ? 1 : chart.series.length;
  return Math.max(least, chart.categories.length * Math.max(26, 12 * rows + 8) + 24);
}

/** Returns the option that draws the categories side by side, each with a bar per series. */
export function plotCategories(chart: Bars, scheme: Scheme, compact: boolean): Option {
  const { categories, series, stacked = false } = chart;
  const colors = ink(scheme);
  const down = liesDown(chart);
  const unit = series[0]?.unit ?? "number";
  const named = {
    type: "category" as const,
    data: [...categories],
    inverse: down,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colors.line } },
    axisLabel: {
      color: colors.faint,
      fontSize: 12,
      hideOverlap: true,
      ...(down ? { width: compact ? 96 : 160, overflow: "truncate" as const, interval: 0 } : {}),
    },
  };
  const measured = {
    type: "value" as const,
    splitNumber: compact ? 3 : 4,
    splitLine: { lineStyle: { color: colors.line, width: 1 } },
    axisLabel: {
      color: colors.faint,
      fontSize: 12,
      hideOverlap: true,
      formatter: (value: number) => formatShort(value, unit),
    },
    ...(unit === "count" ? { minInterval: 1 } : {}),
  };
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: { left: 4, right: 16, top: 12, bottom: 4, outerBoundsMode: "same" },
    tooltip: {
      ...tip(scheme),
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (params) => {
        const index = indexOf(params);
        return box(
          categories[index] ?? "",
          series.flatMap((each, s) => {
            const value = each.values[index];
            if (value === null || value === undefined) return [];
            const color = seriesColor(s, scheme);
            return [{ color, label: each.label, value: formatValue(value, each.unit) }];
          }),
        );
      },
    },
    xAxis: down ? measured : named,
    yAxis: down ? named : measured,
    series: series.map((each, s) => ({
      type: "bar",
      name: each.label,
      color: seriesColor(s, scheme),
      barMaxWidth: 56,
      barMinHeight: 2,
      barCategoryGap: "22%",
      cursor: "pointer",
      ...(stacked
        ? { stack: "all" }
        : { itemStyle: { borderRadius: down ? [0, 2, 2, 0] : [2, 2, 0, 0] } }),
      // A bar is never thinner than can be seen, unless there is nothing.
      data: each.values.map((value) => value || "-"),
    })),
  };
}
