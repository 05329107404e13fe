import { TextInput } from "@mantine/core";
import { useState } from "react";
import type { Selector } from "../../api/shapes";
import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import type { EditorProps } from "../kind";
import { MoreButton, Only, SplitBy } from "../Narrowing";
import { Count, changedIn, MoreOptions, Option, Toggle } from "../Options";
import { edgesIn } from "../ranges";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { letter } from "../selections";
import { DEFAULTS, type StickinessSpec } from "./spec";

const MOST = 10;

/** Edits the question of stickiness: what people do, and how often that is counted. */
export default function StickinessEditor({ spec, onChange }: EditorProps<StickinessSpec>) {
  const { series, of, interval, per } = spec;
  const set = (next: Selector[]) => onChange({ ...spec, series: next });
  const short = interval === "hour" || interval === "day";
  return (
    <>
      <Section title="How often people do">
        {series.map((selector, i) => (
          <SelectorRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a series is known by its place
            key={i}
            badge={letter(i)}
            label={`Series ${letter(i)}`}
            selector={selector}
            onChange={(next) => set(series.map((old, k) => (k === i ? next : old)))}
            acts={{
              onRemove: series.length > 1 ? () => set(series.filter((_, k) => k !== i)) : undefined,
            }}
          />
        ))}
        {series.length < MOST && (
          <MoreButton onClick={() => set([...series, { event: null }])}>Series</MoreButton>
        )}
      </Section>
      <Section title="Counted by">
        <Choose
          label="What is counted"
          value={of === "events" ? "events" : interval}
          choices={[
            ["hour", "Hours on which they did"],
            ["day", "Days on which they did"],
            ["week", "Weeks in which they did"],
            ["month", "Months in which they did"],
            ["events", "Number of times"],
          ]}
          onChange={(next) =>
            onChange(
              next === "events"
                ? { ...spec, of: "events", minimum: 1, per: null }
                : {
                    ...spec,
                    of: "intervals",
                    interval: next,
                    bins: [],
                    per: next === "hour" || next === "day" ? per : null,
                  },
            )
          }
        />
        {of === "intervals" && short && (
          <Choose
            label="How it is shown"
            value={per ?? ""}
            choices={[
              ["", "Over the whole period"],
              ["week", "Share of each week's people"],
              ["month", "Share of each month's people"],
            ]}
            onChange={(next) =>
              onChange({ ...spec, per: next === "" ? null : next, cumulative: false })
            }
          />
        )}
        {per && (
          <Option label={`Sticky from so many ${interval}s of a ${per}`}>
            <Count
              label="Least intervals"
              max={744}
              value={spec.at_least}
              onChange={(at_least) => onChange({ ...spec, at_least })}
            />
          </Option>
        )}
      </Section>
      <Only spec={spec} onChange={onChange} />
      <SplitBy spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions changed={changedIn(spec, DEFAULTS, ["minimum", "cumulative", "bins"])}>
        {!per && (
          <Toggle
            label="At least so many"
            says="Each bar also holds those of the bars after it."
            checked={spec.cumulative}
            onChange={(cumulative) => onChange({ ...spec, cumulative })}
          />
        )}
        {of === "intervals" ? (
          <Option label="Events that make it count" says={`How many it takes in one ${interval}.`}>
            <Count
              label="Least events"
              max={1_000_000}
              value={spec.minimum}
              onChange={(minimum) => onChange({ ...spec, minimum })}
            />
          </Option>
        ) : (
          <Bins value={spec.bins} onChange={(bins) => onChange({ ...spec, bins })} />
        )}
      </MoreOptions>
    </>
  );
}

function Bins(props: { value: readonly number[]; onChange: (bins: number[]) => void }) {
  const [typed, setTyped] = useState(props.value.join(", "));
  const wrong = typed.trim() !== "" && edgesIn(typed) === null;
  return (
    <Option label="Bars begin at" says="Such as 1, 5, 20. Empty: 1, 2, 5, 10, 20 and so on.">
      <TextInput
        size="xs"
        w={140}
        aria-label="Where bars begin"
        placeholder="1, 5, 20"
        value={typed}
        error={wrong}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          const bins = (edgesIn(event.currentTarget.value) ?? []).map(Math.round);
          if (event.currentTarget.value.trim() === "" || bins.length) props.onChange(bins);
        }}
      />
    </Option>
  );
}
