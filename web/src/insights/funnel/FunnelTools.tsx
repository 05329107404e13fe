import { Choose } from "../Choose";
import { IntervalSelect } from "../IntervalSelect";
import type { EditorProps } from "../kind";
import type { FunnelSpec } from "./spec";

/** Whether a funnel is shown step by step, or its conversion over time. */
export function FunnelTools({ spec, onChange }: EditorProps<FunnelSpec>) {
  return (
    <>
      <Choose
        label="Kind of chart"
        value={spec.show}
        choices={[
          ["steps", "Steps"],
          ["trend", "Conversion over time"],
        ]}
        onChange={(show) => onChange({ ...spec, show })}
      />
      {spec.show === "trend" && (
        <IntervalSelect
          interval={spec.interval}
          onChange={(interval) => onChange({ ...spec, interval })}
        />
      )}
    </>
  );
}
