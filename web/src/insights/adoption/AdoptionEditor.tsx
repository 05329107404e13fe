import { SegmentedControl } from "@mantine/core";
import { CountedAs } from "../CountedAs";
import type { EditorProps } from "../kind";
import { Only, SplitBy } from "../Narrowing";
import { Count, changedIn, MoreOptions, Option } from "../Options";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { type AdoptionSpec, DEFAULTS } from "./spec";

/** Edits the question of adoption: the feature, and among whom. */
export default function AdoptionEditor({ spec, onChange }: EditorProps<AdoptionSpec>) {
  return (
    <>
      <Section title="Feature">
        <SelectorRow
          badge="F"
          label="Feature"
          selector={spec.feature}
          onChange={(feature) => onChange({ ...spec, feature })}
        />
      </Section>
      <Section title="Among">
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Among whom"
          value={spec.among}
          onChange={(value) => onChange({ ...spec, among: value as AdoptionSpec["among"] })}
          data={[
            { value: "active", label: "Everyone active" },
            { value: "new", label: "Those who are new" },
          ]}
        />
      </Section>
      <Only spec={spec} onChange={onChange} />
      <SplitBy spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions changed={changedIn(spec, DEFAULTS, ["early_days"])}>
        <Option label="Early means within days" says="Counted from each person's first event ever.">
          <Count
            label="Days that are early"
            max={3650}
            value={spec.early_days}
            onChange={(early_days) => onChange({ ...spec, early_days })}
          />
        </Option>
      </MoreOptions>
    </>
  );
}
