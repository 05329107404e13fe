import { IconBolt } from "@tabler/icons-react";
import { useMemo } from "react";
import { useCatalog } from "../api/catalog";
import type { CatalogProperty, Measure, MeasureOf, Property, PropertyOf } from "../api/shapes";
import { formatShort } from "../charts/format";
import { useProjectId } from "../lib/place";
import classes from "./insights.module.css";
import { type Choice, Picker } from "./Picker";
import { needsProperty } from "./questions";

const ANY = "";

interface EventPickerProps {
  label: string;
  event: string | null;
  onChange: (event: string | null) => void;
  /** The words for no event in particular. */
  any?: string;
  opened?: boolean;
}

/** Chooses an event out of those that the project has seen, with how often each occurred. */
export function EventPicker({
  label,
  event,
  onChange,
  any = "Any event",
  opened,
}: EventPickerProps) {
  const catalog = useCatalog(useProjectId());
  const choices = useMemo<Choice[]>(
    () => [
      { value: ANY, label: any },
      ...(catalog.data?.events ?? []).map(({ name, count }) => ({
        value: name,
        label: name,
        note: formatShort(count, "count"),
      })),
    ],
    [catalog.data, any],
  );
  return (
    <Picker
      label={label}
      value={event ?? ANY}
      choices={choices}
      onChoose={(value) => onChange(value === ANY ? null : value)}
      icon={<IconBolt size={14} stroke={1.75} aria-hidden className={classes.pickerIcon} />}
      {...(opened ? { opened } : {})}
    />
  );
}

const OWNERS: Record<PropertyOf, string> = {
  event: "Of the event",
  person: "Of the person",
  account: "Of the account",
};
const CONTEXT = "Device and origin";

function keyOf(property: CatalogProperty): string {
  return `${property.of}:${property.name}`;
}

interface PropertyPickerProps {
  label: string;
  property: Property | null;
  onChange: (property: Property) => void;
  placeholder?: string;
  opened?: boolean;
  quiet?: boolean;
}

/** Chooses a property of the event, the person or the account. */
export function PropertyPicker(props: PropertyPickerProps) {
  const { label, property, onChange, placeholder = "Choose a property", ...rest } = props;
  const catalog = useCatalog(useProjectId());
  const choices = useMemo<Choice[]>(() => {
    const own = (item: CatalogProperty) => !item.name.startsWith("$");
    const all = catalog.data?.properties ?? [];
    const ordered = [...all.filter(own), ...all.filter((item) => !own(item))];
    return ordered.map((item) => ({
      value: keyOf(item),
      label: item.name,
      group: own(item) ? OWNERS[item.of] : CONTEXT,
    }));
  }, [catalog.data]);
  const known = property?.name ? property : null;
  return (
    <Picker
      label={label}
      value={known ? keyOf(known) : null}
      choices={
        known && !choices.some((choice) => choice.value === keyOf(known))
          ? [...choices, { value: keyOf(known), label: known.name, group: OWNERS[known.of] }]
          : choices
      }
      placeholder={placeholder}
      nothing="No properties yet"
      onChoose={(key) => {
        const at = key.indexOf(":");
        onChange({ of: key.slice(0, at) as PropertyOf, name: key.slice(at + 1) });
      }}
      {...rest}
    />
  );
}

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
        value={measure.of}
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
          onChange={(chosen) => onChange({ of: measure.of, property: chosen })}
        />
      )}
    </div>
  );
}
