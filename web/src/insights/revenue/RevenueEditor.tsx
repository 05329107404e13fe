import { ActionIcon, NumberInput, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { Property, Selector } from "../../api/shapes";
import { Choose } from "../Choose";
import { CountedAs } from "../CountedAs";
import classes from "../insights.module.css";
import type { EditorProps } from "../kind";
import { AddButton, MoreButton, Only } from "../Narrowing";
import { Count, changedIn, MoreOptions, Option } from "../Options";
import { PropertyPicker } from "../pickers";
import { Section } from "../Section";
import { SelectorRow } from "../SelectorRow";
import { DEFAULTS, type RevenueSpec } from "./spec";

/** Edits the question of revenue: what a payment is, and how long it lasts. */
export default function RevenueEditor({ spec, onChange }: EditorProps<RevenueSpec>) {
  const { interval } = spec;
  return (
    <>
      <Section title="Payments">
        <SelectorRow
          badge="P"
          label="Payment"
          selector={spec.payment}
          onChange={(payment) => onChange({ ...spec, payment })}
        />
        <Held
          label="Amount"
          property={spec.amount.name ? spec.amount : null}
          placeholder="Choose a property"
          onChange={(amount) => amount && onChange({ ...spec, amount })}
        />
        <div className={classes.optionHead}>
          <span>Paid for a</span>
          <Choose
            label="What a payment is for"
            value={typeof interval === "string" ? interval : "property"}
            choices={[
              ["week", "week"],
              ["month", "month"],
              ["quarter", "quarter"],
              ["year", "year"],
              ["property", "time that it says"],
            ]}
            onChange={(next) =>
              onChange({
                ...spec,
                interval: next === "property" ? { of: "event", name: "interval" } : next,
              })
            }
          />
        </div>
        {typeof interval !== "string" && (
          <Held
            label="Says so in"
            property={interval}
            placeholder="Choose a property"
            onChange={(property) => onChange({ ...spec, interval: property ?? "month" })}
          />
        )}
      </Section>
      <Ending
        title="Refunds"
        badge="R"
        selector={spec.refund}
        onChange={(refund) => onChange({ ...spec, refund })}
      />
      <Ending
        title="Cancellations"
        badge="C"
        selector={spec.cancellation}
        onChange={(cancellation) => onChange({ ...spec, cancellation })}
      />
      <Only spec={spec} onChange={onChange} />
      <CountedAs spec={spec} onChange={onChange} />
      <MoreOptions
        changed={changedIn(spec, DEFAULTS, [
          "subscription",
          "currency",
          "base",
          "rates",
          "expires",
          "movement_of",
        ])}
      >
        <Held
          label="Subscription"
          property={spec.subscription}
          placeholder="One per customer"
          onChange={(subscription) => onChange({ ...spec, subscription })}
        />
        <Option label="Movements of" says="What grows and shrinks from month to month.">
          <Choose
            label="Whose movements"
            value={spec.movement_of}
            choices={[
              ["subscription", "subscriptions"],
              ["customer", "customers"],
            ]}
            onChange={(movement_of) => onChange({ ...spec, movement_of })}
          />
        </Option>
        <Option label="Days of grace" says="How long a payment may be late before it has churned.">
          <Count
            label="Days of grace"
            max={1000}
            value={spec.expires.count}
            onChange={(count) => onChange({ ...spec, expires: { count, unit: "day" } })}
          />
        </Option>
        <Held
          label="Currency"
          property={spec.currency}
          placeholder="One for all"
          onChange={(currency) => onChange({ ...spec, currency })}
        />
        {spec.currency && <Rates spec={spec} onChange={onChange} />}
      </MoreOptions>
    </>
  );
}

interface HeldProps {
  label: string;
  property: Property | null;
  placeholder: string;
  onChange: (property: Property | null) => void;
}

/** A property that holds something, or none. */
function Held({ label, property, placeholder, onChange }: HeldProps) {
  return (
    <div className={classes.optionHead}>
      <span>{label}</span>
      <span className={classes.pair}>
        <PropertyPicker
          quiet
          label={label}
          placeholder={placeholder}
          property={property}
          onChange={onChange}
        />
        {property && (
          <ActionIcon size="sm" aria-label={`${label}: none`} onClick={() => onChange(null)}>
            <IconX size={14} />
          </ActionIcon>
        )}
      </span>
    </div>
  );
}

interface EndingProps {
  title: string;
  badge: string;
  selector: Selector | null;
  onChange: (selector: Selector | null) => void;
}

function Ending({ title, badge, selector, onChange }: EndingProps) {
  return (
    <Section
      title={title}
      action={
        selector ? null : (
          <AddButton
            label={`Add ${title.toLowerCase()}`}
            onClick={() => onChange({ event: null })}
          />
        )
      }
    >
      {selector && (
        <SelectorRow
          badge={badge}
          label={title}
          selector={selector}
          opened={selector.event === null}
          onChange={onChange}
          acts={{ onRemove: () => onChange(null) }}
        />
      )}
    </Section>
  );
}

/** What each currency is worth in the one that everything is shown in. */
function Rates({ spec, onChange }: EditorProps<RevenueSpec>) {
  const { rates, base } = spec;
  const set = (next: RevenueSpec["rates"]) => onChange({ ...spec, rates: next });
  return (
    <div className={classes.optionRow}>
      <Option label="Everything in">
        <TextInput
          size="xs"
          w={80}
          aria-label="Base currency"
          value={base}
          onChange={(event) => {
            const next = event.currentTarget.value.trim();
            if (next) onChange({ ...spec, base: next });
          }}
        />
      </Option>
      {rates.map((rate, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rate is known by its place
        <div key={i} className={classes.spend}>
          <TextInput
            size="xs"
            aria-label={`Currency ${i + 1}`}
            placeholder="EUR"
            value={rate.currency}
            onChange={(event) => {
              const currency = event.currentTarget.value;
              set(rates.map((old, k) => (k === i ? { ...old, currency } : old)));
            }}
          />
          <NumberInput
            size="xs"
            aria-label={`${base} for one of currency ${i + 1}`}
            min={0}
            value={rate.rate}
            onChange={(typed) => {
              const worth = Number(typed);
              if (worth > 0) set(rates.map((old, k) => (k === i ? { ...old, rate: worth } : old)));
            }}
          />
          <ActionIcon
            aria-label={`Remove currency ${i + 1}`}
            onClick={() => set(rates.filter((_, k) => k !== i))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <MoreButton onClick={() => set([...rates, { currency: "", rate: 1 }])}>Rate</MoreButton>
    </div>
  );
}
