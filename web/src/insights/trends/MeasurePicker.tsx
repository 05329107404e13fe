import type { Measure, MeasureOf } from "../../api/shapes";
import classes from "../insights.module.css";
import { type Choice, Picker } from "../Picker";
import { PropertyPicker } from "../pickers";
import { needsProperty } from "./measures";

const COUNTS: readonly [MeasureOf, string][] = [
  ["total", "Number of events"],
  ["persons", "Number of people"],
  ["daily_active", "Daily active people"],
  ["weekly_active", "Weekly active people"],
  ["monthly_active", "Monthly active people"],
  ["per_person", "Events per person"],
];
const OF_PROPERTY: readonly [MeasureOf, string][] = [
  ["sum", "Sum of"],
  ["average", "Average of"],
  ["minimum", "Minimum of"],
  ["maximum", "Maximum of"],
  ["median", "Median of"],
  ["p75", "75th percentile of"],
  ["p90", "90th percentile of"],
  ["p95", "95th percentile of"],
  ["p99", "99th percentile of"],
];
const MEASURES: Choice[] = [
  ...COUNTS.map(([value, label]) => ({ value, label, group: "Count" })),
  ...OF_PROPERTY.map(([value, label]) => ({ value, label, group: "A number in the events" })),
];

interface MeasurePickerProps {
  label: string;
  measure: Measure;
  onChange: (measure: Measure) => void;
}

/** Chooses what is counted, and of which property. */
export function MeasurePicker({ label, measure, onChange }: MeasurePickerProps) {
  const property = measure.property ?? null;
  return (
    <div className={classes.pair}>
      <Picker
        quiet
        label={`${label}, measured as`}
        value={measure.of ?? "total"}
        choices={MEASURES}
        onChoose={(value) => {
          const of = value as MeasureOf;
          onChange(needsProperty(of) ? { of, property } : { of });
        }}
      />
      {needsProperty(measure.of) && (
        <PropertyPicker
          quiet
          label={`${label}, property`}
          property={property}
          opened={property === null}
          onChange={(chosen) => onChange({ ...measure, property: chosen })}
        />
      )}
    </div>
  );
}
