/** What the numbers of a question mean, in words. */

import type { Spec } from "../api/shapes";
import { conditionsIn } from "./filters";
import { kindOf } from "./kinds";
import { breakdownOf, selectors } from "./questions";

const ACTORS = {
  person: null,
  session: "Sessions are counted instead of people, so whoever comes back later counts again.",
  account: "Accounts are counted instead of people: what anyone of an account did, it did.",
};

/** Returns the definition of a question's numbers, a sentence or two at a time. */
export function meaning(spec: Spec): string[] {
  const kind = kindOf(spec);
  const words = [...kind.meaning(spec)];
  const actor = ACTORS[spec.actor ?? "person"];
  if (actor) words.push(actor);
  const conditions =
    conditionsIn(spec.filter) +
    selectors(spec).reduce((sum, selector) => sum + conditionsIn(selector.filter), 0);
  if (conditions > 0) {
    words.push("Only events that satisfy the conditions are counted; values compare as text.");
  }
  if (breakdownOf(spec).length > 0) words.push(kind.splitMeaning);
  if (selectors(spec).some((selector) => !selector.event)) {
    words.push("Any event means everything people did, without identify, group and alias calls.");
  }
  return words;
}
