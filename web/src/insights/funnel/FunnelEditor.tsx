import { NativeSelect, NumberInput, TagsInput } from "@mantine/core";
import { useRef, useState } from "react";
import type { WindowUnit } from "../../api/shapes";
import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { MoreButton, Only, SplitBy } from "../Narrowing";
import { changedIn, MoreOptions, Option, Toggle } from "../Options";
import { Section } from "../Section";
import { Exclusions, Held } from "./Exclusions";
import { moved } from "./order";
import { StepRow } from "./StepRow";
import { DEFAULTS, type FunnelSpec } from "./spec";
import { type Step, stepOf, waysOf } from "./steps";

const MOST = 20;
const ORDERS = [
  ["ordered", "In this order"],
  ["strict", "Strictly one after the other"],
  ["any", "In any order"],
] as const;
const UNITS: readonly WindowUnit[] = ["second", "minute", "hour", "day", "week", "month"];

/** Edits the question of a funnel: its steps in order, and the time they may take. */
export default function FunnelEditor({ spec, onChange }: EditorProps<FunnelSpec>) {
  const { steps, window, order } = spec;
  const { count = 14, unit = "day" } = window;
  const dragged = useRef<number | null>(null);
  const [added, setAdded] = useState<number | null>(null);
  const set = (next: Step[]) => onChange({ ...spec, steps: next });
  return (
    <>
      <Section
        title="Steps"
        action={
          <Choose
            label="Order of the steps"
            value={order}
            choices={ORDERS}
            onChange={(next) =>
              onChange({
                ...spec,
                order: next,
                steps:
                  next === "ordered"
                    ? steps
                    : steps.map((step) => stepOf(waysOf(step), false, step.label)),
                exclusions: next === "ordered" ? spec.exclusions : [],
              })
            }
          />
        }
      >
        {steps.map((step, i) => (
          <StepRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place
            key={i}
            step={step}
            index={i}
            mayBeOptional={i > 0 && order === "ordered"}
            opened={added === i}
            onChange={(next) => set(steps.map((old, k) => (k === i ? next : old)))}
            drag={{
              onDragStart: (event) => {
                event.dataTransfer.effectAllowed = "move";
                event.dataTransfer.setData("text/plain", String(i));
                dragged.current = i;
              },
              onDrop: () => {
                if (dragged.current !== null) set(moved(steps, dragged.current, i));
                dragged.current = null;
              },
            }}
            acts={{
              onMove: (by) => set(moved(steps, i, i + by)),
              first: i === 0,
              last: i === steps.length - 1,
              onDuplicate:
                steps.length < MOST
                  ? () => set([...steps.slice(0, i + 1), step, ...steps.slice(i + 1)])
                  : undefined,
              onRemove: steps.length > 2 ? () => set(steps.filter((_, k) => k !== i)) : undefined,
            }}
          />
        ))}
        {steps.length < MOST && (
          <MoreButton
            onClick={() => {
              setAdded(steps.length);
              set([...steps, { event: null }]);
            }}
          >
            Step
          </MoreButton>
        )}
      </Section>
      <Section title="Within">
        <div className={classes.window}>
          <NumberInput
            size="xs"
            aria-label="Length of the window"
            min={1}
            max={100_000}
            allowDecimal={false}
            allowNegative={false}
            value={count}
            onChange={(value) => {
              const next = Math.round(Number(value));
              if (next >= 1 && next <= 100_000)
                onChange({ ...spec, window: { ...window, count: next } });
            }}
          />
          <NativeSelect
            size="xs"
            aria-label="Unit of the window"
            value={unit}
            onChange={(event) =>
              onChange({
                ...spec,
                window: { ...window, unit: event.currentTarget.value as WindowUnit },
              })
            }
            data={UNITS.map((each) => ({
              value: each,
              label: count === 1 ? each : `${each}s`,
            }))}
          />
          <span className={classes.aside}>of the first step</span>
        </div>
      </Section>
      <Only spec={spec} onChange={onChange} />
      <SplitBy spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions
        changed={changedIn(spec, DEFAULTS, [
          "anchor",
          "complete_after_period",
          "exclusions",
          "hold",
          "count",
          "percentiles",
          "attribution",
        ])}
      >
        <Exclusions spec={spec} onChange={onChange} />
        <Held spec={spec} onChange={onChange} />
        <Option label="Counted" says="Each person once, or every time that somebody begins.">
          <Choose
            label="What is counted"
            value={spec.count}
            choices={[
              ["uniques", "once"],
              ["totals", "every time"],
            ]}
            onChange={(count) => onChange({ ...spec, count })}
          />
        </Option>
        <Option
          label="An attempt begins with"
          says="By default the best attempt of a person counts, wherever it began."
        >
          <Choose
            label="Where attempts begin"
            value={spec.anchor}
            choices={[
              ["every", "every first step"],
              ["first", "the very first step"],
            ]}
            onChange={(anchor) => onChange({ ...spec, anchor })}
          />
        </Option>
        {spec.breakdown && (
          <Option label="Split by the value of" says="Which of a person's values counts.">
            <Choose
              label="Which value counts"
              value={spec.attribution}
              choices={[
                ["first_touch", "the first event"],
                ["last_touch", "the last event"],
              ]}
              onChange={(attribution) => onChange({ ...spec, attribution })}
            />
          </Option>
        )}
        <TagsInput
          size="xs"
          label="Percentiles of the time to convert"
          description="Beside average and median, such as 75 and 90."
          placeholder={spec.percentiles.length ? "" : "75"}
          maxTags={5}
          value={spec.percentiles.map(String)}
          onChange={(typed) => {
            const numbers = typed
              .map(Number)
              .filter((n) => Number.isInteger(n) && n > 0 && n < 100);
            onChange({ ...spec, percentiles: [...new Set(numbers)].sort((a, b) => a - b) });
          }}
        />
        <Toggle
          label="Steps after the period count"
          says="When they fall within the time that the funnel may take."
          checked={spec.complete_after_period}
          onChange={(complete_after_period) => onChange({ ...spec, complete_after_period })}
        />
      </MoreOptions>
    </>
  );
}
