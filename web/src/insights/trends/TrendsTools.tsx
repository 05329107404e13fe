import { Choose } from "../Choose";
import { IntervalSelect } from "../IntervalSelect";
import type { EditorProps } from "../kind";
import type { TrendsSpec } from "./spec";

const SHOWS = [
  ["lines", "Lines"],
  ["area", "Areas"],
  ["bars", "Stacked bars"],
  ["total", "Total bars"],
  ["number", "Number"],
  ["heat", "Hours of the week"],
  ["map", "World map"],
  ["table", "Table"],
] as const;

const BEFORE = [
  ["", "No comparison"],
  ["before", "Period before"],
  ["day", "A day before"],
  ["week", "A week before"],
  ["month", "A month before"],
  ["year", "A year before"],
] as const;

type Before = (typeof BEFORE)[number][0];

/** The interval of a trend, what it is compared with, and how it is shown. */
export function TrendsTools({ spec, onChange }: EditorProps<TrendsSpec>) {
  const { compare } = spec;
  const before: Before = compare === true ? "before" : compare ? compare.unit : "";
  const several = typeof compare === "object" && (compare.count ?? 1) > 1;
  return (
    <>
      <IntervalSelect
        interval={spec.interval}
        onChange={(interval) => onChange({ ...spec, interval })}
      />
      <Choose
        label="Compare"
        value={before}
        choices={
          several
            ? [
                ...BEFORE.filter(([unit]) => unit !== before),
                [before, `${compare.count} ${before}s before`],
              ]
            : BEFORE
        }
        onChange={(unit) =>
          onChange({
            ...spec,
            compare: unit === "" ? false : unit === "before" ? true : { count: 1, unit },
          })
        }
      />
      <Choose
        label="Kind of chart"
        value={spec.show}
        choices={SHOWS}
        onChange={(show) => onChange({ ...spec, show })}
      />
    </>
  );
}
