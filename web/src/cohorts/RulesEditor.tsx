import { NumberInput, SegmentedControl } from "@mantine/core";
import { Choose } from "../insights/Choose";
import { FilterEditor } from "../insights/FilterEditor";
import { isGroup } from "../insights/filters";
import classes from "../insights/insights.module.css";
import { MoreButton } from "../insights/Narrowing";
import { SelectorRow } from "../insights/SelectorRow";
import { type DidRule, type Join, NEW_CONDITION, NEW_RULE, type Rule, type Rules } from "./rules";

interface RulesEditorProps {
  rules: Rules;
  onChange: (rules: Rules) => void;
}

/** Edits who is in a cohort, rule by rule. */
export function RulesEditor({ rules: { join, rules }, onChange }: RulesEditorProps) {
  const set = (next: Rule[]) => onChange({ join, rules: next });
  const put = (i: number, rule: Rule) => set(rules.map((old, k) => (k === i ? rule : old)));
  return (
    <div className={classes.options}>
      {rules.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label="How rules join"
          value={join}
          onChange={(value) => onChange({ join: value as Join, rules })}
          data={[
            { value: "all", label: "All of these hold" },
            { value: "any", label: "Any of these holds" },
          ]}
        />
      )}
      {rules.map((rule, i) => {
        const label = `Rule ${i + 1}`;
        const remove = () => set(rules.filter((_, k) => k !== i));
        if (rule.type === "did") {
          return (
            <SelectorRow
              // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place
              key={i}
              badge={String(i + 1)}
              label={label}
              selector={rule.selector}
              onChange={(selector) => put(i, { ...rule, selector })}
              acts={{ onRemove: remove }}
            >
              <Often rule={rule} label={label} onChange={(next) => put(i, next)} />
            </SelectorRow>
          );
        }
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is known by its place
          <div key={i} className={classes.split}>
            <FilterEditor
              label={label}
              event={null}
              single
              filter={
                rule.type === "is" ? rule.condition : { cohort: rule.cohort, in: rule.inside }
              }
              onChange={(next) => {
                const [part] =
                  next && isGroup(next) ? ("all" in next ? next.all : next.any) : [next];
                if (!part) remove();
                else if ("cohort" in part && typeof part.cohort === "string") {
                  put(i, { type: "in", cohort: part.cohort, inside: part.in ?? true });
                } else if ("property" in part) put(i, { type: "is", condition: part });
              }}
            />
          </div>
        );
      })}
      <div className={classes.adders}>
        <MoreButton onClick={() => set([...rules, NEW_RULE])}>What they did</MoreButton>
        <MoreButton onClick={() => set([...rules, NEW_CONDITION])}>Who they are</MoreButton>
      </div>
    </div>
  );
}

interface OftenProps {
  rule: DidRule;
  label: string;
  onChange: (rule: DidRule) => void;
}

function Often({ rule, label, onChange }: OftenProps) {
  const { did, operator, times, days } = rule;
  return (
    <div className={classes.pair}>
      <Choose
        label={`${label}, whether`}
        value={did ? "did" : "not"}
        choices={[
          ["did", "they did"],
          ["not", "they did not"],
        ]}
        onChange={(value) => onChange({ ...rule, did: value === "did" })}
      />
      <Choose
        label={`${label}, comparison`}
        value={operator}
        choices={[
          ["at_least", "at least"],
          ["exactly", "exactly"],
          ["at_most", "at most"],
        ]}
        onChange={(value) => onChange({ ...rule, operator: value })}
      />
      <NumberInput
        size="xs"
        w={72}
        aria-label={`${label}, times`}
        min={1}
        allowDecimal={false}
        value={times}
        suffix=" ×"
        onChange={(value) => Number(value) >= 1 && onChange({ ...rule, times: Number(value) })}
      />
      <Choose
        label={`${label}, within`}
        value={String(days ?? "")}
        choices={[
          ...(days !== null && ![7, 30, 90, 365].includes(days)
            ? [[String(days), `in the last ${days} days`] as const]
            : []),
          ["7", "in the last 7 days"],
          ["30", "in the last 30 days"],
          ["90", "in the last 90 days"],
          ["365", "in the last 365 days"],
          ["", "ever"],
        ]}
        onChange={(value) => onChange({ ...rule, days: value ? Number(value) : null })}
      />
    </div>
  );
}
