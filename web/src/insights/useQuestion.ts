/** The question on the page: kept in the address, and every change of it can be taken back. */

import { useCallback, useEffect, useRef, useState } from "react";
import type { Spec } from "../api/shapes";
import { useAmend } from "../lib/place";
import { begin, changed, type History, redone, undone } from "./history";
import type { Place } from "./links";
import { same, shortened } from "./questions";

const SETTLE_MS = 250;

interface Question {
  spec: Spec;
  change: (spec: Spec) => void;
  undo: (() => void) | null;
  redo: (() => void) | null;
}

/**
 * Holds the question that is edited. `given` is what the address asks for; when it comes to differ
 * from what was written there, as after going back, it is taken over.
 */
export function useQuestion(projectId: string, given: Spec, place: Place | null): Question {
  const amend = useAmend();
  const [history, setHistory] = useState<History<Spec>>(() => begin(given));
  const written = useRef(given);
  const spec = history.present;

  useEffect(() => {
    if (same(given, written.current)) return;
    written.current = given;
    setHistory(begin(given));
  }, [given]);

  useEffect(() => {
    if (same(spec, written.current)) return;
    const timer = setTimeout(() => {
      written.current = spec;
      amend({
        to: "/p/$projectId/insights/$kind",
        params: { projectId, kind: spec.kind },
        search: { spec: shortened(spec), ...place },
      });
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [spec, projectId, place, amend]);

  const change = useCallback(
    (next: Spec) => setHistory((old) => changed(old, next, Date.now())),
    [],
  );
  const undo = useCallback(() => setHistory(undone), []);
  const redo = useCallback(() => setHistory(redone), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) redo();
      else undo();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [undo, redo]);

  return {
    spec,
    change,
    undo: history.past.length ? undo : null,
    redo: history.future.length ? redo : null,
  };
}

/** In a text field Ctrl+Z takes back what was typed there. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.value !== "" && !target.readOnly;
  return target instanceof HTMLTextAreaElement || target.isContentEditable;
}
