import { ActionIcon, Button, NativeSelect } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { Spec } from "../api/shapes";
import { FilterEditor } from "./FilterEditor";
import { condition, joined } from "./filters";
import classes from "./insights.module.css";
import { PropertyPicker } from "./pickers";
import { brokenDown, selectors } from "./questions";
import { Section } from "./Section";

const LIMITS = [3, 5, 7, 10, 15, 25, 50, 100];

interface NarrowingProps<S extends Spec> {
  spec: S;
  onChange: (spec: S) => void;
}

/** What every kind of question has: a filter on all events, and a property to split by. */
export function Narrowing<S extends Spec>({ spec, onChange }: NarrowingProps<S>) {
  const events = new Set(selectors(spec).map((selector) => selector.event ?? null));
  const [only = null] = events.size === 1 ? events : [];
  const { breakdown = null, filter = null, limit } = spec;
  const limits = LIMITS.includes(limit) ? LIMITS : [...LIMITS, limit].sort((a, b) => a - b);
  return (
    <>
      <Section
        title="Only events where"
        action={
          filter ? null : (
            <AddButton
              label="Add a condition on all events"
              onClick={() =>
                onChange({
                  ...spec,
                  filter: joined("all", [condition({ of: "event", name: "" })]),
                })
              }
            />
          )
        }
      >
        {filter && (
          <FilterEditor
            label="Filter"
            filter={filter}
            event={only}
            onChange={(next) => onChange({ ...spec, filter: next })}
          />
        )}
      </Section>
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
              <NativeSelect
                size="xs"
                aria-label="How many groups to show"
                value={String(limit)}
                onChange={(event) =>
                  onChange({ ...spec, limit: Number(event.currentTarget.value) })
                }
                data={limits.map((count) => ({ value: String(count), label: `Top ${count}` }))}
              />
              <ActionIcon
                aria-label="Do not split"
                onClick={() => onChange(brokenDown(spec, null))}
              >
                <IconX size={14} />
              </ActionIcon>
            </>
          )}
        </div>
      </Section>
    </>
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
