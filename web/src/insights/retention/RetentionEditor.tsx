import { NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Interval } from "../../api/shapes";
import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { Only, SplitBy } from "../Narrowing";
import { Count, changedIn, MoreOptions, Option } from "../Options";
import { PropertyPicker } from "../pickers";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { lengthsIn } from "./lengths";
import { DEFAULTS, type RetentionSpec } from "./spec";

const INTERVALS: readonly Interval[] = ["hour", "day", "week", "month"];

/** Edits the question of retention: how people start, and what counts as coming back. */
export default function RetentionEditor({ spec, onChange }: EditorProps<RetentionSpec>) {
  const { start, returning, cohort, match, interval, columns, brackets } = spec;
  return (
    <>
      <Section title="People who start with">
        <SelectorRow
          badge="1"
          label="Start"
          selector={start}
          onChange={(selector) => onChange({ ...spec, start: selector })}
        />
        <Choose
          label="Which starts count"
          value={cohort}
          choices={[
            ["first_time", "The first time that it fits the conditions"],
            ["first_ever", "Their first ever, if it fits the conditions"],
            ["recurring", "Every time"],
          ]}
          onChange={(next) => onChange({ ...spec, cohort: next })}
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
        <Choose
          label="When a return counts"
          value={match}
          choices={[
            ["on", `On that ${interval}`],
            ["on_or_after", `On that ${interval} or later`],
            ["on_or_before", `By the end of that ${interval}`],
            ["streak", `In every ${interval} up to it`],
          ]}
          onChange={(next) => onChange({ ...spec, match: next })}
        />
      </Section>
      <Section title="Follow for">
        <div className={classes.window}>
          <Count
            label="Number of intervals"
            max={119}
            value={columns - 1}
            onChange={(count) => onChange({ ...spec, columns: count + 1 })}
          />
          <NativeSelect
            size="xs"
            aria-label="Interval"
            value={interval}
            onChange={(event) =>
              onChange({ ...spec, interval: event.currentTarget.value as Interval })
            }
            data={INTERVALS.map((each) => ({ value: each, label: `${each}s` }))}
          />
        </div>
      </Section>
      <Only spec={spec} onChange={onChange} />
      <SplitBy spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions changed={changedIn(spec, DEFAULTS, ["minimum", "clock", "brackets", "measure"])}>
        <Measured spec={spec} onChange={onChange} />
        <Option
          label="At least"
          says={`How often they must return in a ${interval} to count there.`}
        >
          <Count
            label="Least returns"
            max={1000}
            value={spec.minimum}
            onChange={(minimum) => onChange({ ...spec, minimum })}
          />
        </Option>
        <Option
          label="Intervals begin"
          says="By the calendar a day ends at midnight; rolling, 24 hours after each person's start."
        >
          <Choose
            label="Where intervals begin"
            value={spec.clock}
            choices={[
              ["calendar", "By the calendar"],
              ["rolling", "At each start"],
            ]}
            onChange={(clock) => onChange({ ...spec, clock })}
          />
        </Option>
        <Brackets
          value={brackets}
          interval={interval}
          onChange={(next) => onChange({ ...spec, brackets: next })}
        />
      </MoreOptions>
    </>
  );
}

/** Chooses what a cell shows: people, or a number of their returns. */
function Measured({ spec, onChange }: EditorProps<RetentionSpec>) {
  const { of = "persons", property = null } = spec.measure;
  return (
    <Option
      label="Cells show"
      says="A sum up to each interval, per starter, is what people are worth by then."
    >
      <div className={classes.pair}>
        <Choose
          label="What cells show"
          value={of}
          choices={[
            ["persons", "People"],
            ["sum", "Sum of"],
            ["average", "Sum per returner of"],
            ["per_person", "Sum per starter of"],
          ]}
          onChange={(next) =>
            onChange({
              ...spec,
              measure: next === "persons" ? { of: next } : { of: next, property },
            })
          }
        />
        {of !== "persons" && (
          <PropertyPicker
            quiet
            label="Property of the returns"
            property={property}
            opened={property === null}
            onChange={(chosen) => onChange({ ...spec, measure: { of, property: chosen } })}
          />
        )}
      </div>
    </Option>
  );
}

interface BracketsProps {
  value: readonly number[];
  interval: Interval;
  onChange: (lengths: number[]) => void;
}

function Brackets({ value, interval, onChange }: BracketsProps) {
  const [typed, setTyped] = useState(value.join(", "));
  return (
    <Option
      label="Columns of"
      says={`How many ${interval}s each column holds, such as 3, 7, 14. Empty: one ${interval} each.`}
    >
      <TextInput
        size="xs"
        w={140}
        aria-label="Lengths of the columns"
        placeholder="3, 7, 14"
        value={typed}
        error={lengthsIn(typed) === null}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          const lengths = lengthsIn(event.currentTarget.value);
          if (lengths) onChange(lengths);
        }}
      />
    </Option>
  );
}
