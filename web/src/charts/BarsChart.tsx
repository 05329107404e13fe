import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Bars } from "../api/shapes";
import { heightFor, liesDown, plotCategories } from "./bars";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { formatValue } from "./format";
import { type Mark, MarkedChart } from "./MarkedChart";
import { within } from "./openings";
import { seriesColor } from "./palette";

interface BarsChartProps {
  chart: Bars;
  sentence: string;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/** A bar per category and series. */
export function BarsChart({ chart, sentence, onPoint, height, compact = false }: BarsChartProps) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => plotCategories(chart, scheme, compact), [chart, scheme, compact]);
  const rows = useMemo(() => barMarks(chart), [chart]);
  const many = chart.series.length > 1;
  const tall = liesDown(chart);
  return (
    <div
      className={classes.stack}
      style={compact ? { height, overflowY: tall ? "auto" : "hidden" } : { minHeight: height }}
    >
      {!compact && !many && chart.title && <h3 className={classes.axisTitle}>{chart.title}</h3>}
      {many && (
        <ul className={classes.legend} aria-label="Series">
          {chart.series.map((series, s) => (
            <li key={series.label} className={classes.entry}>
              <span className={classes.swatch} style={{ "--swatch": seriesColor(s, scheme) }} />
              <span className={classes.nameText}>{series.label}</span>
            </li>
          ))}
        </ul>
      )}
      <div
        className={classes.canvasFrame}
        style={
          tall || !compact ? { height: heightFor(chart, compact ? 0 : height - 60) } : { flex: 1 }
        }
      >
        <MarkedChart
          drawing="bar chart"
          label={sentence}
          option={option}
          rows={rows}
          onPoint={onPoint}
        />
      </div>
    </div>
  );
}

/** Returns the bars, a row per series. */
export function barMarks({ categories, series }: Bars): Mark[][] {
  return series.map((each, seriesIndex) =>
    categories.map((category, dataIndex) => {
      const label = within(category, each.label, series.length);
      return {
        place: { seriesIndex, dataIndex },
        spoken: `${label}: ${formatValue(each.values[dataIndex], each.unit)}`,
        label,
        point: each.points[dataIndex] ?? null,
      };
    }),
  );
}
