import { IconGitBranch, IconPlayerSkipForward } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import classes from "../insights.module.css";
import { type RowActs, SelectorRow } from "../SelectorRow";
import { isOptional, type Step, stepOf, waysOf } from "./steps";

const MOST_WAYS = 10;

interface StepRowProps {
  step: Step;
  index: number;
  opened: boolean;
  /** Whether the step may be left out: not the first, and only in order. */
  mayBeOptional: boolean;
  drag: { onDragStart: (event: DragEvent) => void; onDrop: () => void };
  acts: RowActs;
  onChange: (step: Step) => void;
}

/** One step: the events that take it, any of them if there are several. */
export function StepRow(props: StepRowProps) {
  const { step, index, opened, mayBeOptional, drag, acts, onChange } = props;
  const [added, setAdded] = useState<number | null>(null);
  const ways = waysOf(step);
  const optional = isOptional(step);
  const label = `Step ${index + 1}`;
  const named = "any_of" in step ? step.label : null;
  const extra = [
    ...(ways.length < MOST_WAYS
      ? [
          {
            label: "Or another event",
            icon: <IconGitBranch size={14} />,
            onClick: () => {
              setAdded(ways.length);
              onChange(stepOf([...ways, { event: null }], optional, named));
            },
          },
        ]
      : []),
    ...(mayBeOptional || optional
      ? [
          {
            label: optional ? "Make it required" : "Make it optional",
            icon: <IconPlayerSkipForward size={14} />,
            onClick: () => onChange(stepOf(ways, !optional, named)),
          },
        ]
      : []),
  ];
  return (
    <div className={classes.step} data-several={ways.length > 1 || undefined}>
      {ways.map((way, i) => (
        <SelectorRow
          // biome-ignore lint/suspicious/noArrayIndexKey: an alternative is known by its place
          key={i}
          badge={i === 0 ? String(index + 1) : "or"}
          label={i === 0 ? label : `${label}, alternative ${i}`}
          selector={way}
          opened={opened || added === i}
          onChange={(next) =>
            onChange(
              stepOf(
                ways.map((old, k) => (k === i ? next : old)),
                optional,
                named,
              ),
            )
          }
          drag={i === 0 ? drag : undefined}
          acts={
            i === 0
              ? { ...acts, extra }
              : {
                  onRemove: () =>
                    onChange(
                      stepOf(
                        ways.filter((_, k) => k !== i),
                        optional,
                        named,
                      ),
                    ),
                }
          }
        />
      ))}
      {optional && <p className={classes.aside}>Optional: whoever leaves it out goes on.</p>}
    </div>
  );
}
