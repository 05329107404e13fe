import { Switch } from "@mantine/core";
import type { Measure, MeasureOf } from "../../api/shapes";
import classes from "../insights.module.css";
import { type Choice, Picker } from "../Picker";
import { PropertyPicker } from "../pickers";
import { canBePerPerson, takesProperty } from "./measures";

const COUNTS: readonly [MeasureOf, string][] = [
  ["total", "Number of events"],
  ["persons", "Number of people"],
  ["first_time", "People for the first time"],
  ["sessions", "Number of sessions"],
  ["accounts", "Number of accounts"],
  ["daily_active", "Daily active people"],
  ["weekly_active", "Weekly active people"],
  ["active_28_days", "People active in 28 days"],
  ["monthly_active", "Monthly active people"],
  ["per_person", "Events per person"],
];
const OF_PROPERTY: readonly [MeasureOf, string][] = [
  ["sum", "Sum of"],
  ["distinct", "Different values of"],
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
          const per =
            canBePerPerson(of) && measure.per === "person" ? { per: "person" as const } : {};
          onChange(takesProperty(of) ? { of, property, ...per } : { of });
        }}
      />
      {takesProperty(measure.of) && (
        <PropertyPicker
          quiet
          label={`${label}, property`}
          property={property}
          placeholder={measure.per === "person" ? "Events per person" : "Choose a property"}
          opened={property === null && measure.per !== "person"}
          onChange={(chosen) => onChange({ ...measure, property: chosen })}
        />
      )}
      {canBePerPerson(measure.of) && (
        <Switch
          size="xs"
          label="per person"
          aria-label={`${label}, per person`}
          title="First add up what each person did, then take the measure over people"
          checked={measure.per === "person"}
          onChange={(event) =>
            onChange({ ...measure, per: event.currentTarget.checked ? "person" : "event" })
          }
        />
      )}
    </div>
  );
}
