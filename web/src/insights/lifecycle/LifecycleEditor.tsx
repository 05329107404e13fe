import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import type { EditorProps } from "../kind";
import { Only, SplitBy } from "../Narrowing";
import { changedIn, MoreOptions, Option } from "../Options";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { DEFAULTS, type LifecycleSpec } from "./spec";

/** Edits the question of a lifecycle: what it means to be active. */
export default function LifecycleEditor({ spec, onChange }: EditorProps<LifecycleSpec>) {
  return (
    <>
      <Section title="Active are those who do">
        <SelectorRow
          badge="A"
          label="Activity"
          selector={spec.event}
          onChange={(event) => onChange({ ...spec, event })}
        />
      </Section>
      <Only spec={spec} onChange={onChange} />
      <SplitBy spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions changed={changedIn(spec, DEFAULTS, ["new"])}>
        <Option
          label="New are those whose"
          says="Someone who has been here before and does this for the first time is new only by the second."
        >
          <Choose
            label="Who is new"
            value={spec.new}
            choices={[
              ["first_event", "first event ever"],
              ["first_matching", "first such event"],
            ]}
            onChange={(next) => onChange({ ...spec, new: next })}
          />
        </Option>
      </MoreOptions>
    </>
  );
}
