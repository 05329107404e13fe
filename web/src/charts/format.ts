/** Values as a reader sees them, in the browser's locale. */

import type { Interval, Unit } from "../api/shapes";

const NOTHING = "–";

const count = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const share = new Intl.NumberFormat(undefined, {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const roundShare = new Intl.NumberFormat(undefined, {
  style: "percent",
  maximumFractionDigits: 0,
});
const compact = new Intl.NumberFormat(undefined, {
  notation: "compact",
  maximumFractionDigits: 1,
});
const change = new Intl.NumberFormat(undefined, {
  style: "percent",
  signDisplay: "exceptZero",
  maximumFractionDigits: 1,
});

/** Returns a value in full, a dash where there is none. */
export function formatValue(value: string | number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === "string") return unit === "time" ? momentTitle(value) : value;
  if (unit === "count") return count.format(value);
  if (unit === "share") return share.format(value);
  if (unit === "seconds") return formatSeconds(value);
  return number.format(value);
}

/** Returns a value as short as the mark on an axis. */
export function formatShort(value: number, unit: Unit): string {
  if (unit === "share") return roundShare.format(value);
  if (unit === "seconds") return formatSeconds(value);
  return Math.abs(value) < 1000 ? number.format(value) : compact.format(value);
}

/** Returns a relative change with its sign, a dash when there is nothing to compare with. */
export function formatChange(now: number | null, before: number | null): string {
  return now === null || !before ? NOTHING : change.format(now / before - 1);
}

const SPANS: readonly [string, number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
];

/** Returns a duration in its two largest units: `2 d 3 h`, `45 s`. */
export function formatSeconds(seconds: number): string {
  const whole = seconds >= 60 ? Math.round(seconds) : seconds;
  for (const [i, [name, size]] of SPANS.entries()) {
    if (whole < size) continue;
    const [smaller, smallerSize] = SPANS[i + 1] ?? ["s", 1];
    let large = Math.floor(whole / size);
    let small = Math.round((whole - large * size) / smallerSize);
    if (small * smallerSize === size) [large, small] = [large + 1, 0];
    const rest = small > 0 && large < 100 ? ` ${count.format(small)} ${smaller}` : "";
    return `${count.format(large)} ${name}${rest}`;
  }
  return `${seconds < 10 ? number.format(seconds) : count.format(seconds)} s`;
}

/**
 * Returns the wall-clock time of an ISO local time as if it were UTC, so that formatting it in UTC
 * shows what the clock on the project's wall showed, wherever the reader is.
 */
export function wallClock(iso: string): Date {
  const [, day = "", time = "00:00"] = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?/.exec(iso) ?? [];
  return new Date(`${day}T${time}:00Z`);
}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(undefined, { timeZone: "UTC", ...options });
}

const TICKS: Record<Interval, Intl.DateTimeFormat> = {
  hour: dates({ hour: "2-digit", minute: "2-digit" }),
  day: dates({ day: "numeric", month: "short" }),
  week: dates({ day: "numeric", month: "short" }),
  month: dates({ month: "short", year: "numeric" }),
};
const TITLES: Record<Interval, Intl.DateTimeFormat> = {
  hour: dates({
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }),
  day: dates({ weekday: "short", day: "numeric", month: "short", year: "numeric" }),
  week: dates({ day: "numeric", month: "short", year: "numeric" }),
  month: dates({ month: "long", year: "numeric" }),
};
const moment = dates({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const day = dates({ day: "numeric", month: "short", year: "numeric" });
const dayAndHour = dates({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** Returns a bucket as short as the mark on an axis. */
export function bucketTick(iso: string, interval: Interval): string {
  const at = wallClock(iso);
  const midnight = at.getUTCHours() === 0 && at.getUTCMinutes() === 0;
  return (interval === "hour" && midnight ? TICKS.day : TICKS[interval]).format(at);
}

/** Returns a bucket in full: `Wed, 1 May 2024`, `Week of 1 May 2024`, `May 2024`. */
export function bucketTitle(iso: string, interval: Interval): string {
  const title = TITLES[interval].format(wallClock(iso));
  return interval === "week" ? `Week of ${title}` : title;
}

/** Returns an ISO local time as a date, with the time of day unless it is midnight. */
export function momentTitle(iso: string): string {
  const at = wallClock(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return (at.getUTCHours() || at.getUTCMinutes() ? moment : day).format(at);
}

/** Returns the short date and hour of a bucket, for narrow places. */
export function bucketShort(iso: string, interval: Interval): string {
  return interval === "hour"
    ? dayAndHour.format(wallClock(iso))
    : TICKS[interval].format(wallClock(iso));
}
