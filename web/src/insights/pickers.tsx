import { IconBolt } from "@tabler/icons-react";
import { useMemo } from "react";
import { useCatalog } from "../api/catalog";
import { useCohorts } from "../api/cohorts";
import type { CatalogProperty, Property, PropertyOf } from "../api/shapes";
import { formatShort } from "../charts/format";
import { useProjectId } from "../lib/place";
import classes from "./insights.module.css";
import { type Choice, Picker } from "./Picker";

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
  cohort: "Cohorts",
};
const CONTEXT = "Device and origin";

function keyOf(property: Property): string {
  return `${property.of ?? "event"}:${property.name}`;
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
  const cohorts = useCohorts(useProjectId());
  const catalog = useCatalog(useProjectId());
  const choices = useMemo<Choice[]>(() => {
    const own = (item: CatalogProperty) => !item.name.startsWith("$");
    const all = catalog.data?.properties ?? [];
    const ordered = [...all.filter(own), ...all.filter((item) => !own(item))];
    return [
      ...ordered.map((item) => ({
        value: keyOf(item),
        label: item.name,
        group: own(item) ? OWNERS[item.of] : CONTEXT,
      })),
      ...(cohorts.data ?? []).map(({ id, name }) => ({
        value: keyOf({ of: "cohort", name: id }),
        label: name,
        group: OWNERS.cohort,
      })),
    ];
  }, [catalog.data, cohorts.data]);
  const known = property?.name ? property : null;
  return (
    <Picker
      label={label}
      value={known ? keyOf(known) : null}
      choices={
        known && !choices.some((choice) => choice.value === keyOf(known))
          ? [
              ...choices,
              { value: keyOf(known), label: known.name, group: OWNERS[known.of ?? "event"] },
            ]
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
