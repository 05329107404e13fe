import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import classes from "./insights.module.css";
import { type Divider, divided, edgesIn, type Way, wayOf } from "./ranges";

interface RangesProps {
  divider: Divider;
  label: string;
  onChange: (divider: Divider) => void;
}

/** Chooses whether each value of a property is a group, or ranges of its numbers are. */
export function RangesEditor({ divider, label, onChange }: RangesProps) {
  const way = wayOf(divider);
  const [typed, setTyped] = useState((divider.edges ?? []).join(", "));
  return (
    <div className={classes.ranges}>
      <NativeSelect
        size="xs"
        aria-label={`${label}, groups`}
        value={way}
        onChange={(event) => {
          const next = divided(divider, event.currentTarget.value as Way);
          setTyped((next.edges ?? []).join(", "));
          onChange(next);
        }}
        data={[
          { value: "values", label: "Each value" },
          { value: "width", label: "Ranges of width" },
          { value: "quantiles", label: "Equal shares" },
          { value: "edges", label: "Ranges between" },
        ]}
      />
      {way === "width" && (
        <NumberInput
          size="xs"
          aria-label={`${label}, width`}
          min={0}
          allowNegative={false}
          value={divider.width ?? 10}
          onChange={(value) => Number(value) > 0 && onChange({ ...divider, width: Number(value) })}
        />
      )}
      {way === "quantiles" && (
        <NumberInput
          size="xs"
          aria-label={`${label}, number of shares`}
          min={2}
          max={100}
          allowDecimal={false}
          value={divider.quantiles ?? 4}
          onChange={(value) => {
            const quantiles = Number(value);
            if (quantiles >= 2 && quantiles <= 100) onChange({ ...divider, quantiles });
          }}
        />
      )}
      {way === "edges" && (
        <TextInput
          size="xs"
          aria-label={`${label}, edges`}
          placeholder="10, 100, 1000"
          value={typed}
          error={edgesIn(typed) === null}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            const edges = edgesIn(event.currentTarget.value);
            if (edges) onChange({ ...divider, edges });
          }}
        />
      )}
    </div>
  );
}
