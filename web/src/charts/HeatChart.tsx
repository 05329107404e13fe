import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Heat } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { formatShort, formatValue } from "./format";
import { type Mark, MarkedChart } from "./MarkedChart";
import { ink, ramp, type Scheme } from "./palette";
import { box, FONT, indexOf, type Option, tip } from "./plot";

interface HeatChartProps {
  chart: Heat;
  sentence: string;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/** A grid whose cells are the darker, the larger their value. */
export function HeatChart({ chart, sentence, onPoint, height, compact = false }: HeatChartProps) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => plotHeat(chart, scheme, compact), [chart, scheme, compact]);
  const rows = useMemo(() => heatMarks(chart), [chart]);
  return (
    <div className={classes.stack} style={{ height }}>
      <MarkedChart
        drawing="heat map"
        label={sentence}
        option={option}
        rows={rows}
        onPoint={onPoint}
      />
    </div>
  );
}

/** Returns the cells, row by row. */
export function heatMarks({ rows, columns, values, points, unit }: Heat): Mark[][] {
  return rows.map((row, r) =>
    columns.map((column, c) => {
      const label = `${row}, ${column}`;
      return {
        place: { seriesIndex: 0, dataIndex: r * columns.length + c },
        spoken: `${label}: ${formatValue(values[r]?.[c], unit)}`,
        label,
        point: points[r]?.[c] ?? null,
      };
    }),
  );
}

function plotHeat(chart: Heat, scheme: Scheme, compact: boolean): Option {
  const { rows, columns, values, unit } = chart;
  const colors = ink(scheme);
  const most = Math.max(0, ...values.flat().map((value) => value ?? 0));
  const axis = { axisTick: { show: false }, axisLine: { show: false }, splitArea: { show: false } };
  const mark = { color: colors.faint, fontSize: 12, hideOverlap: true };
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: { left: 4, right: 8, top: 4, bottom: compact ? 4 : 48, outerBoundsMode: "same" },
    tooltip: {
      ...tip(scheme),
      trigger: "item",
      formatter: (params) => {
        const index = indexOf(params);
        const [r, c] = [Math.floor(index / columns.length), index % columns.length];
        const value = formatValue(values[r]?.[c], unit);
        return box(`${rows[r]}, ${columns[c]}`, [{ color: ramp(scheme)[1], label: "", value }]);
      },
    },
    xAxis: { type: "category", data: [...columns], axisLabel: mark, ...axis },
    yAxis: { type: "category", inverse: true, data: [...rows], axisLabel: mark, ...axis },
    visualMap: {
      show: !compact,
      type: "continuous",
      min: 0,
      max: most || 1,
      calculable: false,
      orient: "horizontal",
      left: "right",
      bottom: 0,
      itemWidth: 12,
      itemHeight: 140,
      text: [formatShort(most, unit), "0"],
      textStyle: { color: colors.faint, fontFamily: FONT },
      inRange: { color: [...ramp(scheme)] },
    },
    series: [
      {
        type: "heatmap",
        data: values.flatMap((row, r) => row.map((value, c) => [c, r, value ?? "-"])),
        itemStyle: { borderColor: colors.surface, borderWidth: 2, borderRadius: 3 },
        emphasis: { itemStyle: { borderColor: colors.text, borderWidth: 1.5 } },
      },
    ],
  };
}
