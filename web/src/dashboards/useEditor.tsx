import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ApiError } from "../api/client";
import { dashboardWith, putDashboard } from "../api/dashboards";
import type { Dashboard, Draft } from "../api/shapes";
import { wordsOf } from "../ui/Problem";
import { type Change, draftOf, restore } from "./edit";

interface Made {
  change: Change;
  draft: Draft;
}

interface Past {
  label: string;
  before: Draft;
}

const UNDOABLE = 50;

/**
 * Changes a dashboard at once on screen, and then on the server, one change after the other.
 *
 * When a change cannot be kept, because somebody else was quicker or the server does not answer,
 * the dashboard is shown as the server has it, and the change can be made again on that.
 */
export function useEditor(projectId: string, dashboardId: string) {
  const client = useQueryClient();
  const { queryKey } = dashboardWith(projectId, dashboardId);
  const waiting = useRef<Made[]>([]);
  const running = useRef(false);
  const [past, setPast] = useState<Past[]>([]);
  const [saving, setSaving] = useState(false);

  /** Makes a change. */
  function apply(change: Change): void {
    const before = make(change);
    if (before) setPast((steps) => [...steps.slice(1 - UNDOABLE), { label: change.label, before }]);
  }

  /** Takes back the last change. */
  function undo(): void {
    const last = past.at(-1);
    if (!last) return;
    setPast((steps) => steps.slice(0, -1));
    make(restore(`Undo: ${last.label}`, last.before));
  }

  /** Shows a change and has it kept; returns what was there before, null when nothing changes. */
  function make(change: Change): Draft | null {
    const now = client.getQueryData(queryKey);
    if (!now) return null;
    const before = draftOf(now);
    const draft = change.make(before);
    if (JSON.stringify(draft) === JSON.stringify(before)) return null;
    void client.cancelQueries({ queryKey });
    client.setQueryData(queryKey, { ...now, ...draft });
    waiting.current.push({ change, draft });
    if (!running.current) void keepAll(now.revision);
    return before;
  }

  async function keepAll(from: number): Promise<void> {
    running.current = true;
    setSaving(true);
    let revision = from;
    let kept: Dashboard | null = null;
    try {
      for (let next = waiting.current[0]; next; next = waiting.current[0]) {
        kept = await putDashboard(projectId, dashboardId, { ...next.draft, revision });
        revision = kept.revision;
        waiting.current.shift();
      }
      if (kept) client.setQueryData(queryKey, kept);
    } catch (error) {
      const lost = waiting.current.splice(0).map(({ change }) => change);
      setPast([]);
      await client.refetchQueries({ queryKey });
      tell(error, lost, () => lost.forEach(apply));
    } finally {
      running.current = false;
      setSaving(false);
      void client.invalidateQueries({ queryKey: ["project", projectId, "dashboards"] });
    }
  }

  return { apply, undo, undoable: past.at(-1)?.label ?? null, saving };
}

function tell(error: unknown, lost: readonly Change[], again: () => void): void {
  const conflict = error instanceof ApiError && error.code === "conflict";
  const { message, hint } = wordsOf(error);
  const what = lost.map(({ label }) => label.toLowerCase()).join(", ");
  const id = notifications.show({
    color: conflict ? "yellow" : "red",
    autoClose: false,
    title: conflict ? "Somebody else changed this dashboard just now" : message,
    message: (
      <>
        <p style={{ margin: "0 0 8px" }}>
          {conflict ? "You see their version. " : `${hint} `}
          Not in it: {what}.
        </p>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            again();
          }}
        >
          {lost.length === 1 ? "Make my change again" : "Make my changes again"}
        </Button>
      </>
    ),
  });
}
