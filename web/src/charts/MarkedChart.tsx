import { type KeyboardEvent, useEffect, useState } from "react";
import type { Point } from "../api/shapes";
import type { CanvasHandle, MarkPlace } from "./Canvas";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { Drawing } from "./Drawing";
import type { Option } from "./plot";

/** Something drawn that has a value, and people behind it unless its point is null. */
export interface Mark {
  place: MarkPlace;
  /** What it says, for those who cannot see it. */
  spoken: string;
  /** What its people are called. */
  label: string;
  point: Point | null;
}

interface MarkedChartProps {
  /** What kind of drawing it is, as in "bar chart". */
  drawing: string;
  label: string;
  option: Option;
  /** Left and right go along a row, up and down from row to row. */
  rows: readonly (readonly Mark[])[];
  onPoint?: OnPoint | undefined;
}

/** A drawing whose marks are walked with the arrow keys; Enter and a click open the people behind one. */
export function MarkedChart({ drawing, label, option, rows, onPoint }: MarkedChartProps) {
  const [handle, setHandle] = useState<CanvasHandle | null>(null);
  const [cursor, setCursor] = useState<{ row: number; column: number } | null>(null);
  const here = cursor ? rows[cursor.row]?.[cursor.column] : undefined;
  const opens = onPoint && rows.some((row) => row.some((mark) => mark.point));

  const open = (mark: Mark | undefined) => {
    if (mark?.point) onPoint?.(mark.point, mark.label);
  };
  const walk = (event: KeyboardEvent) => {
    if (event.key === "Enter") open(here);
    const next = stepped(rows, cursor, event.key);
    if (!next) return;
    event.preventDefault();
    setCursor(next);
  };

  // A new drawing takes the tooltip away, so it is shown again after each.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the option is what is drawn
  useEffect(() => {
    if (here) handle?.point(here.place);
  }, [here, handle, option]);

  return (
    // biome-ignore lint/a11y/useSemanticElements: a chart that is walked with the arrow keys has no element of its own
    <div
      className={classes.walkable}
      role="group"
      aria-roledescription={drawing}
      aria-label={`${label}. Use the arrow keys to read the values.`}
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
        onMark={
          opens
            ? (place) => open(rows.flat().find((mark) => samePlace(mark.place, place)))
            : undefined
        }
      />
      <span className={classes.spoken} aria-live="polite">
        {here?.spoken ?? ""}
      </span>
    </div>
  );
}

function samePlace(one: MarkPlace, other: MarkPlace): boolean {
  return (
    one.seriesIndex === other.seriesIndex &&
    one.dataIndex === other.dataIndex &&
    (one.dataType ?? "") === (other.dataType ?? "")
  );
}

/** Returns where a key leads, null when it leads nowhere. */
export function stepped(
  rows: readonly (readonly unknown[])[],
  cursor: { row: number; column: number } | null,
  key: string,
): { row: number; column: number } | null {
  const { row, column } = cursor ?? { row: 0, column: -1 };
  const last = (rows[row]?.length ?? 0) - 1;
  if (last < 0) return null;
  const start = Math.max(0, column);
  const moves: Record<string, { row: number; column: number }> = {
    ArrowLeft: { row, column: Math.max(0, column - 1) },
    ArrowRight: { row, column: Math.min(last, column + 1) },
    Home: { row, column: 0 },
    End: { row, column: last },
    ArrowDown: { row: (row + 1) % rows.length, column: start },
    ArrowUp: { row: (row + rows.length - 1) % rows.length, column: start },
  };
  const next = moves[key];
  if (!next) return null;
  return { ...next, column: Math.min(next.column, (rows[next.row]?.length ?? 1) - 1) };
}
