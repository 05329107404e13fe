import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { Only } from "../Narrowing";
import { Count, changedIn, MoreOptions, Option } from "../Options";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { DEFAULTS, type UsageSpec } from "./spec";

/** Edits the question of usage: what people come back to. */
export default function UsageEditor({ spec, onChange }: EditorProps<UsageSpec>) {
  return (
    <>
      <Section title="Come back to do">
        <SelectorRow
          badge="A"
          label="Activity"
          selector={spec.event}
          onChange={(event) => onChange({ ...spec, event })}
        />
        <div className={classes.optionHead}>
          <span>Gaps counted in</span>
          <Choose
            label="What gaps are counted in"
            value={spec.interval}
            choices={[
              ["hour", "Hours"],
              ["day", "Days"],
            ]}
            onChange={(interval) => onChange({ ...spec, interval })}
          />
        </div>
      </Section>
      <Only spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions changed={changedIn(spec, DEFAULTS, ["share", "bars"])}>
        <Option
          label="Percent who come back"
          says="How many have to, for a gap to be the natural one."
        >
          <Count
            label="Percent who come back"
            max={100}
            value={Math.round(spec.share * 100)}
            onChange={(percent) => onChange({ ...spec, share: percent / 100 })}
          />
        </Option>
        <Option label="Bars" says="The longest gap with a bar of its own.">
          <Count
            label="Bars"
            min={2}
            max={365}
            value={spec.bars}
            onChange={(bars) => onChange({ ...spec, bars })}
          />
        </Option>
      </MoreOptions>
    </>
  );
}
