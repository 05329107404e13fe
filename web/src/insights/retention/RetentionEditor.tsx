import { NativeSelect, NumberInput, SegmentedControl } from "@mantine/core";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { Only, SplitBy } from "../Narrowing";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import type { RetentionSpec } from "./spec";

/** Edits the question of retention: how people start, and what counts as coming back. */
export default function RetentionEditor({ spec, onChange }: EditorProps<RetentionSpec>) {
  const { start, returning, cohort, match, interval, columns } = spec;
  return (
    <>
      <Section title="People who start with">
        <SelectorRow
          badge="1"
          label="Start"
          selector={start}
          onChange={(selector) => onChange({ ...spec, start: selector })}
        />
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Which starts count"
          value={cohort}
          onChange={(value) => onChange({ ...spec, cohort: value as RetentionSpec["cohort"] })}
          data={[
            { value: "first_time", label: "First time ever" },
            { value: "recurring", label: "Every time" },
          ]}
        />
      </Section>
      <Section title="And come back to do">
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="What counts as coming back"
          value={returning ? "other" : "same"}
          onChange={(value) =>
            onChange({ ...spec, returning: value === "same" ? null : { event: null } })
          }
          data={[
            { value: "same", label: "The same" },
            { value: "other", label: "Something else" },
          ]}
        />
        {returning && (
          <SelectorRow
            badge="2"
            label="Return"
            selector={returning}
            onChange={(selector) => onChange({ ...spec, returning: selector })}
          />
        )}
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="When a return counts"
          value={match}
          onChange={(value) => onChange({ ...spec, match: value as RetentionSpec["match"] })}
          data={[
            { value: "on", label: `On that ${interval}` },
            { value: "on_or_after", label: "Then or later" },
          ]}
        />
      </Section>
      <Section title="Follow for">
        <div className={classes.window}>
          <NumberInput
            size="xs"
            aria-label="Number of intervals"
            min={1}
            max={119}
            allowDecimal={false}
            allowNegative={false}
            value={columns - 1}
            onChange={(value) => {
              const count = Math.round(Number(value));
              if (count >= 1 && count <= 119) onChange({ ...spec, columns: count + 1 });
            }}
          />
          <NativeSelect
            size="xs"
            aria-label="Interval"
            value={interval}
            onChange={(event) =>
              onChange({
                ...spec,
                interval: event.currentTarget.value as RetentionSpec["interval"],
              })
            }
            data={[
              { value: "day", label: "days" },
              { value: "week", label: "weeks" },
              { value: "month", label: "months" },
            ]}
          />
        </div>
      </Section>
      <Only spec={spec} onChange={onChange} />
      <SplitBy spec={spec} onChange={onChange} />
    </>
  );
}
