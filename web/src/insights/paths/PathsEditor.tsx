import { ActionIcon, Autocomplete, Chip, TagsInput, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useCatalog, useValues } from "../../api/catalog";
import type { Selector } from "../../api/shapes";
import { useProjectId } from "../../lib/place";
import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { MoreButton, Only } from "../Narrowing";
import { Count, changedIn, MoreOptions, Option, Toggle } from "../Options";
import { PropertyPicker } from "../pickers";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { DEFAULTS, PAUSE, type PathsSpec } from "./spec";

const MOST_EVENTS = 20;

/** Edits the question of paths: what is on them, where they begin and end, and how much is shown. */
export default function PathsEditor({ spec, onChange }: EditorProps<PathsSpec>) {
  const { events, by, steps, within } = spec;
  const setEvents = (next: Selector[]) => onChange({ ...spec, events: next });
  return (
    <>
      <Section title="From and to">
        <ItemInput
          label="Path from"
          placeholder="Anything"
          value={spec.start}
          spec={spec}
          onChange={(start) => onChange({ ...spec, start })}
        />
        <ItemInput
          label="Path to"
          placeholder="Anything"
          value={spec.end}
          spec={spec}
          onChange={(end) => onChange({ ...spec, end })}
        />
      </Section>
      <Section title="On the way">
        {events.map((selector, i) => (
          <SelectorRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a selection is known by its place
            key={i}
            badge={String(i + 1)}
            label={`Events ${i + 1}`}
            selector={selector}
            onChange={(next) => setEvents(events.map((old, k) => (k === i ? next : old)))}
            acts={{
              onRemove:
                events.length > 1 ? () => setEvents(events.filter((_, k) => k !== i)) : undefined,
            }}
          />
        ))}
        {events.length < MOST_EVENTS && (
          <MoreButton onClick={() => setEvents([...events, { event: null }])}>Events</MoreButton>
        )}
        <div className={classes.optionHead}>
          <span>Named by</span>
          <span className={classes.pair}>
            <PropertyPicker
              quiet
              label="What names a step"
              placeholder="The event"
              property={by}
              onChange={(property) => onChange({ ...spec, by: property })}
            />
            {by && (
              <ActionIcon
                size="sm"
                aria-label="Name steps by the event"
                onClick={() => onChange({ ...spec, by: null, by_on: [] })}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </span>
        </div>
      </Section>
      <Section title="Show">
        <div className={classes.optionHead}>
          <span>Steps</span>
          <Count
            label="Steps"
            min={spec.start && spec.end ? 3 : 2}
            max={20}
            value={steps}
            onChange={(next) =>
              onChange({ ...spec, steps: next, expand: spec.expand.filter((k) => k < next) })
            }
          />
        </div>
        <div className={classes.optionHead}>
          <span>Largest moves</span>
          <Count
            label="Largest moves"
            max={1000}
            value={spec.top}
            onChange={(top) => onChange({ ...spec, top })}
          />
        </div>
        <div className={classes.optionRow}>
          <span className={classes.optionHead}>Show more of Other at step</span>
          <Chip.Group
            multiple
            value={spec.expand.map(String)}
            onChange={(chosen) => onChange({ ...spec, expand: chosen.map(Number).sort() })}
          >
            <div className={classes.pair}>
              {Array.from({ length: steps }, (_, k) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
                <Chip key={k} size="xs" value={String(k)}>
                  {k + 1}
                </Chip>
              ))}
            </div>
          </Chip.Group>
        </div>
      </Section>
      <Only spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions
        changed={
          changedIn(spec, DEFAULTS, [
            "collapse",
            "count",
            "replacements",
            "groups",
            "only_items",
            "except_items",
            "except_events",
          ]) + Number(JSON.stringify(within) !== JSON.stringify(PAUSE))
        }
      >
        <Within spec={spec} onChange={onChange} />
        <Option label="Numbers count" says="Each path, or each person once per step and move.">
          <Choose
            label="What numbers count"
            value={spec.count}
            choices={[
              ["paths", "paths"],
              ["actors", "people"],
            ]}
            onChange={(count) => onChange({ ...spec, count })}
          />
        </Option>
        <Toggle
          label="Repeats are one step"
          checked={spec.collapse}
          onChange={(collapse) => onChange({ ...spec, collapse })}
        />
        <Items
          label="Leave out"
          says="Steps that match; * is any text."
          value={spec.except_items}
          onChange={(except_items) => onChange({ ...spec, except_items })}
        />
        <Items
          label="Keep only"
          value={spec.only_items}
          onChange={(only_items) => onChange({ ...spec, only_items })}
        />
        <Items
          label="Groups"
          says="Steps that match one are that one step, such as /docs/*."
          value={spec.groups}
          onChange={(groups) => onChange({ ...spec, groups })}
        />
        <Replacements spec={spec} onChange={onChange} />
      </MoreOptions>
    </>
  );
}

interface ItemInputProps {
  label: string;
  placeholder: string;
  value: string | null;
  spec: PathsSpec;
  onChange: (item: string | null) => void;
}

/** A step by its name, with those that there are to choose from. */
function ItemInput({ label, placeholder, value, spec, onChange }: ItemInputProps) {
  const projectId = useProjectId();
  const catalog = useCatalog(projectId);
  const values = useValues(projectId, spec.by, null, value ?? "");
  const names = useMemo(
    () =>
      spec.by
        ? (values.data ?? []).map((each) => each.value)
        : (catalog.data?.events ?? []).map((event) => event.name),
    [spec.by, values.data, catalog.data],
  );
  return (
    <Autocomplete
      size="xs"
      label={label}
      placeholder={placeholder}
      data={[...new Set(names)]}
      limit={50}
      clearable
      value={value ?? ""}
      onChange={(text) => onChange(text || null)}
    />
  );
}

function Within({ spec, onChange }: EditorProps<PathsSpec>) {
  const { within } = spec;
  const paused = !("reach_seconds" in within);
  const seconds =
    "reach_seconds" in within
      ? within.reach_seconds
      : (within.pause_seconds ?? PAUSE.pause_seconds);
  return (
    <Option
      label="A path ends"
      says="After so many minutes without an event, or so many minutes after its first."
    >
      <span className={classes.pair}>
        <Choose
          label="When a path ends"
          value={paused ? "pause" : "reach"}
          choices={[
            ["pause", "after a pause of"],
            ["reach", "when it lasted"],
          ]}
          onChange={(way) =>
            onChange({
              ...spec,
              within: way === "pause" ? { pause_seconds: seconds } : { reach_seconds: seconds },
            })
          }
        />
        <Count
          label="Minutes"
          max={525_600}
          value={Math.max(1, Math.round(seconds / 60))}
          onChange={(count) =>
            onChange({
              ...spec,
              within: paused ? { pause_seconds: count * 60 } : { reach_seconds: count * 60 },
            })
          }
        />
      </span>
    </Option>
  );
}

interface ItemsProps {
  label: string;
  says?: string;
  value: readonly string[];
  onChange: (items: string[]) => void;
}

function Items({ label, says, value, onChange }: ItemsProps) {
  return (
    <TagsInput
      size="xs"
      label={label}
      description={says}
      placeholder={value.length ? "" : "Type and press Enter"}
      value={[...value]}
      splitChars={[]}
      onChange={onChange}
    />
  );
}

/** Patterns that change the names of steps, one after the other. */
function Replacements({ spec, onChange }: EditorProps<PathsSpec>) {
  const { replacements } = spec;
  const [added, setAdded] = useState(false);
  const set = (next: PathsSpec["replacements"]) => onChange({ ...spec, replacements: next });
  return (
    <div className={classes.optionRow}>
      <span className={classes.optionHead}>Replace in names</span>
      {replacements.map((each, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a replacement is known by its place
        <div key={i} className={classes.replacement}>
          <TextInput
            size="xs"
            aria-label={`Pattern ${i + 1}`}
            placeholder="/\d+"
            autoFocus={added && i === replacements.length - 1}
            value={each.pattern}
            onChange={(event) => {
              const pattern = event.currentTarget.value;
              set(replacements.map((old, k) => (k === i ? { ...old, pattern } : old)));
            }}
          />
          <TextInput
            size="xs"
            aria-label={`Replacement ${i + 1}`}
            placeholder="/:id"
            value={each.by ?? ""}
            onChange={(event) => {
              const text = event.currentTarget.value;
              set(replacements.map((old, k) => (k === i ? { ...old, by: text } : old)));
            }}
          />
          <ActionIcon
            aria-label={`Remove pattern ${i + 1}`}
            onClick={() => set(replacements.filter((_, k) => k !== i))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <MoreButton
        onClick={() => {
          setAdded(true);
          set([...replacements, { pattern: "", by: "" }]);
        }}
      >
        Pattern
      </MoreButton>
      <p className={classes.aside}>Regular expressions (RE2), in this order.</p>
    </div>
  );
}
