/** What the live stream has shown so far, as a value. */

import type { Arrival, Rejection } from "../api/shapes";

const KEPT = 500;

export type Item =
  | ({ kind: "arrival"; key: string } & Arrival)
  | ({ kind: "rejection"; key: string } & Rejection);

export interface Stream {
  /** Newest first. */
  items: readonly Item[];
  /** What arrived while the list stood still, newest first. */
  waiting: readonly Item[];
  paused: boolean;
  accepted: number;
  rejected: number;
}

export const NOTHING_YET: Stream = {
  items: [],
  waiting: [],
  paused: false,
  accepted: 0,
  rejected: 0,
};

/** Returns an arrival with the key by which it is known. */
export function arrival(data: Arrival): Item {
  return { ...data, kind: "arrival", key: data.id };
}

/** Returns a rejection with the key by which it is known. */
export function rejection(data: Rejection): Item {
  return { ...data, kind: "rejection", key: `${data.received} ${data.reason} ${data.payload}` };
}

/**
 * Returns the stream after a batch that came in this order. What is there already is left out: the
 * server sends its last 50 again after every break of the line.
 */
export function received(stream: Stream, batch: readonly Item[]): Stream {
  const known = new Set([...stream.items, ...stream.waiting].map((item) => item.key));
  const fresh: Item[] = [];
  for (const item of batch) {
    if (known.has(item.key)) continue;
    known.add(item.key);
    fresh.unshift(item);
  }
  if (fresh.length === 0) return stream;
  const accepted = fresh.filter((item) => item.kind === "arrival").length;
  const side = stream.paused ? "waiting" : "items";
  return {
    ...stream,
    [side]: [...fresh, ...stream[side]].slice(0, KEPT),
    accepted: stream.accepted + accepted,
    rejected: stream.rejected + fresh.length - accepted,
  };
}

/** Returns the stream standing still, or going on with what arrived meanwhile. */
export function paused(stream: Stream, paused: boolean): Stream {
  const items = [...stream.waiting, ...stream.items].slice(0, KEPT);
  return paused ? { ...stream, paused } : { ...stream, paused, items, waiting: [] };
}

export type Showing = "all" | "arrival" | "rejection";

/** Returns the items to show: of a kind, and containing a text anywhere. */
export function matching(items: readonly Item[], showing: Showing, search: string): Item[] {
  const words = search.trim().toLowerCase();
  return items.filter(
    (item) =>
      (showing === "all" || item.kind === showing) && (words === "" || text(item).includes(words)),
  );
}

function text(item: Item): string {
  const parts =
    item.kind === "arrival"
      ? [item.event, item.distinct_id, item.person, JSON.stringify(item.properties)]
      : [item.reason, item.hint, item.payload];
  return parts.join("\n").toLowerCase();
}
