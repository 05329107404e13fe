import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { Spec } from "../api/shapes";
import { FilterEditor } from "./FilterEditor";
import { condition, joined } from "./filters";
import classes from "./insights.module.css";
import { PropertyPicker } from "./pickers";
import { breakdownOf, brokenDown, onlyEvent } from "./questions";
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

/** A property to split by, and how many of its values are shown. */
export function SplitBy<S extends Spec>({ spec, onChange }: NarrowingProps<S>) {
  const [breakdown = null] = breakdownOf(spec);
  const limit = ("limit" in spec ? spec.limit : null) ?? LIMIT;
  return (
    <Section title="Split by">
      <div className={classes.split}>
        <PropertyPicker
          label="Split by"
          placeholder="No property"
          property={breakdown}
          onChange={(property) => onChange(brokenDown(spec, property))}
        />
        {breakdown && (
          <>
            <LimitSelect limit={limit} onChange={(next) => onChange({ ...spec, limit: next })} />
            <ActionIcon aria-label="Do not split" onClick={() => onChange(brokenDown(spec, null))}>
              <IconX size={14} />
            </ActionIcon>
          </>
        )}
      </div>
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
