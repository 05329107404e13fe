/** Follows the live stream of a project. */

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import type { Arrival, Rejection } from "../api/shapes";
import {
  arrival,
  type Item,
  NOTHING_YET,
  paused,
  received,
  rejection,
  type Stream,
} from "./stream";

const DRAW_MS = 150;
const AGAIN_MS = 3_000;

export type Line = "connecting" | "open" | "broken";

interface Live {
  stream: Stream;
  line: Line;
  pause: (still: boolean) => void;
}

/** Returns what arrives, as it arrives. A broken line is taken up again by itself. */
export function useLive(projectId: string): Live {
  const [stream, setStream] = useState<Stream>(NOTHING_YET);
  const [line, setLine] = useState<Line>("connecting");
  const client = useQueryClient();
  const buffer = useRef<Item[]>([]);

  useEffect(() => {
    setStream(NOTHING_YET);
    setLine("connecting");
    let source: EventSource;
    let again: ReturnType<typeof setTimeout> | undefined;
    const connect = () => {
      source = new EventSource(`/api/projects/${encodeURIComponent(projectId)}/live`);
      source.onopen = () => setLine("open");
      source.addEventListener("arrival", (message) => {
        buffer.current.push(arrival(JSON.parse(message.data) as Arrival));
      });
      source.addEventListener("rejection", (message) => {
        buffer.current.push(rejection(JSON.parse(message.data) as Rejection));
      });
      source.onerror = () => {
        setLine("broken");
        if (source.readyState !== EventSource.CLOSED) return;
        // A stream cannot say why it ended; an ordinary request finds out whether the session did.
        void api.GET("/api/projects/{project_id}", {
          params: { path: { project_id: projectId } },
        });
        again = setTimeout(connect, AGAIN_MS);
      };
    };
    connect();
    const drawing = setInterval(() => {
      const batch = buffer.current.splice(0);
      if (batch.length === 0) return;
      setStream((old) => received(old, batch));
      if (batch.some((item) => item.kind === "rejection")) {
        void client.invalidateQueries({ queryKey: ["project", projectId, "rejections"] });
      }
    }, DRAW_MS);
    return () => {
      clearInterval(drawing);
      clearTimeout(again);
      source.close();
      buffer.current = [];
    };
  }, [projectId, client]);

  const pause = useCallback((still: boolean) => setStream((old) => paused(old, still)), []);
  return { stream, line, pause };
}
