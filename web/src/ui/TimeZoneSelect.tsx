import { Select, type SelectProps } from "@mantine/core";
import { timeZones } from "../lib/time";

const zones = timeZones();

interface Props extends Omit<SelectProps, "value" | "onChange" | "data"> {
  value: string;
  onChange: (zone: string) => void;
}

/** A time zone, found by typing part of its name. */
export function TimeZoneSelect({ value, onChange, ...rest }: Props) {
  return (
    <Select
      label="Time zone"
      description="Days, weeks and months begin on its clock."
      searchable
      allowDeselect={false}
      limit={60}
      data={zones.includes(value) ? zones : [value, ...zones]}
      value={value}
      onChange={(zone) => zone && onChange(zone)}
      nothingFoundMessage="No such time zone"
      {...rest}
    />
  );
}
