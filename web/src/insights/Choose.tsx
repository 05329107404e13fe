import { NativeSelect } from "@mantine/core";
import classes from "./insights.module.css";

interface ChooseProps<V extends string> {
  label: string;
  value: V;
  choices: readonly (readonly [V, string])[];
  onChange: (value: V) => void;
}

/** Chooses one of a few things by their words. */
export function Choose<V extends string>({ label, value, choices, onChange }: ChooseProps<V>) {
  return (
    <NativeSelect
      size="xs"
      className={classes.choose ?? ""}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as V)}
      data={choices.map(([each, words]) => ({ value: each, label: words }))}
    />
  );
}
