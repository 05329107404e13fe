import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Spec } from "../api/shapes";
import { FilterEditor } from "./FilterEditor";
import { condition, joined } from "./filters";
import classes from "./insights.module.css";
import { PropertyPicker } from "./pickers";
import { breakdownOf, brokenDown, onlyEvent } from "./questions";
import { RangesEditor } from "./RangesEditor";
import type { Divider } from "./ranges";
import { Section } from "./Section";
import { LIMIT } from "./selections";

const LIMITS = [3, 5, 7, 10, 15, 25, 50, 100];

interface NarrowingProps<S extends Spec> {
  spec: S;
  onChange: (spec: S) => void;
}

/** What every kind of question has: a filter on all events. */
export function Only<S extends Spec>({ spec, onChange }: NarrowingProps<S>) {
  const { filter = null } = spec;
  return (
    <Section
      title="Only events where"
      action={
        filter ? null : (
          <AddButton
            label="Add a condition on all events"
            onClick={() =>
              onChange({ ...spec, filter: joined("all", [condition({ of: "event", name: "" })]) })
            }
          />
        )
      }
    >
      {filter && (
        <FilterEditor
          label="Filter"
          filter={filter}
          event={onlyEvent(spec)}
          onChange={(next) => onChange({ ...spec, filter: next })}
        />
      )}
    </Section>
  );
}

interface SplitByProps<S extends Spec> extends NarrowingProps<S> {
  /** How many properties may divide the answer together. */
  most?: number;
  /** Whether numbers may be cut into ranges. */
  ranged?: boolean;
}

/** The properties to split by, and how many of their values are shown. */
export function SplitBy<S extends Spec>(props: SplitByProps<S>) {
  const { spec, onChange, most = 1, ranged = false } = props;
  const dividers = breakdownOf(spec);
  const limit = ("limit" in spec ? spec.limit : null) ?? LIMIT;
  const [adding, setAdding] = useState(false);
  const set = (i: number, next: Divider | null) => {
    setAdding(false);
    const changed = [...dividers.slice(0, i), ...(next ? [next] : []), ...dividers.slice(i + 1)];
    onChange(brokenDown(spec, changed));
  };
  const shown: (Divider | null)[] = [...dividers];
  if (shown.length === 0 || adding) shown.push(null);
  return (
    <Section title="Split by">
      {shown.map((divider, i) => {
        const label = i === 0 ? "Split by" : `Split by, property ${i + 1}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a property is known by its place
          <div key={i} className={classes.divider}>
            <div className={classes.split}>
              <PropertyPicker
                label={label}
                placeholder="No property"
                property={divider}
                opened={adding && divider === null}
                onChange={(property) => set(i, property)}
              />
              {divider && i === 0 && (
                <LimitSelect
                  limit={limit}
                  onChange={(next) => onChange({ ...spec, limit: next })}
                />
              )}
              {(divider || i > 0) && (
                <ActionIcon
                  aria-label={i === 0 && dividers.length < 2 ? "Do not split" : `Remove ${label}`}
                  onClick={() => set(i, null)}
                >
                  <IconX size={14} />
                </ActionIcon>
              )}
            </div>
            {ranged && divider && divider.of !== "cohort" && (
              <RangesEditor divider={divider} label={label} onChange={(next) => set(i, next)} />
            )}
          </div>
        );
      })}
      {dividers.length > 0 && dividers.length < most && !adding && (
        <MoreButton onClick={() => setAdding(true)}>Property</MoreButton>
      )}
    </Section>
  );
}

/** Chooses how many groups are shown by themselves. */
export function LimitSelect(props: { limit: number; onChange: (limit: number) => void }) {
  const { limit, onChange } = props;
  const limits = LIMITS.includes(limit) ? LIMITS : [...LIMITS, limit].sort((a, b) => a - b);
  return (
    <NativeSelect
      size="xs"
      aria-label="How many groups to show"
      value={String(limit)}
      onChange={(event) => onChange(Number(event.currentTarget.value))}
      data={limits.map((count) => ({ value: String(count), label: `Top ${count}` }))}
    />
  );
}

/** A small plus beside the name of a section. */
export function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon size="sm" aria-label={label} title={label} onClick={onClick}>
      <IconPlus size={15} />
    </ActionIcon>
  );
}

/** A quiet button below a list that makes it longer. */
export function MoreButton({ children, onClick }: { children: string; onClick: () => void }) {
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color="gray"
      className={classes.more ?? ""}
      leftSection={<IconPlus size={14} />}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
