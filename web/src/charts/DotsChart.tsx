import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Dots } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { formatShort, formatValue } from "./format";
import { type Mark, MarkedChart } from "./MarkedChart";
import { ink, type Scheme, seriesColor } from "./palette";
import { box, FONT, indexOf, type Option, tip } from "./plot";

interface DotsChartProps {
  chart: Dots;
  sentence: string;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/** Things by two numbers; the dashed lines are the medians of both. */
export function DotsChart({ chart, sentence, onPoint, height, compact = false }: DotsChartProps) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => plotDots(chart, scheme, compact), [chart, scheme, compact]);
  const rows = useMemo(() => [dotMarks(chart)], [chart]);
  return (
    <div className={classes.stack} style={{ height }}>
      {!compact && <h3 className={classes.axisTitle}>{chart.y_title}</h3>}
      <MarkedChart
        drawing="scatter chart"
        label={sentence}
        option={option}
        rows={rows}
        onPoint={onPoint}
      />
      {!compact && (
        <p className={classes.axisTitle} data-end>
          {chart.x_title}
        </p>
      )}
    </div>
  );
}

/** Returns the dots from left to right. */
export function dotMarks({ dots, x_title, x_unit, y_title, y_unit }: Dots): Mark[] {
  return dots
    .map((dot, dataIndex) => ({ dot, dataIndex }))
    .sort((a, b) => a.dot.x - b.dot.x)
    .map(({ dot, dataIndex }) => ({
      place: { seriesIndex: 0, dataIndex },
      spoken: `${dot.label}: ${x_title} ${formatValue(dot.x, x_unit)}, ${y_title} ${formatValue(dot.y, y_unit)}`,
      label: dot.label,
      point: dot.point,
    }));
}

/** Returns the middle value, that of the two middle ones in between. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = 0, high = low] =
    sorted.length % 2 ? [sorted[half]] : sorted.slice(half - 1, half + 1);
  return (low + high) / 2;
}

function plotDots(chart: Dots, scheme: Scheme, compact: boolean): Option {
  const { dots, x_title, x_unit, y_title, y_unit } = chart;
  const colors = ink(scheme);
  const axis = (unit: typeof x_unit) => ({
    type: "value" as const,
    min: 0,
    ...(unit === "share" ? { max: 1 } : {}),
    splitNumber: compact ? 3 : 4,
    splitLine: { lineStyle: { color: colors.line } },
    axisLabel: {
      color: colors.faint,
      fontSize: 12,
      hideOverlap: true,
      formatter: (value: number) => formatShort(value, unit),
    },
  });
  const middles =
    dots.length > 2
      ? [{ xAxis: median(dots.map((dot) => dot.x)) }, { yAxis: median(dots.map((dot) => dot.y)) }]
      : [];
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: { left: 4, right: 24, top: 20, bottom: 4, outerBoundsMode: "same" },
    tooltip: {
      ...tip(scheme),
      trigger: "item",
      formatter: (params) => {
        const dot = dots[indexOf(params)];
        if (!dot) return "";
        const color = seriesColor(0, scheme);
        return box(dot.label, [
          { color, label: x_title, value: formatValue(dot.x, x_unit) },
          { color, label: y_title, value: formatValue(dot.y, y_unit) },
        ]);
      },
    },
    xAxis: axis(x_unit),
    yAxis: axis(y_unit),
    series: [
      {
        type: "scatter",
        symbolSize: compact ? 9 : 12,
        color: seriesColor(0, scheme),
        itemStyle: { opacity: 0.85 },
        data: dots.map(({ label, x, y }) => ({ name: label, value: [x, y] })),
        label: {
          show: true,
          position: "top",
          formatter: "{b}",
          color: colors.text,
          fontSize: compact ? 11 : 12,
          width: 140,
          overflow: "truncate",
        },
        labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
        emphasis: { scale: 1.4 },
        markLine: {
          silent: true,
          symbol: "none",
          animation: false,
          label: { show: false },
          lineStyle: { color: colors.faint, type: [4, 4], width: 1 },
          data: middles,
        },
      },
    ],
  };
}
