import { NativeSelect, NumberInput } from "@mantine/core";
import { useRef, useState } from "react";
import type { Selector, WindowUnit } from "../../api/shapes";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { MoreButton, Only, SplitBy } from "../Narrowing";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { moved } from "./order";
import type { FunnelSpec } from "./spec";

const MOST = 20;
const UNITS: readonly WindowUnit[] = ["second", "minute", "hour", "day", "week", "month"];

/** Edits the question of a funnel: its steps in order, and the time they may take. */
export default function FunnelEditor({ spec, onChange }: EditorProps<FunnelSpec>) {
  const { steps, window } = spec;
  const { count = 14, unit = "day" } = window;
  const dragged = useRef<number | null>(null);
  const [added, setAdded] = useState<number | null>(null);
  const set = (next: Selector[]) => onChange({ ...spec, steps: next });
  return (
    <>
      <Section title="Steps, in this order">
        {steps.map((step, i) => (
          <SelectorRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place
            key={i}
            badge={String(i + 1)}
            label={`Step ${i + 1}`}
            selector={step}
            opened={added === i}
            onChange={(selector) => set(steps.map((old, k) => (k === i ? selector : old)))}
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
    </>
  );
}
