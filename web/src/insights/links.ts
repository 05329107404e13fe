/** Addresses of questions. */

import type { Spec } from "../api/shapes";
import { shortened } from "./questions";

/** The tile that a question is saved in. */
export interface Place {
  dashboard: string;
  tile: string;
}

/** Returns what to give a `Link` that opens a question, and the tile to save it to. */
export function insightLink(projectId: string, spec: Spec, place?: Place) {
  return {
    to: "/p/$projectId/insights/$kind",
    params: { projectId, kind: spec.kind },
    search: { spec: shortened(spec), ...place },
  } as const;
}
