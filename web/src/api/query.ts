/** Questions, their answers, and the people behind a number. */

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, read } from "./client";
import type { Answer, Behind, Point, Spec } from "./shapes";

const LIVE_MS = 10_000;
const PEOPLE_PER_PAGE = 100;

/**
 * Answers a question and keeps the last answer on screen while the next one is worked out.
 *
 * A question that is no longer asked is cancelled. With `live` the answer is asked for again every
 * ten seconds; without a spec nothing is asked.
 */
export function useAnswer(projectId: string, spec: Spec | null, options: { live?: boolean } = {}) {
  return useQuery({
    queryKey: ["project", projectId, "answer", spec],
    queryFn: ({ signal }) => answerTo(projectId, spec as Spec, signal),
    enabled: spec !== null,
    placeholderData: keepPreviousData,
    staleTime: LIVE_MS,
    refetchInterval: options.live ? LIVE_MS : false,
  });
}

/** Asks a question once. */
export function answerTo(projectId: string, spec: Spec, signal?: AbortSignal): Promise<Answer> {
  return read(
    api.POST("/api/projects/{project_id}/query", {
      params: { path: { project_id: projectId } },
      body: spec,
      ...(signal ? { signal } : {}),
    }),
  ) as Promise<Answer>;
}

/** Returns the table of an answer as a CSV file. */
export function csvOf(projectId: string, spec: Spec): Promise<Blob> {
  return read<unknown>(
    api.POST("/api/projects/{project_id}/query/csv", {
      params: { path: { project_id: projectId } },
      body: spec,
      parseAs: "blob",
    }),
  ) as Promise<Blob>;
}

/** Lists the people behind a number, page by page; `total` of each page is exactly the number. */
export function usePeopleBehind(projectId: string, spec: Spec | null, point: Point | null) {
  return useInfiniteQuery({
    queryKey: ["project", projectId, "behind", spec, point],
    queryFn: ({ signal, pageParam }) =>
      read(
        api.POST("/api/projects/{project_id}/query/people", {
          params: { path: { project_id: projectId } },
          body: {
            spec: spec as Spec,
            point: point as Point,
            limit: PEOPLE_PER_PAGE,
            offset: pageParam,
          },
          signal,
        }),
      ),
    enabled: spec !== null && point !== null,
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const shown = (page: Behind) => page.people.length + page.actors.length;
      const seen = pages.reduce((count, page) => count + shown(page), 0);
      return shown(last) > 0 && seen < last.total ? seen : null;
    },
  });
}
