import { IconCoin } from "@tabler/icons-react";
import { lazy } from "react";
import { Choose } from "../Choose";
import { usable } from "../filters";
import type { InsightKind } from "../kind";
import { newestEvent } from "../periods";
import { ANY_EVENT, nameOf, usableSelector } from "../selections";
import { DEFAULTS, type RevenueSpec } from "./spec";

const PAYS = /pay|paid|purchase|invoice|charge|subscri|order|bought/i;
const AMOUNT = /amount|revenue|price|total|value|mrr/i;

export const revenue: InsightKind<RevenueSpec> = {
  name: "revenue",
  title: "Revenue",
  noun: "revenue report",
  says: "What recurs each month, and what moves it",
  Icon: IconCoin,
  tile: { width: 12, height: 5 },
  defaults: DEFAULTS,
  starting: (catalog, now) => {
    const newest = newestEvent(catalog) ?? now;
    const old = now.getTime() - newest.getTime() > 30 * 86_400_000;
    const paid = catalog.events.find(({ name }) => PAYS.test(name));
    const amount = catalog.properties.find(({ of, name }) => of === "event" && AMOUNT.test(name));
    return {
      ...DEFAULTS,
      kind: "revenue",
      payment: { event: paid?.name ?? null },
      amount: { of: "event", name: amount?.name ?? "" },
      period: old ? { from: "all", to: newest.toISOString().slice(0, 10) } : { from: "-12m" },
    };
  },
  read: (spec) => (spec.payment && spec.amount ? spec : null),
  asking: (spec) => {
    if (!spec.amount.name) {
      return { spec: null, missing: "Choose the property that holds the amount." };
    }
    return {
      spec: {
        ...spec,
        filter: usable(spec.filter),
        payment: usableSelector(spec.payment),
        refund: spec.refund ? usableSelector(spec.refund) : null,
        cancellation: spec.cancellation ? usableSelector(spec.cancellation) : null,
        rates: spec.currency ? spec.rates.filter(({ currency }) => currency.trim()) : [],
      },
      missing: null,
    };
  },
  selectors: ({ payment, refund, cancellation }) =>
    [payment, refund, cancellation].filter((selector) => selector !== null),
  from: ({ selectors, filter, actor, period }) => ({
    ...DEFAULTS,
    kind: "revenue",
    filter,
    actor,
    period,
    payment: selectors[selectors.length - 1] ?? ANY_EVENT,
    amount: { of: "event", name: "" },
  }),
  titleOf: ({ payment }) => `Revenue of ${nameOf(payment)}`,
  meaning: ({ expires, movement_of }) => [
    "Monthly recurring revenue (MRR) is what all subscriptions that run at a month's end cost per month.",
    `A payment says what its subscription costs from then on, until the next one; without one it ends ${expires.count} ${expires.unit}s after the last was due.`,
    `Every change of ${movement_of === "subscription" ? "a subscription" : "a customer"} from month to month is a movement, and all of them add up to the change of the MRR.`,
  ],
  splitMeaning: "",
  Editor: lazy(() => import("./RevenueEditor")),
  Tools: ({ spec, onChange }) => (
    <Choose
      label="Kind of chart"
      value={spec.show}
      choices={[
        ["movements", "Movements"],
        ["mrr", "MRR"],
        ["retention", "Retention of revenue"],
        ["arpu", "Revenue per customer"],
        ["ltv", "Lifetime value"],
      ]}
      onChange={(show) => onChange({ ...spec, show })}
    />
  ),
};
