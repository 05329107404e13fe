import { SegmentedControl } from "@mantine/core";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { MoreButton, Only } from "../Narrowing";
import { Count } from "../Options";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { letter } from "../selections";
import type { EngagementSpec } from "./spec";

const MOST = 50;

/** Edits the question of engagement: which features, and how their use is counted. */
export default function EngagementEditor({ spec, onChange }: EditorProps<EngagementSpec>) {
  const { features } = spec;
  const set = (next: EngagementSpec["features"]) => onChange({ ...spec, features: next });
  return (
    <>
      <Section title="Features">
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Which features"
          value={features.length ? "chosen" : "commonest"}
          onChange={(value) => set(value === "chosen" ? [{ event: null }, { event: null }] : [])}
          data={[
            { value: "commonest", label: "The commonest" },
            { value: "chosen", label: "Chosen ones" },
          ]}
        />
        {features.length === 0 && (
          <div className={classes.optionHead}>
            <span>How many</span>
            <Count
              label="How many features"
              max={MOST}
              value={spec.top}
              onChange={(top) => onChange({ ...spec, top })}
            />
          </div>
        )}
        {features.map((feature, i) => (
          <SelectorRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a feature is known by its place
            key={i}
            badge={i < 26 ? letter(i) : String(i + 1)}
            label={`Feature ${i + 1}`}
            selector={feature}
            onChange={(next) => set(features.map((old, k) => (k === i ? next : old)))}
            acts={{ onRemove: () => set(features.filter((_, k) => k !== i)) }}
          />
        ))}
        {features.length > 0 && features.length < MOST && (
          <MoreButton onClick={() => set([...features, { event: null }])}>Feature</MoreButton>
        )}
      </Section>
      <Section title="Frequency">
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="How frequency is counted"
          value={spec.frequency}
          onChange={(value) =>
            onChange({ ...spec, frequency: value as EngagementSpec["frequency"] })
          }
          data={[
            { value: "times", label: "Times" },
            { value: "days", label: "Days" },
          ]}
        />
      </Section>
      <Only spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
    </>
  );
}
