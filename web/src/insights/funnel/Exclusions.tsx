import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { Choose } from "../Choose";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { MoreButton } from "../Narrowing";
import { Option } from "../Options";
import { PropertyPicker } from "../pickers";
import { SelectorRow } from "../SelectorRow";
import type { FunnelSpec } from "./spec";

const MOST = 10;
const MOST_HELD = 3;

/** What must not happen on the way. */
export function Exclusions({ spec, onChange }: EditorProps<FunnelSpec>) {
  const { exclusions, steps, order } = spec;
  const [added, setAdded] = useState<number | null>(null);
  const set = (next: FunnelSpec["exclusions"]) => onChange({ ...spec, exclusions: next });
  if (order === "strict") return null;
  const numbers = steps.map((_, k) => [String(k), `step ${k + 1}`] as const);
  return (
    <div className={classes.optionRow}>
      <span className={classes.optionHead}>Must not happen on the way</span>
      {exclusions.map((each, i) => (
        <SelectorRow
          // biome-ignore lint/suspicious/noArrayIndexKey: an exclusion is known by its place
          key={i}
          badge="×"
          label={`Exclusion ${i + 1}`}
          selector={each.selector}
          opened={added === i}
          any="Choose an event"
          onChange={(selector) => set(exclusions.map((x, k) => (k === i ? { ...x, selector } : x)))}
          acts={{ onRemove: () => set(exclusions.filter((_, k) => k !== i)) }}
        >
          {order === "ordered" && (
            <div className={classes.pair}>
              <Choose
                label={`Exclusion ${i + 1}, after`}
                value={String(each.after ?? 0)}
                choices={numbers.slice(0, -1).map(([k, words]) => [k, `after ${words}`] as const)}
                onChange={(k) => {
                  const after = Number(k);
                  const before = each.before && each.before <= after ? null : each.before;
                  set(
                    exclusions.map((x, j) =>
                      j === i ? { ...x, after, before: before ?? null } : x,
                    ),
                  );
                }}
              />
              <Choose
                label={`Exclusion ${i + 1}, before`}
                value={String(each.before ?? steps.length - 1)}
                choices={numbers
                  .slice((each.after ?? 0) + 1)
                  .map(([k, words]) => [k, `before ${words}`] as const)}
                onChange={(k) =>
                  set(exclusions.map((x, j) => (j === i ? { ...x, before: Number(k) } : x)))
                }
              />
            </div>
          )}
        </SelectorRow>
      ))}
      {exclusions.length < MOST && (
        <MoreButton
          onClick={() => {
            setAdded(exclusions.length);
            set([...exclusions, { selector: { event: null }, after: 0 }]);
          }}
        >
          Exclusion
        </MoreButton>
      )}
      {exclusions.length > 0 && (
        <Option label="Whoever does it">
          <Choose
            label="What an exclusion does"
            value={spec.on_exclusion}
            choices={[
              ["remove", "leaves the funnel"],
              ["drop", "stops at the step before"],
            ]}
            onChange={(on_exclusion) => onChange({ ...spec, on_exclusion })}
          />
        </Option>
      )}
    </div>
  );
}

/** Properties that must be the same on all steps. */
export function Held({ spec, onChange }: EditorProps<FunnelSpec>) {
  const { hold } = spec;
  const set = (next: FunnelSpec["hold"]) =>
    onChange({ ...spec, hold: next.filter((property) => property.name) });
  return (
    <div className={classes.optionRow}>
      <span className={classes.optionHead}>The same on all steps</span>
      {[...hold, ...(hold.length < MOST_HELD ? [null] : [])].map((property, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a property is known by its place
        <div key={i} className={classes.split}>
          <PropertyPicker
            label={`Held property ${i + 1}`}
            placeholder={i === 0 ? "Any values" : "And a property"}
            property={property}
            onChange={(next) => set([...hold.slice(0, i), next, ...hold.slice(i + 1)])}
          />
          {property && (
            <ActionIcon
              aria-label={`Remove held property ${i + 1}`}
              onClick={() => set(hold.filter((_, k) => k !== i))}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
      <p className={classes.aside}>
        Such as a product: viewed, added and bought must be the same one.
      </p>
    </div>
  );
}
