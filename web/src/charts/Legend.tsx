import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconTrendingDown, IconTrendingUp } from "@tabler/icons-react";
import type { Line } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { formatChange, formatValue } from "./format";
import type { Track } from "./lines";
import { type Scheme, seriesColor } from "./palette";

interface LegendProps {
  tracks: readonly Track[];
  hidden: ReadonlySet<number>;
  scheme: Scheme;
  compact: boolean;
  onToggle: (index: number) => void;
  onPoint?: OnPoint | undefined;
}

/** The lines with their totals: the name shows and hides a line, the total opens the people. */
export function Legend({ tracks, hidden, scheme, compact, onToggle, onPoint }: LegendProps) {
  const alone = tracks.length === 1;
  return (
    <ul className={classes.legend} data-compact={compact || undefined} aria-label="Lines">
      {tracks.map(({ line, name, index, before, colorIndex }) => (
        <li key={index} className={classes.entry} data-alone={alone || undefined}>
          <UnstyledButton
            className={classes.name}
            aria-pressed={!hidden.has(index)}
            title={alone ? line.label : `Show or hide ${line.label}`}
            disabled={alone}
            onClick={() => onToggle(index)}
          >
            <span
              className={classes.swatch}
              style={{ "--swatch": seriesColor(colorIndex, scheme) }}
              data-off={hidden.has(index) || undefined}
            />
            <span className={classes.nameText}>{name}</span>
          </UnstyledButton>
          {line.total !== null && <Total line={line} onPoint={onPoint} />}
          {before && line.total !== null && <Change line={line} before={before} />}
        </li>
      ))}
    </ul>
  );
}

function Total({ line, onPoint }: { line: Line; onPoint?: OnPoint | undefined }) {
  const text = formatValue(line.total, line.unit);
  const point = line.total_point;
  if (!point || !onPoint) return <span className={classes.total}>{text}</span>;
  return (
    <UnstyledButton
      className={classes.total}
      data-opens
      aria-label={`${line.label}: ${text} in the whole period. Show the people.`}
      onClick={() => onPoint(point, `${line.label}, whole period`)}
    >
      {text}
    </UnstyledButton>
  );
}

function Change({ line, before }: { line: Line; before: Line }) {
  const up = (line.total ?? 0) > (before.total ?? 0);
  const Icon = up ? IconTrendingUp : IconTrendingDown;
  return (
    <Tooltip label={`${formatValue(before.total, before.unit)} in the period before`}>
      <span className={classes.change}>
        {line.total !== before.total && <Icon size={14} stroke={1.75} aria-hidden />}
        {formatChange(line.total, before.total)}
      </span>
    </Tooltip>
  );
}
