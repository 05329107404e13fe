import { ActionIcon, Checkbox, NumberInput, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { LimitSelect, MoreButton, Only } from "../Narrowing";
import { Count, changedIn, MoreOptions, Option } from "../Options";
import { PropertyPicker } from "../pickers";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { type AttributionSpec, DEFAULTS, MODELS, type Model } from "./spec";

const WEIGHTS = { first: 30, middle: 40, last: 30 };

/** Edits the question of attribution: the conversion, its touches, and how they share its credit. */
export default function AttributionEditor({ spec, onChange }: EditorProps<AttributionSpec>) {
  const { by, models, lookback, weights, value } = spec;
  const toggle = (model: Model) => {
    const next = models.includes(model)
      ? models.filter((each) => each !== model)
      : [...models, model];
    if (next.length === 0) return;
    onChange({
      ...spec,
      models: next,
      weights: next.includes("custom") ? (weights ?? WEIGHTS) : null,
    });
  };
  return (
    <>
      <Section title="What people convert to">
        <SelectorRow
          badge="C"
          label="Conversion"
          selector={spec.conversion}
          onChange={(conversion) => onChange({ ...spec, conversion })}
        />
        <Option label="Worth" says="A number of the conversion that is shared like its credit.">
          <PropertyPicker
            quiet
            label="Value of a conversion"
            placeholder="Nothing more"
            property={value}
            onChange={(property) => onChange({ ...spec, value: property })}
          />
          {value && (
            <ActionIcon
              size="sm"
              aria-label="Without value"
              onClick={() => onChange({ ...spec, value: null })}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </Option>
      </Section>
      <Section title="Touches before it">
        <SelectorRow
          badge="T"
          label="Touch"
          selector={spec.touch}
          onChange={(touch) => onChange({ ...spec, touch })}
        />
        <div className={classes.optionHead}>
          <span>Credit goes to the</span>
          <Choose
            label="What gets the credit"
            value={typeof by === "string" ? by : "property"}
            choices={[
              ["channel", "Channel"],
              ["campaign", "Campaign"],
              ["source", "Source"],
              ["medium", "Medium"],
              ["property", "Value of"],
            ]}
            onChange={(next) =>
              onChange({
                ...spec,
                by: next === "property" ? { of: "event", name: "$referrer" } : next,
              })
            }
          />
        </div>
        {typeof by !== "string" && (
          <PropertyPicker
            label="Property that gets the credit"
            property={by}
            onChange={(property) => onChange({ ...spec, by: property })}
          />
        )}
        <div className={classes.optionHead}>
          <span>Look back, in days</span>
          <Count
            label="Days to look back"
            max={3650}
            value={lookback.unit === "week" ? lookback.count * 7 : lookback.count}
            onChange={(count) => onChange({ ...spec, lookback: { count, unit: "day" } })}
          />
        </div>
      </Section>
      <Section title="Models, side by side">
        <div className={classes.models}>
          {MODELS.map(({ model, title, says }) => (
            <Checkbox
              key={model}
              size="xs"
              label={title}
              description={says}
              checked={models.includes(model)}
              onChange={() => toggle(model)}
            />
          ))}
        </div>
        {weights && (
          <div className={classes.thirds}>
            {(["first", "middle", "last"] as const).map((part) => (
              <NumberInput
                key={part}
                size="xs"
                label={part === "first" ? "First" : part === "middle" ? "Between" : "Last"}
                min={0}
                allowNegative={false}
                value={weights[part]}
                onChange={(typed) => {
                  const next = { ...weights, [part]: Number(typed) || 0 };
                  if (next.first + next.middle + next.last > 0)
                    onChange({ ...spec, weights: next });
                }}
              />
            ))}
          </div>
        )}
      </Section>
      <Only spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions changed={changedIn(spec, DEFAULTS, ["half_life", "spend", "limit"])}>
        <Option
          label="Half-life, in days"
          says="For time decay: after so long a touch counts half."
        >
          <Count
            label="Half-life in days"
            max={3650}
            value={spec.half_life.count}
            onChange={(count) => onChange({ ...spec, half_life: { count, unit: "day" } })}
          />
        </Option>
        <Option label="Channels" says="The others are one row together.">
          <LimitSelect limit={spec.limit} onChange={(limit) => onChange({ ...spec, limit })} />
        </Option>
        <SpendTable spec={spec} onChange={onChange} />
      </MoreOptions>
    </>
  );
}

/** What each channel cost, for cost per conversion and return on spend. */
function SpendTable({ spec, onChange }: EditorProps<AttributionSpec>) {
  const { spend } = spec;
  const set = (next: AttributionSpec["spend"]) => onChange({ ...spec, spend: next });
  return (
    <div className={classes.optionRow}>
      <span className={classes.optionHead}>What channels cost in the period</span>
      {spend.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place
        <div key={i} className={classes.spend}>
          <TextInput
            size="xs"
            aria-label={`Channel ${i + 1}`}
            placeholder="Paid Search"
            value={row.channel}
            onChange={(event) => {
              const channel = event.currentTarget.value;
              set(spend.map((old, k) => (k === i ? { ...old, channel } : old)));
            }}
          />
          <NumberInput
            size="xs"
            aria-label={`Cost of channel ${i + 1}`}
            min={0}
            value={row.cost}
            onChange={(typed) =>
              set(spend.map((old, k) => (k === i ? { ...old, cost: Number(typed) || 0 } : old)))
            }
          />
          <ActionIcon
            aria-label={`Remove channel ${i + 1}`}
            onClick={() => set(spend.filter((_, k) => k !== i))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <MoreButton onClick={() => set([...spend, { channel: "", cost: 0 }])}>Cost</MoreButton>
      <p className={classes.aside}>Gives cost per conversion, and value per cost.</p>
    </div>
  );
}
