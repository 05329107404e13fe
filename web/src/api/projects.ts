/** Projects. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type { NewProject, ProjectChange } from "./shapes";

/** A project: its name, time zone and first day of the week. */
export function projectWith(projectId: string) {
  return queryOptions({
    queryKey: ["project", projectId],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/projects/{project_id}", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
}

/** A project: its name, time zone and first day of the week. */
export function useProject(projectId: string) {
  return useQuery(projectWith(projectId));
}

/** The time zone in which a project reads dates; UTC until it is known. */
export function useTimeZone(projectId: string): string {
  return useProject(projectId).data?.timezone ?? "UTC";
}

/** Creates a project with a write key and a first dashboard. */
export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (project: NewProject) => read(api.POST("/api/projects", { body: project })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me"] }),
  });
}

/** Changes a project; every answer is asked for again, since dates may mean something else now. */
export function useChangeProject(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ProjectChange) =>
      read(
        api.PATCH("/api/projects/{project_id}", {
          params: { path: { project_id: projectId } },
          body: change,
        }),
      ),
    onSuccess: (project) => {
      client.setQueryData(projectWith(projectId).queryKey, project);
      return Promise.all([
        client.invalidateQueries({ queryKey: ["me"] }),
        client.invalidateQueries({ queryKey: ["project", projectId] }),
      ]);
    },
  });
}
