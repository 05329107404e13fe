/** Selections of events as values. */

import type { Catalog, Selector } from "../api/shapes";
import { usable } from "./filters";

export const ANY_EVENT: Selector = { event: null };

/** How many groups a breakdown shows at first: with all others together, as many as there are colours. */
export const FIRST_LIMIT = 7;

/** How many groups the server shows when a question does not say. */
export const LIMIT = 25;

/** Returns a selection without conditions that have no value yet, and without an empty name. */
export function usableSelector<S extends Selector>(selector: S): S {
  const { event = null, filter, label } = selector;
  return { ...selector, event, filter: usable(filter), label: label?.trim() || null };
}

/** Returns the name of a selection. */
export function nameOf(selector: Selector | null | undefined): string {
  return selector?.label || selector?.event || "Any event";
}

/** Returns the names of the events that are the product's own, the commonest first. */
export function ownEvents(catalog: Pick<Catalog, "events">): string[] {
  return catalog.events.map((event) => event.name).filter((name) => !name.startsWith("$"));
}

/** Returns the letter by which formulas name a series. */
export function letter(index: number): string {
  return String.fromCharCode(65 + index);
}
