import { Skeleton } from "@mantine/core";
import { type ReactNode, useRef } from "react";
import { useAnswer } from "../api/query";
import type { Answer, Point, Spec } from "../api/shapes";
import { Chart } from "../charts/Chart";
import { TableView } from "../charts/TableView";
import { dateAndTime, timeOfDay } from "../lib/time";
import { Problem } from "../ui/Problem";
import { isEmpty } from "./emptiness";
import classes from "./insights.module.css";

const FRESH = 24;

interface AnsweredProps {
  projectId: string;
  /** The question; null keeps the last answer on screen. */
  spec: Spec | null;
  /** The height of the chart; in a tile, of the chart and the line below it. */
  height: number;
  /** Called with the point that was opened, its words, and the question that the number answers. */
  onPoint?: ((point: Point, label: string, spec: Spec) => void) | undefined;
  /** For tiles: only the chart and how fresh it is. */
  compact?: boolean | undefined;
  mode?: "chart" | "table";
  /** Whether to ask again every ten seconds. */
  live?: boolean;
  /** What to do about an answer in which there is nothing. */
  empty?: ReactNode;
  /** What stands beside the sentence, given the answer. */
  beside?: ((answer: Answer) => ReactNode) | undefined;
}

/**
 * Asks a question and shows its answer. While the next answer is worked out the last one stays,
 * dimmed; an error stands above it.
 */
export function Answered(props: AnsweredProps) {
  const { projectId, spec, onPoint, compact = false, mode = "chart", live = true } = props;
  const height = compact ? props.height - FRESH : props.height;
  const query = useAnswer(projectId, spec, { live });
  const { data, error, isPlaceholderData, dataUpdatedAt } = query;
  const last = useRef<Answer | undefined>(undefined);
  if (data) last.current = data;
  const shown = data ?? last.current;

  if (!shown) {
    if (error) return <Problem error={error} onRetry={() => void query.refetch()} />;
    if (spec === null) return null;
    return <Skeleton height={props.height} radius="sm" aria-label="Working it out" />;
  }
  const dimmed = isPlaceholderData || error !== null;
  const open = onPoint && ((point: Point, label: string) => onPoint(point, label, shown.spec));
  const { view, meta } = shown;
  return (
    <div className={classes.answered} aria-busy={isPlaceholderData}>
      {error && <Problem error={error} onRetry={() => void query.refetch()} />}
      {!compact && (
        <div className={classes.headline}>
          <p className={classes.sentence} aria-live="polite">
            {view.sentence}
          </p>
          {props.beside?.(shown)}
        </div>
      )}
      <div className={classes.drawn} data-dimmed={dimmed || undefined}>
        {isEmpty(view) ? (
          <div className={classes.nothing} style={{ minHeight: height }}>
            {compact && <p>{view.sentence}</p>}
            {props.empty}
          </div>
        ) : mode === "table" || view.table_first ? (
          <TableView view={view} onPoint={open} />
        ) : (
          <Chart view={view} height={height} onPoint={open} compact={compact} />
        )}
      </div>
      <p className={classes.fresh} title={freshness(shown)}>
        {error ? "Last answer" : "As of"}{" "}
        {timeOfDay(new Date(dataUpdatedAt || Date.now()).toISOString(), meta.time_zone)}
        {compact ? "" : ` ${meta.time_zone} · ${Math.round(meta.took_ms)} ms`}
      </p>
    </div>
  );
}

function freshness({ meta }: Answer): string {
  const newest = meta.fresh_until
    ? `Newest event arrived ${dateAndTime(meta.fresh_until, meta.time_zone)}`
    : "No events yet";
  return `${newest} (${meta.time_zone})`;
}
