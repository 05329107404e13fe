import {
  ActionIcon,
  Button,
  NativeSelect,
  TagsInput,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFolderPlus, IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useValues } from "../api/catalog";
import type { Condition, Filter, InCohort, Operator } from "../api/shapes";
import { formatShort } from "../charts/format";
import { useProjectId } from "../lib/place";
import {
  asGroup,
  condition,
  type Group,
  isCohort,
  isGroup,
  joined,
  joinOf,
  leafOf,
  OPERATORS,
  partsOf,
  withOperator,
  withPart,
} from "./filters";
import classes from "./insights.module.css";
import { PropertyPicker } from "./pickers";

const DEEPEST = 3;
const BLANK = condition({ of: "event", name: "" });

interface FilterEditorProps {
  filter: Filter | null | undefined;
  /** Values are suggested from this event only. */
  event: string | null;
  onChange: (filter: Filter | null) => void;
  /** Whose filter this is, for those who cannot see it. */
  label: string;
  /** Whether it is one condition, to which no others are added. */
  single?: boolean;
}

/** Edits nested conditions. A condition without values stays until it has some, and filters nothing. */
export function FilterEditor(props: FilterEditorProps) {
  const { filter, event, onChange, label, single = false } = props;
  const group = asGroup(filter);
  return (
    <GroupEditor
      group={group}
      event={event}
      label={label}
      depth={1}
      single={single}
      onChange={onChange}
    />
  );
}

interface GroupEditorProps {
  group: Group;
  event: string | null;
  label: string;
  depth: number;
  single?: boolean;
  onChange: (group: Group | null) => void;
}

function GroupEditor(props: GroupEditorProps) {
  const { group, event, label, depth, single = false, onChange } = props;
  const parts = partsOf(group);
  const join = joinOf(group);
  const word = join === "all" ? "and" : "or";
  return (
    <fieldset className={classes.group} data-nested={depth > 1 || undefined} aria-label={label}>
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a condition is known by its place
        <div key={i} className={classes.part}>
          {i > 0 && (
            <UnstyledButton
              className={classes.join}
              aria-label={`Joined by ${word}. Switch to ${word === "and" ? "or" : "and"}`}
              title={join === "all" ? "All of these hold" : "Any of these holds"}
              onClick={() => onChange(joined(join === "all" ? "any" : "all", parts))}
            >
              {word}
            </UnstyledButton>
          )}
          {isGroup(part) ? (
            <GroupEditor
              group={part}
              event={event}
              label={`${label}, group ${i + 1}`}
              depth={depth + 1}
              onChange={(next) => onChange(withPart(group, i, next))}
            />
          ) : isCohort(part) ? (
            <CohortRow
              leaf={part}
              label={`${label}, condition ${i + 1}`}
              onChange={(next) => onChange(withPart(group, i, next))}
            />
          ) : (
            <ConditionRow
              condition={part}
              event={event}
              label={`${label}, condition ${i + 1}`}
              onChange={(next) => onChange(withPart(group, i, next))}
            />
          )}
        </div>
      ))}
      <div className={classes.adders} hidden={single}>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange(joined(join, [...parts, BLANK]))}
        >
          Condition
        </Button>
        {depth < DEEPEST && parts.length > 0 && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconFolderPlus size={13} />}
            onClick={() =>
              onChange(joined(join, [...parts, joined(join === "all" ? "any" : "all", [BLANK])]))
            }
          >
            Group
          </Button>
        )}
      </div>
    </fieldset>
  );
}

interface ConditionRowProps {
  condition: Condition;
  event: string | null;
  label: string;
  onChange: (part: Filter | null) => void;
}

function ConditionRow({ condition: value, event, label, onChange }: ConditionRowProps) {
  const { operator = "is", values = [] } = value;
  const { takes } = OPERATORS[operator];
  return (
    <div className={classes.condition}>
      <div className={classes.conditionHead}>
        <PropertyPicker
          quiet
          label={`${label}, property`}
          property={value.property}
          opened={value.property.name === ""}
          onChange={(property) =>
            onChange(
              property.of === "cohort"
                ? leafOf(property)
                : { ...value, property, values: takes === "values" ? [] : values },
            )
          }
        />
        <NativeSelect
          size="xs"
          variant="unstyled"
          className={classes.operator}
          aria-label={`${label}, comparison`}
          value={operator}
          onChange={(change) =>
            onChange(withOperator(value, change.currentTarget.value as Operator))
          }
          data={Object.entries(OPERATORS).map(([operator, { words }]) => ({
            value: operator,
            label: words,
          }))}
        />
        <ActionIcon size="sm" aria-label={`Remove ${label}`} onClick={() => onChange(null)}>
          <IconX size={14} />
        </ActionIcon>
      </div>
      {takes === "values" && (
        <ValuesInput condition={value} event={event} label={label} onChange={onChange} />
      )}
      {(takes === "text" || takes === "number") && (
        <TextInput
          size="xs"
          aria-label={`${label}, value`}
          placeholder={takes === "number" ? "Number" : "Text"}
          inputMode={takes === "number" ? "decimal" : "text"}
          value={String(values[0] ?? "")}
          onChange={(change) => {
            const text = change.currentTarget.value;
            onChange({ ...value, values: text === "" ? [] : [text] });
          }}
        />
      )}
    </div>
  );
}

interface CohortRowProps {
  leaf: InCohort;
  label: string;
  onChange: (part: Filter | null) => void;
}

/** Whether people are in a cohort. One that is described in the question itself keeps its words. */
function CohortRow({ leaf, label, onChange }: CohortRowProps) {
  return (
    <div className={classes.conditionHead}>
      {typeof leaf.cohort === "string" ? (
        <PropertyPicker
          quiet
          label={`${label}, cohort`}
          property={{ of: "cohort", name: leaf.cohort }}
          onChange={(property) => onChange(leafOf(property))}
        />
      ) : (
        <span className={classes.pickerText}>People described here</span>
      )}
      <NativeSelect
        size="xs"
        variant="unstyled"
        className={classes.operator}
        aria-label={`${label}, comparison`}
        value={leaf.in === false ? "out" : "in"}
        onChange={(change) => onChange({ ...leaf, in: change.currentTarget.value === "in" })}
        data={[
          { value: "in", label: "has the person" },
          { value: "out", label: "does not have the person" },
        ]}
      />
      <ActionIcon size="sm" aria-label={`Remove ${label}`} onClick={() => onChange(null)}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}

interface ValuesInputProps {
  condition: Condition;
  event: string | null;
  label: string;
  onChange: (condition: Condition) => void;
}

function ValuesInput({ condition: value, event, label, onChange }: ValuesInputProps) {
  const { values = [] } = value;
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search, 150);
  const property = value.property.name ? value.property : null;
  const { data: found = [] } = useValues(useProjectId(), property, event, settled);
  const counts = new Map(found.map((item) => [item.value, item.count]));
  return (
    <TagsInput
      size="xs"
      aria-label={`${label}, values`}
      placeholder={values.length ? "" : "Choose or type values"}
      value={values.map(String)}
      onChange={(next) => onChange({ ...value, values: next })}
      searchValue={search}
      onSearchChange={setSearch}
      data={[...counts.keys()]}
      splitChars={[]}
      limit={50}
      maxDropdownHeight={240}
      comboboxProps={{ width: 280, position: "bottom-start" }}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <span className={classes.optionLabel}>{option.value}</span>
          <span className={classes.optionNote}>
            {formatShort(counts.get(option.value) ?? 0, "count")}
          </span>
        </span>
      )}
    />
  );
}
