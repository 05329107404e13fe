import { NumberInput, Switch, UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { type ReactNode, useId, useState } from "react";
import classes from "./insights.module.css";

interface MoreOptionsProps {
  /** How many of them are not as they are by default. */
  changed: number;
  children: ReactNode;
}

/** What is rarely needed, behind one line; it stands open when something there is set. */
export function MoreOptions({ changed, children }: MoreOptionsProps) {
  const [open, setOpen] = useState(changed > 0);
  const id = useId();
  return (
    <section className={classes.section} aria-label="More options">
      <UnstyledButton
        className={classes.disclosure}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <IconChevronRight size={14} aria-hidden className={classes.disclosureMark} />
        More options
        {changed > 0 && <span className={classes.count}>{changed} set</span>}
      </UnstyledButton>
      <div id={id} className={classes.options} hidden={!open}>
        {open && children}
      </div>
    </section>
  );
}

interface OptionProps {
  label: string;
  /** What it changes about the numbers. */
  says?: ReactNode;
  children: ReactNode;
}

/** One option: its name, what to choose, and what that does. */
export function Option({ label, says, children }: OptionProps) {
  return (
    <div className={classes.optionRow}>
      <div className={classes.optionHead}>
        <span>{label}</span>
        {children}
      </div>
      {says && <p className={classes.aside}>{says}</p>}
    </div>
  );
}

interface ToggleProps {
  label: string;
  says?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** An option that is on or off. */
export function Toggle({ label, says, checked, onChange }: ToggleProps) {
  return (
    <div className={classes.optionRow}>
      <Switch
        size="xs"
        labelPosition="left"
        label={label}
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
        classNames={{ body: classes.toggle ?? "" }}
      />
      {says && <p className={classes.aside}>{says}</p>}
    </div>
  );
}

interface CountProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max: number;
}

/** A whole number; what is not one yet while typing changes nothing. */
export function Count({ label, value, onChange, min = 1, max }: CountProps) {
  return (
    <NumberInput
      size="xs"
      w={80}
      aria-label={label}
      min={min}
      max={max}
      allowDecimal={false}
      allowNegative={false}
      value={value}
      onChange={(typed) => {
        const next = Math.round(Number(typed));
        if (typed !== "" && next >= min && next <= max && next !== value) onChange(next);
      }}
    />
  );
}

/** Returns how many options of a question are not what they are by default. */
export function changedIn<S extends object>(
  spec: S,
  defaults: Partial<S>,
  names: readonly (keyof S)[],
): number {
  const text = (value: unknown) => JSON.stringify(value ?? null);
  return names.filter((name) => text(spec[name]) !== text(defaults[name])).length;
}
