/** What questions can name, and what was rejected. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, read } from "./client";
import type { Property } from "./shapes";

/** Everything that the project has seen: events by count, and properties. */
export function useCatalog(projectId: string, options: { refetchMs?: number } = {}) {
  return useQuery({
    queryKey: ["project", projectId, "catalog"],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/projects/{project_id}/catalog", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
    staleTime: 30_000,
    refetchInterval: options.refetchMs ?? false,
  });
}

/** The commonest values of a property, on one event or on all of them (null). */
export function useValues(
  projectId: string,
  property: Property | null,
  event: string | null,
  search: string,
) {
  return useQuery({
    queryKey: ["project", projectId, "values", property, event, search],
    queryFn: async ({ signal }) => {
      const { values } = await read(
        api.GET("/api/projects/{project_id}/catalog/values", {
          params: {
            path: { project_id: projectId },
            query: {
              of:
                property === null || property.of === "cohort" ? "event" : (property.of ?? "event"),
              name: property?.name ?? "",
              event: event ?? "",
              search,
            },
          },
          signal,
        }),
      );
      return values;
    },
    enabled: property !== null && property.of !== "cohort" && property.name !== "",
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** What arrived and could not become an event, newest first. */
export function useRejections(projectId: string, offset = 0, limit = 50) {
  return useQuery({
    queryKey: ["project", projectId, "rejections", offset, limit],
    queryFn: ({ signal }) =>
      read(
        api.GET("/api/projects/{project_id}/rejections", {
          params: { path: { project_id: projectId }, query: { offset, limit } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}
