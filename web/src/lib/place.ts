/** Where the reader is. */

import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";

/** The project whose pages are open. */
export function useProjectId(): string {
  const { projectId } = useParams({ strict: false });
  if (projectId === undefined) throw new Error("this is not a page of a project");
  return projectId;
}

const listeners = new Set<(title: string) => void>();

/** Names the page in the browser's tab and history, and to those who listen to the page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Cairn`;
    for (const listener of listeners) listener(title);
  }, [title]);
}

/** The name of the page, for a reader who cannot see that it has become another one. */
export function useTitleOfPage(): string {
  const [title, setTitle] = useState("");
  useEffect(() => {
    listeners.add(setTitle);
    return () => {
      listeners.delete(setTitle);
    };
  }, []);
  return title;
}
