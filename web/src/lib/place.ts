/** Where the reader is. */

import { type NavigateOptions, useNavigate, useParams, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";

/** The project whose pages are open. */
export function useProjectId(): string {
  const { projectId } = useParams({ strict: false });
  if (projectId === undefined) throw new Error("this is not a page of a project");
  return projectId;
}

/**
 * Writes what is on a page into its address, some time after it was typed. When the reader is by then
 * on the way to another page, it does nothing: it would take them back.
 */
export function useAmend(): (address: NavigateOptions) => void {
  const router = useRouter();
  const navigate = useNavigate();
  return useCallback(
    (address) => {
      const headedTo = router.getMatchedRoutes(router.latestLocation.pathname)[0].at(-1);
      if (headedTo?.fullPath === address.to) void navigate({ ...address, replace: true });
    },
    [router, navigate],
  );
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
