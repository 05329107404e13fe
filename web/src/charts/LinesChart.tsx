import { useComputedColorScheme } from "@mantine/core";
import { type KeyboardEvent, useEffect, useMemo, useState } from "react";
import type { Lines, Point } from "../api/shapes";
import type { CanvasHandle, Spot } from "./Canvas";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { Drawing } from "./Drawing";
import { formatValue } from "./format";
import { Legend } from "./Legend";
import { type DrawnLine, hiddenAtFirst, nearest, standing, strokes, ticks, tracks } from "./lines";
import { plotLines } from "./plot";

interface LinesChartProps {
  chart: Lines;
  sentence: string;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/** Values over time. The arrow keys walk along the line and from line to line, Enter opens a value. */
export function LinesChart({ chart, sentence, onPoint, height, compact = false }: LinesChartProps) {
  const { stacked = false, filled = false } = chart;
  const scheme = useComputedColorScheme("light");
  const all = useMemo(() => tracks(chart.lines), [chart.lines]);
  const names = all.map((track) => track.line.label).join("\n");
  const [toggled, setToggled] = useState<{ names: string; hidden: ReadonlySet<number> } | null>(
    null,
  );
  const hidden = useMemo(
    () => (toggled?.names === names ? toggled.hidden : hiddenAtFirst(all)),
    [all, names, toggled],
  );
  const marks = useMemo(() => ticks(chart), [chart]);
  const drawn = useMemo(() => strokes(all, hidden, scheme), [all, hidden, scheme]);
  const option = useMemo(
    () =>
      plotLines({
        ticks: marks,
        strokes: drawn,
        partialFrom: chart.partial_from ?? null,
        scheme,
        compact,
        stacked,
        filled,
      }),
    [marks, drawn, chart.partial_from, scheme, compact, stacked, filled],
  );
  const [handle, setHandle] = useState<CanvasHandle | null>(null);
  const [cursor, setCursor] = useState<{ index: number; line: number } | null>(null);

  const pointOf = (line: DrawnLine | null | undefined, index: number): Point | null =>
    (line && chart.lines[line.index]?.points[index]) || null;
  const open = (line: DrawnLine | null | undefined, index: number) => {
    const point = pointOf(line, index);
    if (line && point)
      onPoint?.(point, `${chart.lines[line.index]?.label}, ${marks[index]?.title ?? ""}`);
  };
  const opens = onPoint !== undefined && drawn.some((line) => pointOf(line, 0) !== null);

  const walk = (event: KeyboardEvent) => {
    const { index, line } = cursor ?? { index: marks.length, line: drawn.length - 1 };
    const last = marks.length - 1;
    const to: Record<string, { index: number; line: number }> = {
      ArrowLeft: { index: Math.max(0, index - 1), line },
      ArrowRight: { index: Math.min(last, index + 1), line },
      Home: { index: 0, line },
      End: { index: last, line },
      ArrowUp: { index: Math.min(index, last), line: (line + 1) % drawn.length },
      ArrowDown: { index: Math.min(index, last), line: (line + drawn.length - 1) % drawn.length },
    };
    const next = to[event.key];
    if (event.key === "Enter" && cursor) open(drawn[cursor.line], cursor.index);
    if (!next || drawn.length === 0) return;
    event.preventDefault();
    setCursor(next);
  };
  const here = cursor && drawn[cursor.line];

  // A new drawing takes the tooltip away, so it is shown again after each.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the option is what is drawn
  useEffect(() => {
    if (cursor) handle?.show(cursor.index);
  }, [cursor, handle, option]);

  return (
    <div className={classes.stack} style={{ height }}>
      <Legend
        tracks={all}
        hidden={hidden}
        scheme={scheme}
        compact={compact}
        onPoint={onPoint}
        onToggle={(index) => {
          const next = new Set(hidden);
          if (!next.delete(index)) next.add(index);
          setToggled({ names, hidden: next });
        }}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a chart that is walked with the arrow keys has no element of its own */}
      <div
        className={classes.walkable}
        role="group"
        aria-roledescription="line chart"
        aria-label={`${sentence} Use the arrow keys to read the values.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read the values
        tabIndex={0}
        onKeyDown={walk}
        onBlur={() => {
          setCursor(null);
          handle?.hide();
        }}
      >
        <Drawing
          option={option}
          onReady={setHandle}
          onSpot={
            opens
              ? ({ index, value }: Spot) =>
                  open((stacked ? standing : nearest)(drawn, index, value), index)
              : undefined
          }
        />
        <span className={classes.spoken} aria-live="polite">
          {here && cursor
            ? `${marks[cursor.index]?.title}: ${here.label} ${formatValue(here.values[cursor.index], here.unit)}`
            : ""}
        </span>
      </div>
    </div>
  );
}
