/** The live stream: what arrives, as it arrives. */

import type { Arrival, Rejection } from "./shapes";

export interface Watcher {
  onArrival?: (arrival: Arrival) => void;
  onRejection?: (rejection: Rejection) => void;
  /** Called with whether the line is open; it is opened again by itself. */
  onLine?: (open: boolean) => void;
}

const AGAIN_MS = 3_000;

/** Follows the stream of a project, the last fifty first, until the returned function is called. */
export function watchLive(projectId: string, watcher: Watcher): () => void {
  let source: EventSource;
  let again: ReturnType<typeof setTimeout> | undefined;

  function open() {
    source = new EventSource(`/api/projects/${encodeURIComponent(projectId)}/live`);
    source.onopen = () => watcher.onLine?.(true);
    source.onerror = () => {
      watcher.onLine?.(false);
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
    };
    source.addEventListener("arrival", (event) => watcher.onArrival?.(JSON.parse(event.data)));
    source.addEventListener("rejection", (event) => watcher.onRejection?.(JSON.parse(event.data)));
  }

  open();
  return () => {
    clearTimeout(again);
    source.close();
  };
}
