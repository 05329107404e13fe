/** People, and what each of them did. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, read } from "./client";

const PER_PAGE = 50;

/** People whose ids or properties contain a text, those seen last first. */
export function usePeople(projectId: string, search: string, options: { enabled?: boolean } = {}) {
  return useInfiniteQuery({
    queryKey: ["project", projectId, "people", search],
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/api/projects/{project_id}/people", {
          params: {
            path: { project_id: projectId },
            query: { search, limit: PER_PAGE, offset: pageParam },
          },
          signal,
        }),
      ),
    enabled: options.enabled ?? true,
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((count, page) => count + page.people.length, 0);
      return last.people.length > 0 && seen < last.total ? seen : null;
    },
    placeholderData: (previous) => previous,
  });
}

/** A person with their sessions, newest first. */
export function usePerson(projectId: string, uid: string) {
  return useQuery({
    queryKey: ["project", projectId, "person", uid],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/projects/{project_id}/people/{uid}", {
          params: { path: { project_id: projectId, uid } },
          signal,
        }),
      ),
  });
}
