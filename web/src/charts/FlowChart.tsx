import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import type { Flow } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { flowMarks, plotFlow, tallFor, widthFor } from "./flow";
import { MarkedChart } from "./MarkedChart";

interface FlowChartProps {
  chart: Flow;
  sentence: string;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/** What was done after what; on a narrow screen it scrolls to the side. */
export function FlowChart({ chart, sentence, onPoint, height, compact = false }: FlowChartProps) {
  const scheme = useComputedColorScheme("light");
  const option = useMemo(() => plotFlow(chart, scheme, compact), [chart, scheme, compact]);
  const rows = useMemo(() => [flowMarks(chart)], [chart]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.scroller} aria-label="Flow" tabIndex={0}>
      <div
        className={classes.stack}
        style={{ height: tallFor(chart, height), minWidth: widthFor(chart) }}
      >
        <MarkedChart
          drawing="flow chart"
          label={sentence}
          option={option}
          rows={rows}
          onPoint={onPoint}
        />
      </div>
    </section>
  );
}
