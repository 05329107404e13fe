/** Cohorts: who is in them, how many, and how that changed. */

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type { CohortDraft, CohortEdit, Definition } from "./shapes";

const PER_PAGE = 50;

/** The cohorts of a project, oldest first. */
export function useCohorts(projectId: string) {
  return useQuery({
    queryKey: ["project", projectId, "cohorts"],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/projects/{project_id}/cohorts", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
    staleTime: 30_000,
  });
}

/** How many people a definition describes; nothing is asked without one. */
export function useDescribedSize(projectId: string, definition: Definition | null) {
  return useQuery({
    queryKey: ["project", projectId, "cohort-size", definition],
    queryFn: ({ signal }) =>
      read(
        api.POST("/api/projects/{project_id}/cohorts/size", {
          params: { path: { project_id: projectId } },
          body: { definition: definition as Definition },
          signal,
        }),
      ),
    enabled: definition !== null,
  });
}

/** How many people were in a cohort at the end of each of the last days. */
export function useSizes(projectId: string, cohortId: string) {
  return useQuery({
    queryKey: ["project", projectId, "cohorts", cohortId, "sizes"],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/projects/{project_id}/cohorts/{cohort_id}/sizes", {
          params: { path: { project_id: projectId, cohort_id: cohortId } },
          signal,
        }),
      ),
  });
}

/** The people in a cohort, page by page. */
export function useMembersOf(projectId: string, cohortId: string) {
  return useInfiniteQuery({
    queryKey: ["project", projectId, "cohorts", cohortId, "people"],
    queryFn: ({ signal, pageParam }) =>
      read(
        api.GET("/api/projects/{project_id}/cohorts/{cohort_id}/people", {
          params: {
            path: { project_id: projectId, cohort_id: cohortId },
            query: { limit: PER_PAGE, offset: pageParam },
          },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const seen = pages.reduce((count, page) => count + page.people.length, 0);
      return last.people.length > 0 && seen < last.total ? seen : null;
    },
  });
}

/** Keeps a new cohort, or changes one that is kept. */
export function useKeepCohort(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      id,
      edit,
    }: { id: string; edit: CohortEdit } | { id: null; edit: CohortDraft }) =>
      id === null
        ? read(
            api.POST("/api/projects/{project_id}/cohorts", {
              params: { path: { project_id: projectId } },
              body: edit,
            }),
          )
        : read(
            api.PUT("/api/projects/{project_id}/cohorts/{cohort_id}", {
              params: { path: { project_id: projectId, cohort_id: id } },
              body: edit,
            }),
          ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", projectId] }),
  });
}

/** Deletes a cohort, also one that is used when that was said. */
export function useRemoveCohort(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, although_used }: { id: string; although_used: boolean }) =>
      read(
        api.DELETE("/api/projects/{project_id}/cohorts/{cohort_id}", {
          params: { path: { project_id: projectId, cohort_id: id }, query: { although_used } },
        }),
      ),
    onSuccess: () =>
      client.invalidateQueries({ queryKey: ["project", projectId, "cohorts"], exact: true }),
  });
}
