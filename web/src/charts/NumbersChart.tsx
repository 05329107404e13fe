import { UnstyledButton } from "@mantine/core";
import { IconTrendingDown, IconTrendingUp } from "@tabler/icons-react";
import type { BigNumber, Numbers } from "../api/shapes";
import type { OnPoint } from "./Chart";
import classes from "./charts.module.css";
import { formatChange, formatValue } from "./format";

interface NumbersChartProps {
  chart: Numbers;
  onPoint?: OnPoint | undefined;
  height: number;
  compact?: boolean | undefined;
}

/** Numbers in large type, each beside what it was before. */
export function NumbersChart({ chart, onPoint, height, compact = false }: NumbersChartProps) {
  return (
    <ul
      className={classes.numbers}
      data-alone={chart.numbers.length === 1 || undefined}
      style={compact ? { height } : undefined}
    >
      {chart.numbers.map((number, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: labels may repeat, a number is known by its place
        <li key={i} className={classes.number}>
          <span className={classes.numberLabel} title={number.label}>
            {number.label}
          </span>
          <Figure number={number} onPoint={onPoint} />
          <Direction number={number} />
        </li>
      ))}
    </ul>
  );
}

function Figure({ number, onPoint }: { number: BigNumber; onPoint?: OnPoint | undefined }) {
  const text = formatValue(number.value, number.unit);
  const { point } = number;
  if (!point || !onPoint || !number.value) return <span className={classes.big}>{text}</span>;
  return (
    <UnstyledButton
      className={classes.big}
      data-opens
      aria-label={`${number.label}: ${text}. Show the people.`}
      onClick={() => onPoint(point, number.label)}
    >
      {text}
    </UnstyledButton>
  );
}

/** Says whether a number went up or down, and whether that is good. */
export function tone({ value, previous, lower_is_better = false }: BigNumber) {
  if (value === null || previous === null || value === previous) return "same";
  return value > previous !== lower_is_better ? "better" : "worse";
}

function Direction({ number }: { number: BigNumber }) {
  const { value, previous, unit } = number;
  if (previous === null) return null;
  const Icon = (value ?? 0) > previous ? IconTrendingUp : IconTrendingDown;
  const good = tone(number);
  return (
    <span className={classes.direction} data-tone={good}>
      {good !== "same" && <Icon size={16} stroke={1.75} aria-hidden />}
      {good === "same" ? "No change" : formatChange(value, previous)}
      <span className={classes.quiet}>from {formatValue(previous, unit)}</span>
    </span>
  );
}
