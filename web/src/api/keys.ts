/** The keys of a project. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, read } from "./client";
import type { NewKey } from "./shapes";

/** The keys of a project, for those who manage it. */
export function useKeys(projectId: string, options: { enabled?: boolean } = {}) {
  return useQuery({
    queryKey: ["project", projectId, "keys"],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/projects/{project_id}/keys", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
    enabled: options.enabled ?? true,
  });
}

/** Creates a key; the secret of an API key is in this answer and nowhere else. */
export function useCreateKey(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: NewKey) =>
      read(
        api.POST("/api/projects/{project_id}/keys", {
          params: { path: { project_id: projectId } },
          body: key,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", projectId, "keys"] }),
  });
}

/** Deletes a key; receivers stop taking it within seconds. */
export function useDeleteKey(projectId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (keyId: string) =>
      read(
        api.DELETE("/api/projects/{project_id}/keys/{key_id}", {
          params: { path: { project_id: projectId, key_id: keyId } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["project", projectId, "keys"] }),
  });
}
