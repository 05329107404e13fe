/** Periods as values: the ones to choose from, their words, and the interval that suits them. */

import type { Catalog, Interval, Period } from "../api/shapes";
import { momentTitle } from "../charts/format";

const DAY_MS = 86_400_000;
const MOST_BUCKETS = 400;

export interface Preset {
  label: string;
  period: Period;
}

/** The periods that are one click away. */
export const PRESETS: readonly Preset[] = [
  { label: "Today", period: { from: "-0d" } },
  { label: "Yesterday", period: { from: "-1d", to: "-1d" } },
  { label: "Last 24 hours", period: { from: "-24h" } },
  { label: "Last 7 days", period: { from: "-7d" } },
  { label: "Last 30 days", period: { from: "-30d" } },
  { label: "Last 90 days", period: { from: "-90d" } },
  { label: "Last 6 months", period: { from: "-6m" } },
  { label: "Last 12 months", period: { from: "-12m" } },
  { label: "All time", period: { from: "all" } },
];

export const UNITS = {
  h: "hours",
  d: "days",
  w: "weeks",
  m: "months",
  q: "quarters",
  y: "years",
} as const;

export type PeriodUnit = keyof typeof UNITS;

const DAYS: Record<PeriodUnit, number> = { h: 1 / 24, d: 1, w: 7, m: 30.4, q: 91.3, y: 365.25 };

/** Returns the number and the unit of a relative form like `-7d`, or null. */
export function relative(
  text: string | null | undefined,
): { count: number; unit: PeriodUnit } | null {
  const match = /^-(\d{1,5})([hdwmqy])$/.exec(text ?? "");
  return match ? { count: Number(match[1]), unit: match[2] as PeriodUnit } : null;
}

/** Returns the words for a period. */
export function periodTitle(period: Period): string {
  const preset = PRESETS.find(({ period: { from, to = null } }) => {
    return from === period.from && to === (period.to ?? null);
  });
  if (preset) return preset.label;
  const back = relative(period.from);
  if (back && !period.to) {
    const unit = UNITS[back.unit];
    return `Last ${back.count} ${back.count === 1 ? unit.slice(0, -1) : unit}`;
  }
  return `${endTitle(period.from)} – ${endTitle(period.to ?? "now")}`;
}

function endTitle(text: string): string {
  const back = relative(text);
  if (back) {
    const unit = UNITS[back.unit];
    return `${back.count} ${back.count === 1 ? unit.slice(0, -1) : unit} ago`;
  }
  if (text === "all") return "First event";
  return text === "now" ? "now" : momentTitle(text);
}

/** Returns how many days a period covers, about; null when that depends on the data. */
export function daysIn(period: Period, now: Date): number | null {
  const from = daysAgo(period.from, now);
  const to = period.to && period.to !== "now" ? daysAgo(period.to, now) : 0;
  if (from === null || to === null) return null;
  return Math.max(0, from - to) + (relative(period.from)?.unit === "h" ? 0 : 1);
}

function daysAgo(text: string, now: Date): number | null {
  if (text === "all") return null;
  if (text === "now") return 0;
  const back = relative(text);
  if (back) return back.count * DAYS[back.unit];
  const at = new Date(text.length === 10 ? `${text}T00:00:00` : text).getTime();
  return Number.isNaN(at) ? null : Math.floor((now.getTime() - at) / DAY_MS);
}

const INTERVAL_DAYS: Record<Interval, number> = { hour: 1 / 24, day: 1, week: 7, month: 30.4 };

/** Returns the interval to draw a period with: the current one if that makes a readable line. */
export function fittingInterval(period: Period, current: Interval, now: Date): Interval {
  const days = daysIn(period, now);
  if (days === null) return current === "hour" || current === "day" ? "month" : current;
  const buckets = days / INTERVAL_DAYS[current];
  if (buckets >= 2 && buckets <= MOST_BUCKETS) return current;
  if (days <= 2) return "hour";
  if (days <= 120) return "day";
  return days <= 800 ? "week" : "month";
}

/** Returns the last 30 days, or everything up to the newest event when nothing has arrived in them. */
export function startingPeriod(catalog: Pick<Catalog, "events">, now: Date): Period {
  const newest = newestEvent(catalog);
  if (newest === null || now.getTime() - newest.getTime() <= 30 * DAY_MS) return { from: "-30d" };
  return everything(newest);
}

/** Returns the last 30 days, or the year up to the newest event when nothing has arrived in them. */
export function startingYear(catalog: Pick<Catalog, "events">, now: Date): Period {
  const { to } = startingPeriod(catalog, now);
  if (!to) return { from: "-30d" };
  return { from: `${Number(to.slice(0, 4)) - 1}${to.slice(4).replace("02-29", "02-28")}`, to };
}

/** Returns the period from the first event to the day of the newest one. */
export function everything(newest: Date): Period {
  return { from: "all", to: newest.toISOString().slice(0, 10) };
}

/** Returns when the project's newest event happened, null when there is none. */
export function newestEvent(catalog: Pick<Catalog, "events">): Date | null {
  const times = catalog.events.map((event) => new Date(event.last_seen).getTime());
  return times.length ? new Date(Math.max(...times)) : null;
}
