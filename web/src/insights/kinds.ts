/** Every kind of question, in the order in which they are offered. */

import type { Kind } from "../api/shapes";
import { adoption } from "./adoption/kind";
import { attribution } from "./attribution/kind";
import { engagement } from "./engagement/kind";
import { funnel } from "./funnel/kind";
import type { InsightKind } from "./kind";
import { lifecycle } from "./lifecycle/kind";
import { paths } from "./paths/kind";
import { retention } from "./retention/kind";
import { revenue } from "./revenue/kind";
import { sessions } from "./sessions/kind";
import { stickiness } from "./stickiness/kind";
import { trends } from "./trends/kind";
import { usage } from "./usage/kind";

/** A kind is handed only questions of its own, which `kindOf` and `kindNamed` see to. */
export const KINDS = [
  trends,
  funnel,
  retention,
  paths,
  sessions,
  lifecycle,
  stickiness,
  engagement,
  adoption,
  usage,
  attribution,
  revenue,
] as unknown as readonly InsightKind[];

/** Returns the kind with a name, if there is one. */
export function kindNamed(name: string): InsightKind | undefined {
  return KINDS.find((kind) => kind.name === name);
}

/** Returns the kind of a question. Kinds that the pages do not know yet have no questions here. */
export function kindOf(spec: { kind: Kind }): InsightKind {
  const found = kindNamed(spec.kind);
  if (!found) throw new Error(`There is no kind of question called ${spec.kind}.`);
  return found;
}
