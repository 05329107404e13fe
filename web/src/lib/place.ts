/** Where the reader is. */

import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";

/** The project whose pages are open. */
export function useProjectId(): string {
  const { projectId } = useParams({ strict: false });
  if (projectId === undefined) throw new Error("this is not a page of a project");
  return projectId;
}

/** Names the page in the browser's tab and history. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Cairn` : "Cairn";
  }, [title]);
}
