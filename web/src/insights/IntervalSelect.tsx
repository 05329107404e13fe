import { NativeSelect } from "@mantine/core";
import type { Interval } from "../api/shapes";
import classes from "./insights.module.css";

const INTERVALS: readonly Interval[] = ["hour", "day", "week", "month"];

interface IntervalSelectProps {
  interval: Interval;
  onChange: (interval: Interval) => void;
  label?: string;
}

/** Chooses the stretch of time that one value is of. */
export function IntervalSelect({ interval, onChange, label = "Interval" }: IntervalSelectProps) {
  return (
    <NativeSelect
      size="xs"
      className={classes.choose ?? ""}
      aria-label={label}
      value={interval}
      onChange={(event) => onChange(event.currentTarget.value as Interval)}
      data={INTERVALS.map((each) => ({ value: each, label: `By ${each}` }))}
    />
  );
}
