import { Switch } from "@mantine/core";
import { IntervalSelect } from "../IntervalSelect";
import type { EditorProps } from "../kind";
import type { TrendsSpec } from "./spec";

/** The interval of a trend, and whether the period before is drawn too. */
export function TrendsTools({ spec, onChange }: EditorProps<TrendsSpec>) {
  return (
    <>
      <IntervalSelect
        interval={spec.interval}
        onChange={(interval) => onChange({ ...spec, interval })}
      />
      <Switch
        size="xs"
        label="Compare"
        title="Draw the period before as a dashed line"
        checked={Boolean(spec.compare)}
        onChange={(event) => onChange({ ...spec, compare: event.currentTarget.checked })}
      />
    </>
  );
}
