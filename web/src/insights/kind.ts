/** What the pages know about a kind of question; each kind is one folder and one line in `kinds.ts`. */

import type { IconChartLine } from "@tabler/icons-react";
import type { ComponentType, LazyExoticComponent } from "react";
import type { Actor, Catalog, Filter, Kind, Period, Property, Selector, Spec } from "../api/shapes";

/** A question in which what the server would take by default is written out, as far as it is known here. */
export type Whole<S extends Spec, D extends Partial<S>> = Omit<S, keyof D | "kind"> & {
  [Name in keyof D & keyof S]-?: Exclude<S[Name], undefined>;
} & { kind: S["kind"]; period: Period };

/** What questions of every kind say by default. */
export const SHARED = {
  period: { from: "-30d" },
  filter: null,
  actor: "person",
  like: "cairn",
} as const;

/** What a question keeps when it turns into one of another kind. */
export interface Interest {
  period: Period;
  filter: Filter | null;
  actor: Actor;
  breakdown: Property | null;
  limit: number;
  selectors: Selector[];
  interval: "hour" | "day" | "week" | "month";
}

/** What can be asked of a question that is still being written, or what it lacks. */
export type Asking<S = Spec> = { spec: S; missing: null } | { spec: null; missing: string };

export interface EditorProps<S> {
  spec: S;
  onChange: (spec: S) => void;
}

/** Everything that sets one kind of question apart. */
export interface InsightKind<S = Spec> {
  name: Kind;
  title: string;
  /** As in "New trend". */
  noun: string;
  /** What it answers, in a line. */
  says: string;
  Icon: typeof IconChartLine;
  /** The size of its tiles. */
  tile: { width: number; height: number };
  defaults: Partial<S>;
  /** Returns what a new question asks, about what the project has seen. */
  starting: (catalog: Catalog, now: Date) => S;
  /** Returns a question whose defaults are filled in, as it can be edited; null when it cannot. */
  read: (spec: S) => S | null;
  /** Returns the question without what is not finished yet, or says what it lacks. */
  asking: (spec: S) => Asking<S>;
  /** Returns every selection of events in it, in order. */
  selectors: (spec: S) => Selector[];
  /** Returns the question that comes closest to another one's interest. */
  from: (interest: Interest) => S;
  /** Returns words for the title of a tile, without its breakdown. */
  titleOf: (spec: S) => string;
  /** Returns the definition of its numbers, a sentence or two at a time. */
  meaning: (spec: S) => string[];
  /** Says under which value of a breakdown somebody counts. */
  splitMeaning: string;
  /** Returns the question over another period, in intervals that suit its length. */
  over?: (spec: S, period: Period, now: Date) => S;
  Editor: LazyExoticComponent<ComponentType<EditorProps<S>>>;
  /** What stands beside the period. */
  Tools?: ComponentType<EditorProps<S>>;
}
