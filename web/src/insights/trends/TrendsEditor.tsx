import { ActionIcon, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { Series } from "../../api/shapes";
import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { MoreButton, Only, SplitBy } from "../Narrowing";
import { changedIn, MoreOptions, Option, Toggle } from "../Options";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { letter } from "../selections";
import { MeasurePicker } from "./MeasurePicker";
import { addsUp } from "./measures";
import { DEFAULTS, type TrendsSpec } from "./spec";

const MOST = 10;
const AVERAGES = ["", "3", "7", "14", "28", "30"];

/** Edits the question of a trend: series, formulas, filter and breakdown. */
export default function TrendsEditor({ spec, onChange }: EditorProps<TrendsSpec>) {
  const { series, formulas } = spec;
  const [added, setAdded] = useState<number | null>(null);
  const set = (next: Series[]) => onChange({ ...spec, series: next });
  const setFormulas = (next: string[]) => onChange({ ...spec, formulas: next });
  const alone = series.length === 1;
  const accumulates = series.every(({ measure }) => addsUp(measure?.of));
  const average = String(spec.moving_average ?? "");
  const averages = AVERAGES.includes(average) ? AVERAGES : [...AVERAGES, average];
  return (
    <>
      <Section title="Measure">
        {series.map((item, i) => (
          <SelectorRow
            // biome-ignore lint/suspicious/noArrayIndexKey: formulas know a series by its place
            key={i}
            badge={letter(i)}
            label={`Series ${letter(i)}`}
            selector={item}
            opened={added === i}
            onChange={(selector) =>
              set(series.map((old, k) => (k === i ? { ...old, ...selector } : old)))
            }
            acts={{
              onDuplicate:
                series.length < MOST
                  ? () => set([...series.slice(0, i + 1), item, ...series.slice(i + 1)])
                  : undefined,
              onRemove: alone ? undefined : () => set(series.filter((_, k) => k !== i)),
            }}
          >
            <MeasurePicker
              label={`Series ${letter(i)}`}
              measure={item.measure ?? { of: "total" }}
              onChange={(measure) =>
                set(series.map((old, k) => (k === i ? { ...old, measure } : old)))
              }
            />
          </SelectorRow>
        ))}
        {formulas.map((text, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a formula is known by its place
          <div key={i} className={classes.formula}>
            <span className={classes.badge}>ƒ</span>
            <TextInput
              size="xs"
              aria-label={`Formula ${i + 1}`}
              placeholder={series.length > 1 ? "A / B * 100" : "A * 2"}
              autoFocus={text === ""}
              value={text}
              onChange={(event) =>
                setFormulas(formulas.map((old, k) => (k === i ? event.currentTarget.value : old)))
              }
            />
            <ActionIcon
              aria-label={`Remove formula ${i + 1}`}
              onClick={() => setFormulas(formulas.filter((_, k) => k !== i))}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        ))}
        {formulas.length > 0 && (
          <p className={classes.aside}>
            Name series by their letters, with + − * / and brackets; min, max, abs, round, sqrt,
            log, cumulative and rolling too. Formulas are drawn instead of the series.
          </p>
        )}
        <div className={classes.adders}>
          {series.length < MOST && (
            <MoreButton
              onClick={() => {
                setAdded(series.length);
                const measure = series[series.length - 1]?.measure ?? { of: "total" };
                set([...series, { event: null, measure }]);
              }}
            >
              Series
            </MoreButton>
          )}
          {formulas.length < MOST && (
            <MoreButton onClick={() => setFormulas([...formulas, ""])}>Formula</MoreButton>
          )}
        </div>
      </Section>
      <Only spec={spec} onChange={onChange} />
      <SplitBy spec={spec} onChange={onChange} most={3} ranged />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions changed={changedIn(spec, DEFAULTS, ["cumulative", "moving_average", "sample"])}>
        <Toggle
          label="Add up over time"
          says={
            accumulates
              ? "Each value counts from the start of the period."
              : "Only counts and sums add up over time."
          }
          checked={spec.cumulative}
          onChange={(cumulative) => {
            if (accumulates || !cumulative) onChange({ ...spec, cumulative });
          }}
        />
        <Option
          label="Moving average"
          says="Smooths a line: each value becomes the mean of the last so many intervals."
        >
          <Choose
            label="Moving average"
            value={String(spec.moving_average ?? "")}
            choices={averages.map((n) => [n, n ? `of ${n}` : "None"] as const)}
            onChange={(n) => onChange({ ...spec, moving_average: n ? Number(n) : null })}
          />
        </Option>
        <Option
          label="Look at"
          says="A sample of people is quicker; every number then has a margin of error."
        >
          <Choose
            label="Share of people to look at"
            value={String(spec.sample ?? "")}
            choices={[
              ["", "everyone"],
              ["0.5", "half of them"],
              ["0.1", "one in 10"],
              ["0.01", "one in 100"],
              ...(spec.sample && ![0.5, 0.1, 0.01].includes(spec.sample)
                ? [[String(spec.sample), `${spec.sample * 100} %`] as const]
                : []),
            ]}
            onChange={(share) => onChange({ ...spec, sample: share ? Number(share) : null })}
          />
        </Option>
      </MoreOptions>
    </>
  );
}
